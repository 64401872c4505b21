//! Taking over one table: finding its data, copying it to the objects, asking what it holds.

use std::{
    collections::HashMap,
    fs::File,
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::DateTime;

use super::{
    Column, Part, PublishedTable, TableOutcome, TableState,
    inside::{Data, at, extract_inputs, files_of},
    sources::{Source, plain},
};
use crate::{
    Engine, Error, ObjectInfo,
    engine::unexpected,
    objects::{Adopted, Stamp},
    worker::protocol::{Facts, MetaRow, Request, Response},
};

/// Reading a footer.
const FACTS_TIMEOUT: Duration = Duration::from_secs(120);
/// Writing a table anew as parquet.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(1800);
/// A file that changed under so many copies is being written by somebody.
const ATTEMPTS: usize = 3;

/// A table as it was last taken over.
pub(super) struct Taken {
    /// The files it was made from.
    inputs: Vec<(PathBuf, Stamp)>,
    part: Part,
    columns: Vec<Column>,
}

/// One table to take over.
pub(super) struct Take<'a> {
    pub(super) engine: &'a Engine,
    pub(super) scratch: &'a Path,
    pub(super) source: &'a Source,
    pub(super) row: &'a MetaRow,
    pub(super) previous: Option<&'a PublishedTable>,
}

/// Why a table was not taken over.
pub(super) enum Trouble {
    /// With the table or its files; an outcome.
    Table(String),
    /// With the server; ends the rebuild.
    Ours(Error),
}

impl Take<'_> {
    /// What happened, and what is published under the name from now on.
    pub(super) async fn run(
        &self,
        taken: &mut HashMap<String, Taken>,
    ) -> Result<(TableOutcome, Option<PublishedTable>), Error> {
        let (table, source) = (&self.row.table, &self.source.name);
        match self.table(taken).await {
            Ok(new) => {
                let unchanged = self.previous.is_some_and(|old| {
                    (&old.name, &old.source, &old.query_mode, &old.parts, &old.columns)
                        == (&new.name, &new.source, &new.query_mode, &new.parts, &new.columns)
                });
                let state = if unchanged { TableState::Unchanged } else { TableState::Published };
                Ok((TableOutcome::new(table, source, state, Some(&new)), Some(new)))
            }
            Err(Trouble::Table(reason)) => {
                tracing::warn!(source.name = %source, table = %table, reason, "Could not take over table `{table}`");
                let kept = self.previous.cloned();
                Ok((TableOutcome::new(table, source, TableState::Error(reason), kept.as_ref()), kept))
            }
            Err(Trouble::Ours(error)) => Err(error),
        }
    }

    async fn table(&self, taken: &mut HashMap<String, Taken>) -> Result<PublishedTable, Trouble> {
        let remote = self.row.query_mode.as_deref().is_some_and(|mode| mode.eq_ignore_ascii_case("remote"));
        let (parts, columns) = if remote { (vec![], vec![]) } else { self.local(taken).await? };
        Ok(PublishedTable {
            name: self.row.table.clone(),
            source: self.source.name.clone(),
            query_mode: if remote { "remote" } else { "local" }.into(),
            digest: parts.first().map(|part| part.digest.clone()),
            rows: parts.iter().map(|part| part.rows).sum(),
            size_bytes: parts.iter().map(|part| part.size_bytes).sum(),
            parts,
            columns,
            extracted_at: self.row.extracted_at.and_then(DateTime::from_timestamp_micros),
        })
    }

    async fn local(&self, taken: &mut HashMap<String, Taken>) -> Result<(Vec<Part>, Vec<Column>), Trouble> {
        let (data, folder) = self.locate().await?;
        let inputs = match &data {
            Data::One(file, path) => Some(vec![(path.clone(), Stamp::of(file).map_err(at(path))?)]),
            Data::Many(_, inputs) => Some(inputs.clone()),
            Data::Inside(inputs) => inputs.clone(),
        };
        let key = format!("{}/{}", self.source.name, self.row.table);
        if let Some(known) = taken.get(&key)
            && inputs.as_ref() == Some(&known.inputs)
            && self.engine.objects().is_whole(&known.part.info())
        {
            return Ok((vec![known.part.clone()], known.columns.clone()));
        }
        let (file, path) = match data {
            Data::One(file, path) => (file, path),
            Data::Many(files, _) => {
                let out = self.scratch.join("merged.parquet");
                let request = Request::Merge { files, out: out.clone() };
                self.written(folder, &request, out).await?
            }
            Data::Inside(_) => {
                let out = self.scratch.join("exported.parquet");
                let extract = Source::extract(&folder);
                let request = Request::Export { extract, table: self.row.table.clone(), out: out.clone() };
                self.written(folder, &request, out).await?
            }
        };
        let Adopted { info, created } = self.adopt(file, path).await?;
        let Facts { rows, columns } = match self.facts(&info).await {
            Ok(facts) => facts,
            Err(reason) => {
                if created {
                    self.engine.objects().discard(&info.digest);
                }
                return Err(reason);
            }
        };
        let part = Part { digest: info.digest, md5: info.md5, size_bytes: info.size_bytes, rows };
        match inputs {
            Some(inputs) => taken.insert(key, Taken { inputs, part: part.clone(), columns: columns.clone() }),
            None => taken.remove(&key),
        };
        Ok((vec![part], columns))
    }

    /// Finds the data of the table, and says in which folder the source is.
    async fn locate(&self) -> Result<(Data, PathBuf), Trouble> {
        let Ok((folder, contents)) = &self.source.contents else {
            return Err(Trouble::Table("its source could not be read".into()));
        };
        let table = &self.row.table;
        let (path, name) = (folder.clone(), table.clone());
        if let Some(data) = blocking(move || files_of(&path, &name)).await? {
            return Ok((data, folder.clone()));
        }
        let named = |names: &[String]| names.iter().any(|name| name.eq_ignore_ascii_case(table));
        if named(&contents.tables) {
            let path = folder.clone();
            let inputs = blocking(move || extract_inputs(&path)).await?;
            Ok((Data::Inside(Some(inputs)), folder.clone()))
        } else if named(&contents.views) {
            Ok((Data::Inside(None), folder.clone()))
        } else {
            let reason = format!("its data is missing: no data/{table}.parquet, and no table or view of that name");
            Err(Trouble::Table(reason))
        }
    }

    /// Has a worker write a parquet file, and opens it.
    async fn written(&self, folder: PathBuf, request: &Request, out: PathBuf) -> Result<(File, PathBuf), Trouble> {
        let worker = self.engine.file_worker(vec![folder], vec![self.scratch.to_path_buf()]).await;
        let mut worker = worker.map_err(Trouble::Ours)?;
        match worker.ask(request, EXPORT_TIMEOUT).await.map_err(|reason| Trouble::Table(self.plain(&reason)))? {
            Response::Done => {
                let file = File::open(&out).map_err(Error::file("open", &out)).map_err(Trouble::Ours)?;
                Ok((file, out))
            }
            other => Err(Trouble::Table(unexpected(other))),
        }
    }

    async fn adopt(&self, mut file: File, path: PathBuf) -> Result<Adopted, Trouble> {
        let objects = self.engine.objects().clone();
        let maybe = self.previous.and_then(|table| table.parts.first()).map(Part::info);
        let adopted = tokio::task::spawn_blocking(move || {
            for _ in 0..ATTEMPTS {
                if let Some(adopted) = objects.adopt_file(&mut file, &path, maybe.as_ref())? {
                    return Ok(adopted);
                }
                io::Seek::rewind(&mut file).map_err(Error::file("read", &path))?;
            }
            Err(Error::Changing(path))
        });
        let adopted = adopted.await.map_err(|error| Trouble::Table(error.to_string()))?;
        adopted.map_err(|error| match error {
            Error::Changing(_) => Trouble::Table("its file is being written; the next rebuild will try again".into()),
            other => Trouble::Ours(other),
        })
    }

    /// What the part holds: known when it is published already, else asked of a worker that sees
    /// just this file.
    async fn facts(&self, info: &ObjectInfo) -> Result<Facts, Trouble> {
        if let Some(table) = self.previous
            && let [part] = table.parts.as_slice()
            && part.info() == *info
            && !table.columns.is_empty()
        {
            return Ok(Facts { rows: part.rows, columns: table.columns.clone() });
        }
        let path = self.engine.objects().path(&info.digest);
        let mut worker = self.engine.file_worker(vec![path.clone()], vec![]).await.map_err(Trouble::Ours)?;
        match worker.ask(&Request::Facts { file: path }, FACTS_TIMEOUT).await {
            Ok(Response::Facts(facts)) => Ok(facts),
            Ok(other) => Err(Trouble::Table(unexpected(other))),
            Err(reason) => Err(Trouble::Table(format!("its parquet cannot be read: {}", self.plain(&reason)))),
        }
    }

    fn plain(&self, reason: &str) -> String {
        let folder = self.source.contents.as_ref().map_or(self.scratch, |(folder, _)| folder);
        let objects = self.engine.objects().dir();
        plain(reason, &[(objects, "objects"), (self.scratch, "tmp"), (folder, &self.source.name)])
    }
}

impl Part {
    fn info(&self) -> ObjectInfo {
        ObjectInfo { digest: self.digest.clone(), md5: self.md5.clone(), size_bytes: self.size_bytes }
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Trouble> + Send + 'static) -> Result<T, Trouble> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Trouble::Table(error.to_string()))?
}
