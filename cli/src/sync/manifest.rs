//! Asking for the manifest, and not having it sent when it has not changed.

use agnes_contract::sync::Manifest;
use reqwest::header::{ETAG, IF_NONE_MATCH};
use serde_json::Value;

use super::State;
use crate::{
    api::{Api, Failure},
    files,
};

const PATH: &str = "/api/sync/manifest";

/// A manifest and how it came.
#[derive(Debug)]
pub struct Fetched {
    /// What the caller may hold.
    pub manifest: Manifest,
    keep: Option<String>,
}

/// The manifest as it is now.
pub async fn fetch(api: &Api, state: &State) -> Result<Fetched, Failure> {
    let kept = load(state);
    let request = match &kept {
        Some((etag, _)) => api.get(PATH).header(IF_NONE_MATCH, etag),
        None => api.get(PATH),
    };
    let answer = request.send().await?;
    if answer.status == 304 {
        let (_, manifest) = kept.ok_or_else(|| api.not_understood("304 to a question that did not allow it"))?;
        return Ok(Fetched { manifest, keep: None });
    }
    let manifest = understand(answer.parse(api)?).map_err(|error| api.not_understood(&error.to_string()))?;
    let keep = answer.header(&ETAG).map(|etag| format!("{etag}\n{}", answer.text));
    Ok(Fetched { manifest, keep })
}

impl Fetched {
    /// Keeps the manifest for the next time. Only a shortcut: failing to keep it is no failure.
    pub fn keep(&self, state: &State) {
        if let Some(text) = &self.keep
            && let Some(folder) = state.manifest_file().parent()
            && files::private_dir(folder).is_ok()
        {
            let _ = files::write_private(state.manifest_file(), text.as_bytes());
        }
    }
}

fn load(state: &State) -> Option<(String, Manifest)> {
    let text = files::read_optional(state.manifest_file()).ok()??;
    let (etag, body) = text.split_once('\n')?;
    Some((etag.to_owned(), understand(serde_json::from_str(body).ok()?).ok()?))
}

/// Old servers write null where they know nothing.
fn understand(mut json: Value) -> serde_json::Result<Manifest> {
    let tables = json.get_mut("tables").and_then(Value::as_object_mut);
    for table in tables.into_iter().flat_map(serde_json::Map::values_mut) {
        if let Some(fields) = table.as_object_mut() {
            fields.retain(|_, value| !value.is_null());
        }
    }
    serde_json::from_value(json)
}
