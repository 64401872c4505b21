//! Removing what the caller may no longer hold, and what no download will ever finish.

use std::{collections::BTreeSet, fs};

use agnes_contract::id::TableKey;

use super::{Job, State, partial};
use crate::{error::Error, files, settings::Workspace};

/// Removes the files of tables that are gone, and forgets them. Their views go with the next rebuild.
pub fn prune(workspace: &Workspace, state: &mut State, names: &[String]) -> Result<(), Error> {
    for name in names {
        // The memory is a file somebody may have written to: what is no name of ours is only forgotten.
        if let Ok(key) = TableKey::new(name.as_str()) {
            files::remove_optional(&workspace.parquet(&key))?;
            partial::discard(&workspace.parquet(&key));
        }
        state.remove(name);
    }
    Ok(())
}

/// Removes parts of downloads that are not going to be made.
pub fn remove_stale_partials(workspace: &Workspace, downloads: &[Job]) {
    let wanted: BTreeSet<_> = downloads.iter().map(|job| partial::names(&job.target).0).collect();
    let Ok(folder) = fs::read_dir(workspace.parquet_dir()) else { return };
    for path in folder.flatten().map(|entry| entry.path()) {
        let target = path.as_os_str().to_str().and_then(|name| name.strip_suffix(".tmp")).map(std::path::PathBuf::from);
        if let Some(target) = target.filter(|target| target.extension().is_some_and(|kind| kind == "parquet"))
            && !wanted.contains(&path)
        {
            partial::discard(&target);
        }
    }
}
