//! `analytics/server.duckdb`: a view over each published table, for whoever opens it on the host.
//!
//! Nothing of ours reads it.

use std::{fs, io, path::Path, time::Duration};

use agnes_contract::id::Digest;

use super::PublishedTable;
use crate::{
    Engine, Error,
    engine::unexpected,
    worker::protocol::{Request, Response, ViewFiles},
};

const WRITE_TIMEOUT: Duration = Duration::from_secs(600);

/// Writes the file anew unless it holds just these views.
pub(super) async fn write(
    engine: &Engine,
    folder: &Path,
    tables: &[PublishedTable],
    known: &mut Option<Vec<(String, Vec<Digest>)>>,
) -> Result<(), Error> {
    let target = folder.join("server.duckdb");
    let log = folder.join("server.duckdb.wal");
    let local = || tables.iter().filter(|table| !table.parts.is_empty());
    let digests = |table: &PublishedTable| table.parts.iter().map(|part| part.digest.clone()).collect();
    let wanted: Vec<(String, Vec<Digest>)> = local().map(|table| (table.name.clone(), digests(table))).collect();
    if known.as_ref() == Some(&wanted) && target.is_file() {
        return remove(&log);
    }
    fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
    let folder = fs::canonicalize(folder).map_err(Error::file("find", folder))?;
    let (out, out_log) = (folder.join("server.duckdb.tmp"), folder.join("server.duckdb.tmp.wal"));
    remove(&out)?;
    remove(&out_log)?;
    let objects = engine.objects();
    let views: Vec<ViewFiles> = local()
        .map(|table| ViewFiles {
            name: table.name.clone(),
            files: table.parts.iter().map(|part| objects.path(&part.digest)).collect(),
        })
        .collect();
    let read = views.iter().flat_map(|view| view.files.clone()).collect();
    let mut worker = engine.file_worker(read, vec![folder.clone()]).await?;
    let request = Request::Catalog { views, out: out.clone() };
    match worker.ask(&request, WRITE_TIMEOUT).await {
        Ok(Response::Done) => {}
        Ok(other) => return Err(Error::Worker(unexpected(other))),
        Err(reason) => return Err(Error::Worker(format!("could not write server.duckdb: {reason}"))),
    }
    // In this order a reader never opens a new file with an old log. Open readers keep the old file.
    remove(&log)?;
    fs::rename(&out, &target).map_err(Error::file("rename", &out))?;
    remove(&out_log)?;
    *known = Some(wanted);
    Ok(())
}

fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::file("remove", path)(error)),
        _ => Ok(()),
    }
}
