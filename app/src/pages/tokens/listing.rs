//! The tokens there are, and the end of one.

use agnes_contract::token::Token;
use chrono::{DateTime, TimeDelta, Utc};
use leptos::{form::ActionForm, prelude::*};
use serde::{Deserialize, Serialize};

use crate::{
    components::{Badge, Dialog, EmptyState, FormError, Submit, Tone, When, failure_about},
    done::Done,
    error::ConsoleError,
    query,
};

/// A token to revoke.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RevokeForm {
    /// The token.
    pub id: String,
    /// What it is called, for the sentence afterwards.
    #[serde(default)]
    pub name: String,
}

/// Revokes one of one's own tokens.
#[server(prefix = "/console", endpoint = "tokens/revoke")]
pub async fn revoke_token(form: RevokeForm) -> Result<Done, ConsoleError> {
    let outcome = async {
        let (service, actor) = crate::backend::enter()?;
        service.token_revoke(&actor, &form.id).await?;
        Ok(Done::new("token_revoked", form.name.clone(), "/tokens"))
    };
    crate::backend::finish(outcome.await, &form)
}

/// Where a token is in its life.
fn state(token: &Token, now: DateTime<Utc>) -> (&'static str, Tone) {
    match (token.revoked_at, token.expires_at) {
        (Some(_), _) => ("Revoked", Tone::Neutral),
        (_, Some(at)) if at <= now => ("Expired", Tone::Neutral),
        (_, Some(at)) if at - now < TimeDelta::days(7) => ("Expires soon", Tone::Warning),
        _ => ("Active", Tone::Good),
    }
}

/// One's tokens, newest first.
#[component]
pub fn Listing(tokens: Vec<Token>, now: DateTime<Utc>) -> impl IntoView {
    if tokens.is_empty() {
        return view! {
            <EmptyState title="You have no tokens">
                <p>
                    "On your laptop you do not need one: " <code>"da auth login"</code> " signs you in. Make a token for machines that nobody sits at."
                </p>
            </EmptyState>
        }
        .into_any();
    }
    let rows = tokens.into_iter().map(|token| view! { <Row token now /> }).collect_view();
    view! {
        <div class="table-frame">
            <table class="table stacks">
                <caption class="visually-hidden">"Your tokens"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Token"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Last used"</th>
                        <th scope="col">"Expires"</th>
                        <th scope="col">"Created"</th>
                        <th scope="col">
                            <span class="visually-hidden">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Row(token: Token, now: DateTime<Utc>) -> impl IntoView {
    let (label, tone) = state(&token, now);
    let revoke = query::address("/tokens", &[("revoke", &token.id)]);
    let revoke_label = format!("Revoke {}", token.name);
    let usable = token.revoked_at.is_none() && token.expires_at.is_none_or(|at| at > now);
    view! {
        <tr>
            <th scope="row">
                <bdi>{token.name}</bdi>
                <span class="description mono">{format!("{}…", token.prefix)}</span>
            </th>
            <td>
                <Badge tone label />
            </td>
            <td data-label="Last used">
                {token.last_used_at.map_or_else(|| "never".into_any(), |at| view! { <When at now /> }.into_any())}
            </td>
            <td class="minor">
                {token.expires_at.map_or_else(|| "never".into_any(), |at| view! { <When at now /> }.into_any())}
            </td>
            <td class="minor">
                <When at=token.created_at now />
            </td>
            <td class="actions">
                {usable
                    .then(|| {
                        view! {
                            <div>
                                <a class="button small danger-quiet" href=revoke aria-label=revoke_label data-noscroll>
                                    "Revoke"
                                </a>
                            </div>
                        }
                    })}
            </td>
        </tr>
    }
    .into_any()
}

/// Asks once more before a token ends.
#[component]
pub fn Revocation(token: Token, action: ServerAction<RevokeToken>) -> impl IntoView {
    let error = failure_about(action, token.id.clone());
    view! {
        <Dialog id="revoke" title=format!("Revoke {}", token.name) back="/tokens">
            <p>"Whatever signs in with this token stops working at once. A revoked token cannot be brought back."</p>
            <FormError error />
            <ActionForm action attr:class="row">
                <input type="hidden" name="form[id]" value=token.id />
                <input type="hidden" name="form[name]" value=token.name />
                <Submit label="Revoke this token" look="danger" pending=action.pending() />
                <a class="button" href="/tokens" data-noscroll>
                    "Keep it"
                </a>
            </ActionForm>
        </Dialog>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_of_a_token_is_what_a_client_would_see() {
        let now: DateTime<Utc> = "2026-11-21T12:00:00Z".parse().unwrap();
        let token = |revoked: bool, expires_in: Option<i64>| Token {
            id: "t".into(),
            name: "ci".into(),
            prefix: "t".into(),
            created_at: now,
            expires_at: expires_in.map(|hours| now + TimeDelta::hours(hours)),
            last_used_at: None,
            revoked_at: revoked.then_some(now),
            scopes: None,
        };
        for (revoked, expires_in, label) in [
            (true, Some(1), "Revoked"),
            (false, Some(0), "Expired"),
            (false, Some(24), "Expires soon"),
            (false, Some(24 * 30), "Active"),
            (false, None, "Active"),
        ] {
            assert_eq!(state(&token(revoked, expires_in), now).0, label);
        }
    }
}
