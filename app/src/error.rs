//! What a page is told when something did not happen.

use std::collections::BTreeMap;

use leptos::server_fn::{codec::JsonEncoding, error::FromServerFnError, error::ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// The error of every server function: a sentence, a stable code, and what a form needs to
/// show it in the right place. Never anything internal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsoleError {
    /// A sentence for people.
    pub detail: String,
    /// A code of `agnes_contract::error`, or `unreachable`.
    #[serde(default)]
    pub code: String,
    /// The request's id in the server's log, where that helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The field of the form it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What had been typed, so that nobody types it twice. Never a secret.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub kept: BTreeMap<String, String>,
}

impl ConsoleError {
    /// An error with this sentence and code.
    #[must_use]
    pub fn new(code: &str, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), code: code.to_owned(), ..Self::default() }
    }

    /// The same, about one field of a form.
    #[must_use]
    pub fn about(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    /// What had been typed into a field.
    #[must_use]
    pub fn kept(&self, field: &str) -> Option<&str> {
        self.kept.get(field).map(String::as_str)
    }

    /// Whether signing in again is the way on.
    #[must_use]
    pub fn is_signed_out(&self) -> bool {
        matches!(
            self.code.as_str(),
            "unauthenticated"
                | "invalid_token"
                | "token_expired"
                | "token_revoked"
                | "unknown_user"
                | "account_deactivated"
        )
    }
}

impl std::fmt::Display for ConsoleError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.detail)
    }
}

impl std::error::Error for ConsoleError {}

impl FromServerFnError for ConsoleError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => {
                Self::new("unreachable", "The server could not be reached. Check the connection and try again.")
            }
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                Self::new("invalid_request", "The form was not complete. Reload the page and try again.")
            }
            _ => Self::new("internal", "Something went wrong on our side. Try again in a moment."),
        }
    }
}

#[cfg(feature = "ssr")]
mod from_service {
    use std::error::Error as _;

    use agnes_contract::error::Code;

    use super::ConsoleError;
    use crate::backend;

    impl From<agnes_service::Error> for ConsoleError {
        /// Also gives the answer its status, and an internal error its line in the log.
        fn from(error: agnes_service::Error) -> Self {
            let code = error.code();
            backend::set_status(code.status());
            let mut told = Self::new(code.as_str(), error.detail());
            told.field = match &error {
                agnes_service::Error::Invalid { field, .. } => Some((*field).to_owned()),
                _ => field(code).map(str::to_owned),
            };
            if code == Code::Internal {
                let request_id = backend::request_id();
                let cause = error.source().map(ToString::to_string).unwrap_or_default();
                tracing::error!(request.id = request_id, doing = %error, cause, "Could not serve the console");
                told.request_id = request_id;
            }
            told
        }
    }

    /// The field a cause is about, where the cause alone says it.
    fn field(code: Code) -> Option<&'static str> {
        match code {
            Code::InvalidEmail | Code::UserExists | Code::AlreadyMember | Code::UserNotFound => Some("email"),
            Code::InvalidPassword => Some("password"),
            Code::InvalidExpiry => Some("expires"),
            Code::Blank | Code::InvalidName | Code::GroupExists | Code::TableExists | Code::SystemGroup => Some("name"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_messages_of_the_framework_stay_inside() {
        for inner in [
            ServerFnErrorErr::Deserialization("secret".into()),
            ServerFnErrorErr::Args("secret".into()),
            ServerFnErrorErr::Request("secret".into()),
            ServerFnErrorErr::ServerError("secret".into()),
        ] {
            assert!(!ConsoleError::from_server_fn_error(inner).detail.contains("secret"));
        }
    }

    #[test]
    fn an_error_of_the_rest_door_is_read_too() {
        let body = br#"{"detail":"Admin access required","code":"admin_required"}"#;
        let error = ConsoleError::de(body.as_slice().to_vec().into());
        assert_eq!((error.code.as_str(), error.detail.as_str()), ("admin_required", "Admin access required"));
    }
}
