//! Making a token, and showing its secret this once.

use agnes_contract::token::CreatedToken;
use leptos::{form::ActionForm, prelude::*};
use serde::{Deserialize, Serialize};

use crate::{
    components::{CodeBlock, Field, FormError, Note, Submit, Tone, failure},
    error::ConsoleError,
};

/// A token to make, as it is typed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TokenForm {
    /// What it is for.
    pub name: String,
    /// Days, or `never`.
    #[serde(default)]
    pub expires: String,
}

impl TokenForm {
    /// Days until it expires; nothing for never.
    #[cfg(feature = "ssr")]
    fn days(&self) -> Result<Option<i64>, ConsoleError> {
        match self.expires.as_str() {
            "never" => Ok(None),
            "" => Ok(Some(90)),
            days => days.parse().map(Some).map_err(|_| {
                crate::backend::fail(400, "invalid_expiry", "Choose when the token expires.").about("expires")
            }),
        }
    }
}

/// Makes a token.
#[server(prefix = "/console", endpoint = "tokens/create")]
pub async fn create_token(form: TokenForm) -> Result<CreatedToken, ConsoleError> {
    let outcome = async {
        let (service, actor) = crate::backend::enter()?;
        let new =
            agnes_contract::token::NewToken { name: form.name.clone(), expires_in_days: form.days()?, scopes: None };
        let created = service.token_create(&actor, new).await?;
        if crate::backend::is_plain_form() {
            // A redirect carries no secret: the page that comes next asks for it once.
            crate::backend::redirect(&crate::query::address("/tokens", &[("created", &created.id)]));
            fresh::keep(actor.user_id(), created.clone(), crate::backend::now()?);
        }
        Ok(created)
    };
    crate::backend::finish_with(outcome.await, &form)
}

/// Secrets between the form that made them and the page that shows them, when there is no
/// script to hold them: in memory, for two minutes, for one look by their owner.
#[cfg(feature = "ssr")]
pub mod fresh {
    use std::sync::{Mutex, PoisonError};

    use agnes_contract::token::CreatedToken;
    use chrono::{DateTime, TimeDelta, Utc};

    struct Kept {
        user_id: String,
        until: DateTime<Utc>,
        token: CreatedToken,
    }

    static KEPT: Mutex<Vec<Kept>> = Mutex::new(Vec::new());

    /// More are dropped, the oldest first.
    const MOST: usize = 200;

    /// Keeps a token for its owner's next look.
    pub fn keep(user_id: &str, token: CreatedToken, now: DateTime<Utc>) {
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|kept| kept.until > now);
        if kept.len() >= MOST {
            kept.remove(0);
        }
        kept.push(Kept { user_id: user_id.to_owned(), until: now + TimeDelta::minutes(2), token });
    }

    /// Hands a token to its owner, once.
    pub fn take(user_id: &str, id: &str, now: DateTime<Utc>) -> Option<CreatedToken> {
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|kept| kept.until > now);
        let index = kept.iter().position(|kept| kept.user_id == user_id && kept.token.id == id)?;
        Some(kept.remove(index).token)
    }
}

/// The form of a new token.
#[component]
pub fn NewTokenForm(action: ServerAction<CreateToken>) -> impl IntoView {
    let error = failure(action);
    let options = [("30", "30 days"), ("90", "90 days"), ("365", "1 year"), ("never", "Never")];
    let chosen = error.with_untracked(|error| {
        error.as_ref().and_then(|error| error.kept("expires").map(str::to_owned)).unwrap_or_else(|| "90".to_owned())
    });
    view! {
        <section class="card" aria-labelledby="new-token">
            <h2 id="new-token">"New token"</h2>
            <ActionForm action attr:class="stack">
                <FormError error fields=&["name", "expires"] />
                <div class="inline-form">
                    <Field label="What is it for" name="form[name]" required=true maxlength=200 error />
                    <div class="field field-narrow">
                        <label for="field-expires">"Expires"</label>
                        <select id="field-expires" name="form[expires]">
                            {options
                                .into_iter()
                                .map(|(value, words)| {
                                    view! {
                                        <option value=value selected=chosen == value>
                                            {words}
                                        </option>
                                    }
                                })
                                .collect_view()}
                        </select>
                    </div>
                    <Submit label="Create" pending=action.pending() />
                </div>
            </ActionForm>
        </section>
    }
    .into_any()
}

/// A token that was made just now: the only time its secret is shown.
#[component]
pub fn Fresh(token: CreatedToken) -> impl IntoView {
    view! {
        <Note tone=Tone::Good>
            <div class="stack" role="status">
                <p>
                    {format!("Your token for {}. Copy it now: it is shown this once and kept nowhere.", token.name)}
                </p>
                <CodeBlock text=token.token label="the new token" />
                <p class="muted">"Give it to scripts as DA_TOKEN in their environment, not as an argument."</p>
            </div>
        </Note>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::*;

    #[test]
    fn a_secret_is_for_its_owner_and_for_one_look() {
        let now: DateTime<Utc> = "2026-11-21T12:00:00Z".parse().unwrap();
        let token = || CreatedToken {
            id: "t1".into(),
            name: "ci".into(),
            prefix: "t1".into(),
            token: "secret".into(),
            expires_at: None,
            created_at: now,
        };
        fresh::keep("ada", token(), now);
        assert!(fresh::take("eve", "t1", now).is_none());
        assert!(fresh::take("ada", "t2", now).is_none());
        assert_eq!(fresh::take("ada", "t1", now).map(|token| token.token).as_deref(), Some("secret"));
        assert!(fresh::take("ada", "t1", now).is_none());
        fresh::keep("ada", token(), now);
        assert!(fresh::take("ada", "t1", now + TimeDelta::minutes(3)).is_none());
    }

    #[test]
    fn an_expiry_is_chosen_not_guessed() {
        let days = |expires: &str| TokenForm { name: "ci".into(), expires: expires.into() }.days();
        assert_eq!(days("never"), Ok(None));
        assert_eq!(days("30"), Ok(Some(30)));
        assert_eq!(days(""), Ok(Some(90)));
        assert!(days("soon").is_err());
    }
}
