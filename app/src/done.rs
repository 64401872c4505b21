//! What a successful form answers with: what happened, and where to go on.
//!
//! Without a script the answer is a redirect, with one the browser navigates there itself;
//! either way the page reads what happened from its address.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use serde::{Deserialize, Serialize};

use crate::{error::ConsoleError, query};

/// The answer of every server function that changes something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// What happened, a key of [`sentence`].
    pub code: String,
    /// The name of the thing it happened to.
    pub subject: String,
    /// The page that shows the result.
    pub to: String,
}

impl Done {
    /// This happened to that; go on there.
    #[must_use]
    pub fn new(code: &str, subject: impl Into<String>, to: impl Into<String>) -> Self {
        Self { code: code.to_owned(), subject: subject.into(), to: to.into() }
    }

    /// The page that shows the result and says what happened.
    #[must_use]
    pub fn address(&self) -> String {
        query::extended(&self.to, &[("done", &self.code), ("subject", &self.subject)])
    }
}

/// What to say about something that happened; nothing about codes nobody knows.
#[must_use]
pub fn sentence(code: &str, subject: &str) -> Option<String> {
    Some(match code {
        "table_registered" => format!("Registered {subject}. It gets its data with the next sync."),
        "table_updated" => format!("Saved {subject}."),
        "table_removed" => format!("Removed {subject}. Its grants are gone too."),
        "file_uploaded" => format!("Stored the file for {subject}. Its sync has started."),
        "sync_started" => "The sync has started.".to_owned(),
        "granted" => format!("Granted {subject}. Members can read it from now on."),
        "ungranted" => format!("Revoked {subject}. Members cannot read it through this group any more."),
        "group_created" => format!("Created the group {subject}."),
        "group_updated" => format!("Saved the group {subject}."),
        "group_removed" => format!("Removed the group {subject}."),
        "member_added" => format!("Added {subject}."),
        "member_removed" => format!("Removed {subject} from the group."),
        "user_created" => format!("Created the account {subject}."),
        "user_activated" => format!("{subject} can sign in again."),
        "user_deactivated" => format!("{subject} is signed out and cannot sign in any more."),
        "password_set" => format!("Set a new password for {subject}."),
        "token_revoked" => format!("Revoked {subject}. Whatever used it has to sign in again."),
        _ => return None,
    })
}

/// Goes where a successful form leads, once its answer is here.
pub fn follow<S>(action: ServerAction<S>)
where
    S: ServerFn<Output = Done, Error = ConsoleError> + Clone + Send + Sync + 'static,
{
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(done)) = action.value().get() {
            navigate(&done.address(), NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_about_unknown_codes() {
        assert_eq!(sentence("<script>", "x"), None);
        assert!(sentence("table_removed", "orders").is_some_and(|text| text.contains("orders")));
    }
}
