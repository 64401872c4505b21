//! The check in front of every route: who is calling, may they, and did they mean to.
//!
//! It runs before a byte of the body is read. The use cases ask again; this is here so that
//! nobody without rights makes us parse anything, and so that the answer is the same everywhere.

use std::time::Duration;

use agnes_contract::{error::Code, token::Scope};
use agnes_service::{Actor, policy};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::StreamExt;

use crate::{
    auth::{self, Carried},
    errors::ApiError,
    extract::{self, BodyLimit},
    state::AppState,
};

/// Bytes of a refused body taken all the same.
const DRAINED: usize = 4 << 20;

/// How long they are waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// Anybody; credentials are not even looked at.
    Public,
    /// Anybody; who is signed in is told to the handler.
    Optional,
    /// Whoever is signed in.
    User,
    /// Whoever is signed in, but not with a personal access token.
    Session,
    /// Members of the group Admin.
    Admin,
}

/// What one route asks of its callers.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Who may call.
    pub who: Who,
    /// What a limited token has to be for; none: any token will do.
    pub scope: Option<Scope>,
    /// Bytes of body taken.
    pub body_limit: usize,
    /// How long the answer may take to begin; none: as long as it takes.
    pub deadline: Option<Duration>,
}

/// Applies the rule, then lets the request through.
pub async fn layer(State((state, rule)): State<(AppState, Rule)>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let expects = parts.headers.contains_key(header::EXPECT);
    match admit(&state, rule, parts).await {
        Ok(parts) => run(rule, Request::from_parts(parts, body), next).await,
        Err(error) => {
            // Who asks first whether to send need not be told to.
            if !expects {
                drain(body).await;
            }
            error.into_response()
        }
    }
}

/// Takes what is on its way already: a connection closed before it was read is reset, and the client
/// would not see why.
async fn drain(body: Body) {
    let taken = async {
        let mut body = body.into_data_stream();
        let mut size = 0;
        while let Some(Ok(chunk)) = body.next().await {
            size += chunk.len();
            if size > DRAINED {
                break;
            }
        }
    };
    // How long does not matter: the answer is an error either way.
    let _ = tokio::time::timeout(PATIENCE, taken).await;
}

async fn run(rule: Rule, request: Request, next: Next) -> Response {
    let Some(deadline) = rule.deadline else { return next.run(request).await };
    match tokio::time::timeout(deadline, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::new(Code::Busy, "The request took too long and was given up").into_response(),
    }
}

async fn admit(state: &AppState, rule: Rule, mut parts: Parts) -> Result<Parts, ApiError> {
    parts.extensions.insert(BodyLimit(rule.body_limit));
    let server_url = state.config.server_url.as_deref();
    if matches!(rule.who, Who::Public | Who::Optional) && auth::changes(&parts.method) {
        auth::not_foreign(&parts, server_url, &state.cors)?;
    }
    let actor = match rule.who {
        Who::Public => None,
        Who::Optional => match auth::authenticate(&state.service, &parts).await {
            Ok((actor, carried)) => {
                if carried == Carried::Cookie && auth::changes(&parts.method) {
                    auth::same_site(&parts, server_url)?;
                }
                // A token limited to other things is nobody here.
                rule.scope.is_none_or(|scope| policy::scope(&actor, scope).is_ok()).then_some(actor)
            }
            // A page for anybody shows itself without a name to who has no valid proof.
            Err(_) => None,
        },
        Who::User | Who::Session | Who::Admin => {
            let (actor, carried) = auth::authenticate(&state.service, &parts).await?;
            if carried == Carried::Cookie && auth::changes(&parts.method) {
                auth::same_site(&parts, server_url)?;
            }
            check(&actor, rule)?;
            Some(actor)
        }
    };
    if let Some(actor) = actor {
        parts.extensions.insert(actor);
    }
    let announced = parts.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > rule.body_limit) {
        return Err(extract::too_large(rule.body_limit));
    }
    Ok(parts)
}

fn check(actor: &Actor, rule: Rule) -> Result<(), ApiError> {
    match rule.who {
        Who::Admin => policy::admin(actor)?,
        Who::Session => policy::interactive(actor)?,
        Who::Public | Who::Optional | Who::User => {}
    }
    if let Some(scope) = rule.scope {
        policy::scope(actor, scope)?;
    }
    Ok(())
}
