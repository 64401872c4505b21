//! `token.json`, and what a token says about itself.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Problem;
use crate::{error::Error, files};

/// Where the token in use came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// `DA_TOKEN`.
    Environment,
    /// `token.json`.
    File,
}

/// The token to send.
#[derive(Clone)]
pub struct Token {
    /// The secret.
    pub access_token: String,
    /// Who said it.
    pub source: TokenSource,
}

/// `token.json`: exactly these keys.
#[derive(Clone, Serialize)]
pub struct StoredToken {
    /// The secret.
    pub access_token: String,
    /// Whose it is.
    pub email: String,
    /// What they are.
    pub role: String,
}

impl std::fmt::Debug for StoredToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("StoredToken").finish_non_exhaustive()
    }
}

impl StoredToken {
    /// What is there; nothing when there is no file, or no token in it.
    pub fn load(config_dir: &Path) -> Result<Option<Self>, Problem> {
        let path = file(config_dir);
        let problem =
            |reason: String| Problem { path: path.clone(), reason, hint: "run `da auth logout`, then `da auth login`" };
        let Some(text) = files::read_optional(&path).map_err(|error| problem(error.to_string()))? else {
            return Ok(None);
        };
        let json: Value = serde_json::from_str(&text).map_err(|error| problem(error.to_string()))?;
        let field = |name: &str| json.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        match (json.is_object(), field("access_token")) {
            (false, _) => Err(problem("it is not an object".to_owned())),
            (true, token) if token.is_empty() => Ok(None),
            (true, access_token) => Ok(Some(Self { access_token, email: field("email"), role: field("role") })),
        }
    }

    /// Writes it, readable by its owner only.
    pub fn save(&self, config_dir: &Path) -> Result<(), Error> {
        let text = serde_json::to_string_pretty(self).map_err(|_| Error::Internal("writing token.json"))?;
        files::private_dir(config_dir)?;
        files::write_private(&file(config_dir), text.as_bytes())
    }

    /// Forgets it.
    pub fn remove(config_dir: &Path) -> Result<bool, Error> {
        files::remove_optional(&file(config_dir))
    }
}

fn file(config_dir: &Path) -> PathBuf {
    config_dir.join("token.json")
}

/// What a token says about itself. Not verified: only the server can do that.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Claims {
    /// Whose it is.
    #[serde(default)]
    pub email: Option<String>,
    /// What they are.
    #[serde(default)]
    pub role: Option<String>,
    /// Until when, in seconds.
    #[serde(default)]
    exp: Option<f64>,
}

impl Claims {
    /// The claims of a JWT, or why it is none.
    pub fn of(token: &str) -> Result<Self, &'static str> {
        let mut parts = token.split('.');
        let (Some(_), Some(payload), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err("it does not have three parts");
        };
        let payload = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(payload.trim_end_matches('='))
            .map_err(|_| "its middle part is not base64")?;
        serde_json::from_slice(&payload).map_err(|_| "its middle part does not hold claims")
    }

    /// Until when it works; `None`: for ever.
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        #[expect(clippy::cast_possible_truncation, reason = "seconds; what does not fit is no time")]
        let seconds = self.exp? as i64;
        DateTime::from_timestamp(seconds, 0)
    }
}
