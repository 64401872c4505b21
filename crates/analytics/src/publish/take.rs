//! Taking over one table: finding its data, copying it to the objects, asking what it holds.

use std::{
    collections::HashMap,
    ffi::OsStr,
    fs::File,
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::DateTime;
use rustix::{
    fs::{Dir, Mode, OFlags, ResolveFlags, openat, openat2},
    io::Errno,
};

use super::{Column, Part, PublishedTable, TableOutcome, TableState, sources::Source};
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

/// Where the rows of a table are.
enum Data {
    /// In one parquet file.
    One(File, PathBuf),
    /// In several, to be merged.
    Many(Vec<PathBuf>, Vec<(PathBuf, Stamp)>),
    /// In a table or view of the extract itself. The inputs are known for a table only: a view may
    /// read any file of the source.
    Inside(Option<Vec<(PathBuf, Stamp)>>),
}

/// Why a table was not taken over.
enum Trouble {
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
        match worker.ask(request, EXPORT_TIMEOUT).await.map_err(Trouble::Table)? {
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
            Err(reason) => Err(Trouble::Table(format!("its parquet cannot be read: {}", self.short(&reason)))),
        }
    }

    /// Without the folder names of this machine.
    fn short(&self, reason: &str) -> String {
        reason.replace(&self.engine.objects().dir().display().to_string(), "objects")
    }
}

impl Part {
    fn info(&self) -> ObjectInfo {
        ObjectInfo { digest: self.digest.clone(), md5: self.md5.clone(), size_bytes: self.size_bytes }
    }
}

/// `data/<table>.parquet`, else all of `data/<table>/*.parquet`.
fn files_of(folder: &Path, table: &str) -> Result<Option<Data>, Trouble> {
    let single = format!("data/{table}.parquet");
    if let Some(file) = open_inside(folder, &single, OFlags::empty())? {
        return Ok(Some(Data::One(file, folder.join(single))));
    }
    let several = format!("data/{table}");
    let Some(directory) = open_inside(folder, &several, OFlags::DIRECTORY)? else { return Ok(None) };
    let mut names = Vec::new();
    for entry in Dir::read_from(&directory).map_err(|error| at(&folder.join(&several))(error.into()))? {
        let entry = entry.map_err(|error| at(&folder.join(&several))(error.into()))?;
        match entry.file_name().to_str() {
            Ok(name) if Path::new(name).extension() == Some(OsStr::new("parquet")) && !name.starts_with('.') => {
                names.push(format!("{several}/{name}"));
            }
            _ => {}
        }
    }
    names.sort();
    let mut files = Vec::new();
    for name in &names {
        // Opened to be sure that it is inside and a file; the worker opens it again, confined.
        if let Some(file) = open_inside(folder, name, OFlags::empty())? {
            files.push((file, folder.join(name)));
        }
    }
    if files.len() == 1 {
        return Ok(files.pop().map(|(file, path)| Data::One(file, path)));
    }
    let inputs: Result<Vec<_>, _> =
        files.iter().map(|(file, path)| Ok((path.clone(), Stamp::of(file).map_err(at(path))?))).collect();
    let paths = files.into_iter().map(|(_, path)| path).collect::<Vec<_>>();
    Ok(if paths.is_empty() { None } else { Some(Data::Many(paths, inputs?)) })
}

/// The extract and its log, as inputs of what is inside.
fn extract_inputs(folder: &Path) -> Result<Vec<(PathBuf, Stamp)>, Trouble> {
    let extract = Source::extract(folder);
    let log = extract.with_extension("duckdb.wal");
    let mut inputs = Vec::new();
    for path in [extract, log] {
        match std::fs::metadata(&path) {
            Ok(metadata) => inputs.push((path, Stamp::from(&metadata))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(at(&path)(error)),
        }
    }
    Ok(inputs)
}

/// Opens a file below a folder, refusing symbolic links that lead out of it. Nothing where there is
/// none.
fn open_inside(folder: &Path, name: &str, flags: OFlags) -> Result<Option<File>, Trouble> {
    let path = folder.join(name);
    let root = File::open(folder).map_err(at(folder))?;
    // Not to be held up by a pipe somebody put there.
    let flags = flags | OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    let opened = match openat2(&root, name, flags, Mode::empty(), beneath) {
        // Kernels and containers without the call: no symbolic link at all in the last step, and
        // the folders before it checked by name.
        Err(Errno::NOSYS | Errno::PERM) => match path.parent().map(std::fs::canonicalize) {
            Some(Ok(parent)) if !parent.starts_with(folder) => Err(Errno::XDEV),
            _ => openat(&root, name, flags | OFlags::NOFOLLOW, Mode::empty()),
        },
        other => other,
    };
    match opened {
        Ok(descriptor) => {
            let file = File::from(descriptor);
            let metadata = file.metadata().map_err(at(&path))?;
            if metadata.is_dir() != flags.contains(OFlags::DIRECTORY) || !(metadata.is_dir() || metadata.is_file()) {
                return Err(Trouble::Table(format!("{name} is not a file")));
            }
            Ok(Some(file))
        }
        Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
        Err(Errno::XDEV | Errno::LOOP) => {
            Err(Trouble::Table(format!("{name} is a symbolic link that leads out of the source's folder")))
        }
        Err(error) => Err(at(&path)(error.into())),
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> Trouble {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    move |error| Trouble::Table(format!("{name} cannot be read: {error}"))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Trouble> + Send + 'static) -> Result<T, Trouble> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Trouble::Table(error.to_string()))?
}
