//! The server's side of server functions: who is calling, and how an answer leaves.

use std::{collections::BTreeMap, sync::Arc};

use agnes_service::{Actor, Origin, Service};
use chrono::{DateTime, Utc};
use http::{HeaderValue, Method, StatusCode, header, request::Parts};
use leptos::{prelude::use_context, server_fn::error::ServerFnUrlError};
use leptos_axum::ResponseOptions;
use serde::Serialize;

use crate::{Site, done::Done, error::ConsoleError, query};

/// What the server knows of one request to the console.
#[derive(Clone)]
pub struct ConsoleContext {
    /// The use cases.
    pub service: Service,
    /// Who is calling, where somebody has signed in.
    pub actor: Option<Actor>,
    /// Where the request comes from.
    pub origin: Origin,
    /// When it arrived: the one time a page is rendered at.
    pub now: DateTime<Utc>,
    /// The address people reach this instance at, without a slash at its end.
    pub base_url: String,
    /// What is the same for every request.
    pub site: Arc<Site>,
}

/// What the server knows of this request.
///
/// # Errors
/// `internal` outside of a request.
pub fn context() -> Result<ConsoleContext, ConsoleError> {
    use_context::<ConsoleContext>().ok_or_else(|| {
        tracing::error!("A server function ran outside of a request");
        ConsoleError::new("internal", "Something went wrong on our side.")
    })
}

/// The use cases and who is calling.
///
/// # Errors
/// `unauthenticated` when nobody has signed in.
pub fn enter() -> Result<(Service, Actor), ConsoleError> {
    let context = context()?;
    match context.actor {
        Some(actor) => Ok((context.service, actor)),
        None => Err(agnes_service::Error::Unauthenticated.into()),
    }
}

/// When this request arrived.
///
/// # Errors
/// `internal` outside of a request.
pub fn now() -> Result<DateTime<Utc>, ConsoleError> {
    context().map(|context| context.now)
}

/// The id of this request in the log.
pub(crate) fn request_id() -> Option<String> {
    use_context::<ConsoleContext>().and_then(|context| context.origin.request_id)
}

/// Gives the answer a status. Silent on a plain form post: a status would beat the redirect
/// that brings the error back to the page.
pub(crate) fn set_status(status: u16) {
    if is_plain_form() {
        return;
    }
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
        response.set_status(status);
    }
}

/// Whether a browser posted a form by itself, without our script.
pub(crate) fn is_plain_form() -> bool {
    use_context::<Parts>().is_some_and(|parts| parts.method == Method::POST && accepts_html(&parts))
}

fn accepts_html(parts: &Parts) -> bool {
    let accepts = parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accepts.is_some_and(|value| value.contains("text/html"))
}

/// Ends a server function that a form posts to. Without our script the browser is sent on:
/// to where the result shows, or back with the error and what had been typed.
///
/// # Errors
/// The one it was given, with the form's values kept.
pub fn finish(outcome: Result<Done, ConsoleError>, form: &impl Serialize) -> Result<Done, ConsoleError> {
    if let Ok(done) = &outcome
        && is_plain_form()
    {
        redirect(&done.address());
    }
    finish_with(outcome, form)
}

/// The same for an answer that is more than [`Done`]: where it leads is the caller's to say.
///
/// # Errors
/// The one it was given, with the form's values kept.
pub fn finish_with<T>(outcome: Result<T, ConsoleError>, form: &impl Serialize) -> Result<T, ConsoleError> {
    outcome.map_err(|mut error| {
        error.kept = typed(form);
        if is_plain_form() {
            redirect(&way_back(&error));
        }
        error
    })
}

/// Sends the browser elsewhere.
pub(crate) fn redirect(address: &str) {
    if HeaderValue::from_str(address).is_ok() {
        leptos_axum::redirect(address);
    }
}

/// The page the form was on, with the error in the shape the framework reads it from.
fn way_back(error: &ConsoleError) -> String {
    let Some(parts) = use_context::<Parts>() else { return "/".to_owned() };
    let referer = parts.headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let page = query::settled(referer.unwrap_or("/"));
    // The framework only extends absolute addresses.
    let absolute = format!("http://console.invalid{page}");
    ServerFnUrlError::new(parts.uri.path(), error.clone())
        .to_url(&absolute)
        .map(|url| url.as_str().trim_start_matches("http://console.invalid").to_owned())
        .unwrap_or(page)
}

/// The values of a flat form, as they were typed. Fields with `password` in their name are
/// not repeated anywhere.
fn typed(form: &impl Serialize) -> BTreeMap<String, String> {
    let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(form) else { return BTreeMap::new() };
    fields
        .into_iter()
        .filter(|(name, _)| !name.contains("password"))
        .filter_map(|(name, value)| match value {
            serde_json::Value::String(text) if !text.is_empty() && text.len() <= 500 => Some((name, text)),
            serde_json::Value::Bool(_) | serde_json::Value::Number(_) => Some((name, value.to_string())),
            _ => None,
        })
        .collect()
}

/// A page that cannot be shown: gives the page its status too.
pub(crate) fn fail(status: u16, code: &str, detail: &str) -> ConsoleError {
    set_status(status);
    ConsoleError::new(code, detail)
}

#[cfg(test)]
mod tests {
    use leptos::server_fn::error::FromServerFnError as _;

    use super::*;

    #[test]
    fn passwords_are_never_repeated() {
        let kept = typed(&serde_json::json!({"email": "a@b.example", "password": "secret", "public": true}));
        assert_eq!(kept.get("email").map(String::as_str), Some("a@b.example"));
        assert_eq!(kept.get("public").map(String::as_str), Some("true"));
        assert!(!kept.contains_key("password"));
    }

    #[test]
    fn an_error_survives_the_way_through_the_address() {
        let error = ConsoleError::new("blank", "name is required").about("name");
        assert_eq!(ConsoleError::de(error.ser()), error);
    }
}
