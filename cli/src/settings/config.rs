//! `config.yaml`: where the server is, and whatever else somebody keeps there.

use std::path::Path;

use serde_norway::{Mapping, Value};

use super::{Problem, ServerUrl};
use crate::{error::Error, files};

/// The file's mapping.
#[derive(Clone, Debug, Default)]
pub struct Config(Mapping);

impl Config {
    /// What is there; nothing when there is no file.
    pub fn load(config_dir: &Path) -> Result<Self, Problem> {
        let path = config_dir.join("config.yaml");
        let problem = |reason: String| Problem {
            path: path.clone(),
            reason,
            hint: "correct the file, or delete it and run `da setup init --server URL`",
        };
        let text = match files::read_optional(&path) {
            Ok(Some(text)) => text,
            Ok(None) => return Ok(Self::default()),
            Err(error) => return Err(problem(error.to_string())),
        };
        match serde_norway::from_str(&text) {
            Ok(Value::Mapping(mapping)) => Ok(Self(mapping)),
            Ok(Value::Null) => Ok(Self::default()),
            Ok(_) => Err(problem("it is not a list of `key: value`".to_owned())),
            Err(error) => Err(problem(error.to_string())),
        }
    }

    /// Where the server is, as written there.
    pub fn server(&self) -> Option<String> {
        let text = self.0.get("server")?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Writes the server's address, keeping every other key.
    pub fn save_server(mut self, config_dir: &Path, server: &ServerUrl) -> Result<(), Error> {
        self.0.insert("server".into(), server.to_string().into());
        let text = serde_norway::to_string(&self.0).map_err(|_| Error::Internal("writing config.yaml"))?;
        files::private_dir(config_dir)?;
        files::write_private(&config_dir.join("config.yaml"), text.as_bytes())
    }
}
