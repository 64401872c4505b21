//! Which sources there are, and what each promises.

use std::{
    collections::{HashMap, HashSet},
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use agnes_contract::id::SourceName;

use super::{Previous, SourceOutcome, TableOutcome, TableState};
use crate::{
    Engine, Error,
    engine::unexpected,
    worker::protocol::{Contents, MetaRow, Request, Response},
};

const EXTRACT: &str = "extract.duckdb";
/// Reading the catalog of an extract, which may replay a log.
const INSPECT_TIMEOUT: Duration = Duration::from_secs(120);

/// A folder under `extracts/` with an extract in it, or one that would not say.
pub(super) struct Found {
    pub(super) name: String,
    /// Without symbolic links.
    folder: Result<PathBuf, String>,
}

/// A source after it was read.
pub(super) struct Source {
    pub(super) name: String,
    /// What it promises; why it could not be read.
    pub(super) contents: Result<(PathBuf, Contents), String>,
}

/// The sources in name order; nothing when there is no such folder at all.
pub(super) fn list(extracts: &Path, previous: &Previous) -> Result<Option<Vec<Found>>, Error> {
    let entries = match fs::read_dir(extracts) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::file("list", extracts)(error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(Error::file("list", extracts))?;
        let Ok(name) = entry.file_name().into_string() else {
            tracing::warn!("A folder of extracts is passed over: its name is not UTF-8");
            continue;
        };
        match examine(&entry.path()) {
            Ok(None) => {}
            Ok(Some(_)) if SourceName::new(name.as_str()).is_err() => {
                let folder = Err("it is not a valid name of a source".into());
                found.push(Found { name, folder });
            }
            Ok(Some(folder)) => found.push(Found { name, folder: Ok(folder) }),
            Err(error) => found.push(Found { name, folder: Err(error.to_string()) }),
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    refuse_clashes(&mut found, previous);
    Ok(Some(found))
}

/// The folder when it holds an extract. Absent is not the same as unreadable.
fn examine(path: &Path) -> io::Result<Option<PathBuf>> {
    if !fs::metadata(path)?.is_dir() || !fs::exists(path.join(EXTRACT))? {
        return Ok(None);
    }
    fs::canonicalize(path).map(Some)
}

/// Of names that differ only in case the one that has published before stays, else the first.
fn refuse_clashes(found: &mut [Found], previous: &Previous) {
    let known: HashSet<&str> = previous.tables.iter().map(|table| table.source.as_str()).collect();
    let mut winners: HashMap<String, String> = HashMap::new();
    for source in found.iter().filter(|source| known.contains(source.name.as_str())) {
        winners.entry(source.name.to_lowercase()).or_insert_with(|| source.name.clone());
    }
    for source in found {
        let winner = winners.entry(source.name.to_lowercase()).or_insert_with(|| source.name.clone());
        if *winner != source.name {
            source.folder = Err(format!("its name differs only in case from source '{winner}'"));
        }
    }
}

/// Asks a worker what the source promises.
pub(super) async fn read(engine: &Engine, found: &Found, scratch: &Path) -> Result<Source, Error> {
    let name = found.name.clone();
    let folder = match &found.folder {
        Ok(folder) => folder,
        Err(reason) => return Ok(Source { name, contents: Err(reason.clone()) }),
    };
    let mut worker = engine.file_worker(vec![folder.clone()], vec![scratch.to_path_buf()]).await?;
    let request = Request::Inspect { extract: folder.join(EXTRACT) };
    let contents = match worker.ask(&request, INSPECT_TIMEOUT).await {
        Ok(Response::Inspected(contents)) => Ok((folder.clone(), contents)),
        Ok(other) => Err(unexpected(other)),
        Err(reason) => Err(plain(&reason, &[(folder, &name)])),
    };
    if let Err(reason) = &contents {
        tracing::warn!(source.name = %name, reason, "Could not read source `{name}`; its tables stay as they are");
    }
    Ok(Source { name, contents })
}

/// DuckDB's reason in one line, with folders of this machine by the names people know.
pub(super) fn plain(reason: &str, folders: &[(&Path, &str)]) -> String {
    let line = reason.lines().next().unwrap_or_default().to_owned();
    folders.iter().fold(line, |line, (folder, name)| line.replace(&folder.display().to_string(), name))
}

impl Source {
    /// The rows of `_meta`, none when it could not be read.
    pub(super) fn rows(&self) -> &[MetaRow] {
        self.contents.as_ref().map_or(&[], |(_, contents)| &contents.rows)
    }

    /// Where the extract is.
    pub(super) fn extract(folder: &Path) -> PathBuf {
        folder.join(EXTRACT)
    }

    pub(super) fn outcome(&self, tables: &[TableOutcome]) -> SourceOutcome {
        let taken = |table: &&TableOutcome| {
            table.source == self.name && matches!(table.state, TableState::Published | TableState::Unchanged)
        };
        SourceOutcome {
            source: self.name.clone(),
            error: self.contents.as_ref().err().cloned(),
            created: tables.iter().filter(taken).map(|table| table.table.clone()).collect(),
        }
    }
}
