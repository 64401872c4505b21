//! What arguments, environment and files come to, resolved once before a command runs.

mod config;
mod server;
mod token;
mod workspace;

use std::{
    env,
    path::{Path, PathBuf},
};

pub use config::Config;
pub use server::ServerUrl;
pub use token::{Claims, StoredToken, Token, TokenSource};
pub use workspace::Workspace;

use crate::{env_vars, error::Error};

/// Where the server is when nobody says so.
const DEFAULT_SERVER: &str = "http://localhost:8000";
const DEFAULT_RETRIES: u32 = 3;
const DEFAULT_QUOTA_GB: u64 = 10;

/// Where an address came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerSource {
    /// `DA_SERVER`.
    Environment,
    /// `config.yaml`.
    File,
    /// Nobody said.
    Default,
}

/// Everything a command needs to know about its surroundings. A broken file is an error only for
/// the commands that need what is in it.
#[derive(Debug)]
pub struct Settings {
    /// Where configuration and state are.
    pub config_dir: PathBuf,
    /// Extra attempts for a download.
    pub stream_retries: u32,
    /// Whether to ask for newer versions.
    pub update_check: bool,
    /// What `disk-info` names as the cap.
    pub snapshot_quota_gb: u64,
    /// No colour, no moving progress.
    pub plain: bool,
    config: Result<Config, Problem>,
    stored_token: Result<Option<StoredToken>, Problem>,
    server_variable: Option<String>,
    token_variable: Option<String>,
    local_dir: Option<PathBuf>,
}

/// A file of ours that is not what it should be.
#[derive(Clone, Debug)]
pub struct Problem {
    path: PathBuf,
    reason: String,
    hint: &'static str,
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Corrupt { path: problem.path, reason: problem.reason, hint: problem.hint }
    }
}

impl Settings {
    /// From this process' environment and the files it points to.
    pub fn resolve() -> Self {
        let config_dir = config_dir();
        Self {
            config: Config::load(&config_dir),
            stored_token: StoredToken::load(&config_dir),
            config_dir,
            stream_retries: number(env_vars::DA_STREAM_RETRIES).unwrap_or(DEFAULT_RETRIES),
            update_check: !text(env_vars::DA_NO_UPDATE_CHECK)
                .is_some_and(|value| matches!(value.to_lowercase().as_str(), "1" | "true" | "yes")),
            snapshot_quota_gb: number(env_vars::AGNES_SNAPSHOT_QUOTA_GB).unwrap_or(DEFAULT_QUOTA_GB),
            plain: text(env_vars::NO_COLOR).is_some(),
            server_variable: text(env_vars::DA_SERVER),
            token_variable: text(env_vars::DA_TOKEN),
            local_dir: text(env_vars::DA_LOCAL_DIR).map(PathBuf::from),
        }
    }

    /// Where the server is.
    pub fn server(&self) -> Result<ServerUrl, Error> {
        let (text, name) = match self.server_source()? {
            ServerSource::Environment => (self.server_variable.clone(), env_vars::DA_SERVER),
            ServerSource::File => (self.config.clone()?.server(), "`server` in config.yaml"),
            ServerSource::Default => (None, "the default"),
        };
        ServerUrl::parse(text.as_deref().unwrap_or(DEFAULT_SERVER), name)
    }

    /// Who said where the server is.
    pub fn server_source(&self) -> Result<ServerSource, Error> {
        if self.server_variable.is_some() {
            return Ok(ServerSource::Environment);
        }
        Ok(match self.config.clone()?.server() {
            Some(_) => ServerSource::File,
            None => ServerSource::Default,
        })
    }

    /// What `config.yaml` holds.
    pub fn config(&self) -> Result<Config, Error> {
        Ok(self.config.clone()?)
    }

    /// The token to send: `DA_TOKEN`, else that of `token.json`.
    pub fn token(&self) -> Result<Option<Token>, Error> {
        if let Some(token) = &self.token_variable {
            return Ok(Some(Token { access_token: token.trim().to_owned(), source: TokenSource::Environment }));
        }
        let stored = self.stored_token.clone()?;
        Ok(stored.map(|stored| Token { access_token: stored.access_token, source: TokenSource::File }))
    }

    /// The folder synced data lives in.
    pub fn workspace(&self) -> Result<Workspace, Error> {
        Workspace::find(self.local_dir.as_deref())
    }
}

fn config_dir() -> PathBuf {
    if let Some(folder) = text(env_vars::DA_CONFIG_DIR) {
        return PathBuf::from(folder);
    }
    env::home_dir().as_deref().unwrap_or(Path::new(".")).join(".config/da")
}

/// A variable that is set to something.
fn text(name: &str) -> Option<String> {
    env::var_os(name).map(|value| value.to_string_lossy().into_owned()).filter(|value| !value.trim().is_empty())
}

fn number<T: std::str::FromStr>(name: &str) -> Option<T> {
    text(name)?.trim().parse().ok()
}
