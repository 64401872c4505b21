//! `da disk-info`.

use serde::Serialize;

use crate::{error::Error, exit::Exit, output::size::short, printer::Printer, settings::Settings};

/// What can be said about it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct DiskInfo {
    snapshots_dir: String,
    used_bytes: u64,
    snapshot_count: u64,
    free_bytes: u64,
    quota_gb: u64,
}

/// Tells how much disk snapshots use.
pub fn disk_info(args: Args, settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
    let workspace = settings.workspace()?;
    let folder = workspace.snapshots_dir();
    let mut info = DiskInfo {
        snapshots_dir: folder.display().to_string(),
        used_bytes: 0,
        snapshot_count: 0,
        free_bytes: free_bytes(&folder)?,
        quota_gb: settings.snapshot_quota_gb,
    };
    for entry in walkdir::WalkDir::new(&folder).into_iter().flatten().filter(|entry| entry.file_type().is_file()) {
        info.used_bytes += entry.metadata().map_or(0, |metadata| metadata.len());
        info.snapshot_count += u64::from(entry.path().extension().is_some_and(|kind| kind == "parquet"));
    }
    if args.json {
        let text = serde_json::to_string(&info).map_err(|_| Error::Internal("writing JSON"))?;
        printer.line(&text)?;
        return Ok(Exit::SUCCESS);
    }
    printer.line(&format!("Snapshots dir:  {}", info.snapshots_dir))?;
    printer.line(&format!("Used by Agnes:  {} across {} snapshots", short(info.used_bytes), info.snapshot_count))?;
    printer.line(&format!("Free disk:      {}", short(info.free_bytes)))?;
    printer.line(&format!("Configured cap: {} GB (not enforced)", info.quota_gb))?;
    Ok(Exit::SUCCESS)
}

/// Where the folder is or will be.
fn free_bytes(folder: &std::path::Path) -> Result<u64, Error> {
    let existing = folder.ancestors().find(|folder| folder.exists()).unwrap_or(folder);
    let usage = rustix::fs::statvfs(existing).map_err(|error| Error::File {
        doing: "measure",
        path: existing.to_owned(),
        source: error.into(),
    })?;
    Ok(usage.f_bavail.saturating_mul(usage.f_frsize))
}
