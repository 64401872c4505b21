//! The row that says who did what, written in the transaction of the change itself.

use agnes_store::AuditEntry;
use serde_json::{Map, Value};

use crate::actor::{Actor, Origin};

/// An audit row in the making.
#[derive(Clone, Debug)]
pub(crate) struct Audit {
    user_id: Option<String>,
    action: &'static str,
    resource: Option<String>,
    params: Map<String, Value>,
    result: Option<String>,
}

impl Audit {
    /// The actor did this.
    pub(crate) fn by(actor: &Actor, action: &'static str) -> Self {
        Self::anonymous(&actor.origin, action).user(actor.user_id.clone())
    }

    /// Somebody who has not proved who they are tried this.
    pub(crate) fn anonymous(origin: &Origin, action: &'static str) -> Self {
        let mut params = Map::new();
        if let Some(address) = origin.address {
            params.insert("ip".to_owned(), Value::from(address.to_string()));
        }
        if let Some(agent) = &origin.user_agent {
            // Long enough to tell clients apart, short enough not to be a place to write to.
            params.insert("user_agent".to_owned(), Value::from(agent.chars().take(200).collect::<String>()));
        }
        if let Some(id) = &origin.request_id {
            params.insert("request_id".to_owned(), Value::from(id.as_str()));
        }
        Self { user_id: None, action, resource: None, params, result: None }
    }

    pub(crate) fn user(mut self, id: impl Into<String>) -> Self {
        self.user_id = Some(id.into());
        self
    }

    pub(crate) fn on(mut self, resource: impl Into<String>) -> Self {
        self.resource = Some(resource.into());
        self
    }

    pub(crate) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.params.insert(key.to_owned(), value.into());
        self
    }

    pub(crate) fn result(mut self, result: &str) -> Self {
        self.result = Some(result.to_owned());
        self
    }
}

impl From<Audit> for AuditEntry {
    fn from(audit: Audit) -> Self {
        Self {
            user_id: audit.user_id,
            action: audit.action.to_owned(),
            resource: audit.resource,
            params: (!audit.params.is_empty()).then_some(Value::Object(audit.params)),
            result: audit.result,
        }
    }
}
