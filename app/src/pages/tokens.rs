//! One's own tokens: what the command line and scripts sign in with.

mod create;
mod listing;

use agnes_contract::token::{CreatedToken, Token};
use chrono::{DateTime, Utc};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

pub use self::{create::CreateToken, listing::RevokeToken};
use self::{
    create::{Fresh, NewTokenForm},
    listing::{Listing, Revocation},
};
use crate::{
    components::{Loaded, PageHeader},
    done,
    error::ConsoleError,
    query,
};

/// What the page shows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Tokens {
    /// When the page was made.
    pub now: DateTime<Utc>,
    /// One's tokens, newest first.
    pub tokens: Vec<Token>,
    /// The one that was made just now, with its secret, on the first look only.
    pub fresh: Option<CreatedToken>,
}

/// One's own tokens. `created` asks for the secret of a token made without a script.
#[server(prefix = "/console", endpoint = "tokens", input = GetUrl)]
pub async fn read_tokens(created: String) -> Result<Tokens, ConsoleError> {
    let (service, actor) = crate::backend::enter()?;
    let now = crate::backend::now()?;
    let tokens = service.token_list(&actor).await?;
    Ok(Tokens { now, tokens, fresh: create::fresh::take(actor.user_id(), &created, now) })
}

/// The page of one's tokens.
#[component]
pub fn TokensPage() -> impl IntoView {
    let query = use_query_map();
    let created = Memo::new(move |_| query.with(|query| query::value(query, "created")));
    let revoking = Memo::new(move |_| query.with(|query| query::value(query, "revoke")));
    let create = ServerAction::<CreateToken>::new();
    let revoke = ServerAction::<RevokeToken>::new();
    done::follow(revoke);
    let tokens = Resource::new_blocking(
        move || (created.get(), create.version().get(), revoke.version().get()),
        |(created, ..)| read_tokens(created),
    );
    let made = move || create.value().get().and_then(Result::ok);
    view! {
        <PageHeader
            title="My tokens"
            lead="A token signs in the command line or a script as you. It can do what you may do, until it expires or you revoke it."
        />
        {move || made().map(|token| view! { <Fresh token /> })}
        <NewTokenForm action=create />
        <Loaded
            from=tokens
            show=move |shown| {
                let fresh = shown.fresh.clone();
                let tokens = shown.tokens.clone();
                let doomed = move || {
                    let id = revoking.get();
                    tokens.iter().find(|token| token.id == id && token.revoked_at.is_none()).cloned()
                };
                view! {
                    {fresh.map(|token| view! { <Fresh token /> })}
                    {move || doomed().map(|token| view! { <Revocation token action=revoke /> })}
                    <Listing tokens=shown.tokens now=shown.now />
                }
            }
        />
    }
    .into_any()
}
