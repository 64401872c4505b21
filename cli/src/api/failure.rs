//! What can go wrong between `da` and the server.

use agnes_contract::error::Code;
use serde_json::Value;

use crate::{
    output::text::{clean, cut},
    settings::ServerUrl,
};

/// The longest text of a server that is repeated.
const DETAIL_LIMIT: usize = 200;

/// Why there is no answer to work with.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Failure {
    /// An answer that says no.
    #[error("HTTP {status}: {detail}")]
    Status {
        status: u16,
        detail: String,
        /// Whether the detail is the server's own words.
        is_quoted: bool,
        code: Option<Code>,
        retry_after: Option<u64>,
    },
    /// An answer that points elsewhere.
    #[error("HTTP {status}: {server} points to {location}")]
    Redirect { status: u16, server: String, location: String },
    /// Nobody there, or the connection broke.
    #[error("Cannot reach server {server}: {reason}")]
    Unreachable { server: String, reason: String },
    /// Nothing in time.
    #[error("Cannot reach server {server}: no answer in time")]
    Timeout { server: String },
    /// Something came that is not what this program knows.
    #[error("{server} did not answer like an Agnes server: {reason}")]
    NotUnderstood { server: String, reason: String },
}

impl Failure {
    /// The failure behind an error of the HTTP library, in one line.
    pub fn unreachable(server: &ServerUrl, error: &reqwest::Error) -> Self {
        let server = server.to_string();
        if error.is_timeout() {
            return Self::Timeout { server };
        }
        // The outer errors only say that something failed; the innermost says what.
        let mut source: &dyn std::error::Error = error;
        while let Some(inner) = source.source() {
            source = inner;
        }
        let text = source.to_string();
        let reason = text.split(" (os error").next().unwrap_or_default();
        Self::Unreachable { server, reason: cut(&clean(reason), DETAIL_LIMIT) }
    }

    /// The failure an answer of this status stands for.
    pub fn status(status: u16, retry_after: Option<u64>, is_html: bool, body: &[u8]) -> Self {
        let body = String::from_utf8_lossy(body);
        let parsed: Option<Value> = serde_json::from_str(&body).ok();
        let code = parsed.as_ref().and_then(|json| Code::find(json.get("code")?.as_str()?));
        let words = parsed.as_ref().and_then(|json| json.get("detail")).and_then(words);
        let (detail, is_quoted) = match words {
            Some(words) => (words, true),
            None if is_html || body.trim_start().starts_with('<') => {
                ("a web page instead of an answer".to_owned(), false)
            }
            None if body.trim().is_empty() => ("no further words".to_owned(), false),
            None => (body.trim().to_owned(), true),
        };
        Self::Status { status, detail: cut(&clean(&detail), DETAIL_LIMIT), is_quoted, code, retry_after }
    }

    /// The server's own words, or the whole message where there are none.
    pub fn detail(&self) -> String {
        match self {
            Self::Status { detail, is_quoted: true, .. } => detail.clone(),
            other => other.to_string(),
        }
    }

    /// Whether the same request may well work in a moment.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Status { status, .. } => *status >= 500,
            Self::Unreachable { .. } | Self::Timeout { .. } => true,
            Self::Redirect { .. } | Self::NotUnderstood { .. } => false,
        }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Status { status: 401, .. } => Some(
                "sign in with `da auth login`, or set DA_TOKEN to a token from the console's /tokens page".to_owned(),
            ),
            Self::Status { code: Some(Code::SessionRequired), .. } => {
                Some("sign in with `da auth login`; a personal access token cannot do this".to_owned())
            }
            Self::Status { code: Some(Code::AdminRequired), .. } => Some("ask an admin to do this".to_owned()),
            Self::Status { status: 403, .. } => {
                Some("ask an admin for access; `da catalog` lists what you may read".to_owned())
            }
            Self::Status { status: 404, .. } => Some("`da catalog` lists what you may read".to_owned()),
            Self::Status { status: 429 | 503, retry_after: Some(seconds), .. } => {
                Some(format!("try again in {seconds} s"))
            }
            Self::Status { status: 429 | 500.., .. } => {
                Some("try again in a moment; `da diagnose` tells more".to_owned())
            }
            Self::Redirect { .. } | Self::NotUnderstood { .. } => {
                Some("check the address: DA_SERVER, or `server` in config.yaml".to_owned())
            }
            Self::Unreachable { .. } | Self::Timeout { .. } => Some(
                "is the server running, and is the address right? It is DA_SERVER, or `server` in config.yaml"
                    .to_owned(),
            ),
            Self::Status { .. } => None,
        }
    }
}

/// `detail` as a sentence: text as it is, the list of a validation, the object of a scan.
fn words(detail: &Value) -> Option<String> {
    match detail {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Array(fields) => {
            let fields: Vec<String> = fields.iter().filter_map(field).collect();
            (!fields.is_empty()).then(|| fields.join("; "))
        }
        Value::Object(object) => {
            let parts: Vec<String> = ["error", "kind", "details", "retry_after_seconds"]
                .iter()
                .filter_map(|key| Some((key, object.get(*key)?)))
                .map(|(key, value)| match value {
                    Value::String(text) => text.clone(),
                    value => format!("{key}={value}"),
                })
                .collect();
            Some(if parts.is_empty() { detail.to_string() } else { parts.join(", ") })
        }
        _ => None,
    }
}

fn field(error: &Value) -> Option<String> {
    let message = error.get("msg")?.as_str()?;
    let place = error.get("loc").and_then(Value::as_array).and_then(|place| place.last());
    Some(match place {
        Some(Value::String(place)) => format!("{place}: {message}"),
        _ => message.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_an_error_come_from_wherever_they_are() {
        let check = |body: &str, expected: &str| {
            assert_eq!(Failure::status(400, None, false, body.as_bytes()).detail(), expected, "{body}");
        };
        check(r#"{"detail":"No","code":"blank"}"#, "No");
        check(r#"{"detail":[{"loc":["query","n"],"msg":"too big"},{"msg":"y"}]}"#, "n: too big; y");
        check(
            r#"{"detail":{"error":"quota_exceeded","kind":"daily_bytes","retry_after_seconds":5}}"#,
            "quota_exceeded, daily_bytes, retry_after_seconds=5",
        );
        check("<html>\n<h1>502", "HTTP 400: a web page instead of an answer");
        check("plain\u{1b}[2J words\n", "plain[2J words");
        check("", "HTTP 400: no further words");
        check(&"x".repeat(300), &format!("{}…", "x".repeat(200)));
    }
}
