//! A file somebody hands over becomes a table: kept for the csv connector, registered, synced.

use std::path::{Path, PathBuf};

use agnes_contract::id::{SqlIdent, table_id};
use agnes_contract::table::UploadedFile;
use agnes_store::TableRow;
use tempfile::TempPath;

use crate::actor::Actor;
use crate::audit::Audit;
use crate::error::Error;
use crate::policy;
use crate::service::Service;

/// The folder below the csv root uploads go to; also the bucket of their tables.
const BUCKET: &str = "uploads";
const ENDINGS: [&str; 7] = ["csv", "tsv", "txt", "jsonl", "ndjson", "json", "parquet"];
const COMPRESSIONS: [&str; 2] = ["gz", "zst"];

/// A received file and what it should become.
#[derive(Debug)]
pub struct Upload {
    /// Complete, on the data directory's file system; removed when this is dropped.
    pub path: TempPath,
    /// What the sender calls it.
    pub filename: String,
    /// What to call the table; made from the file's name when absent.
    pub table_name: Option<String>,
    /// What it holds.
    pub description: Option<String>,
    /// Readable by everyone who signs in.
    pub is_public: bool,
}

/// A file name without a path, and the table name it suggests.
#[derive(Debug)]
struct ValidUpload {
    filename: String,
    table_name: String,
}

impl ValidUpload {
    fn new(filename: &str, table_name: Option<&str>) -> Result<Self, Error> {
        let invalid = |field, message: &str| Err(Error::Invalid { field, message: message.to_owned() });
        // Browsers of old send a whole path.
        let base = filename.rsplit(['/', '\\']).next().unwrap_or_default().trim();
        let filename: String = base
            .chars()
            .map(|character| {
                if character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_') { character } else { '_' }
            })
            .collect();
        let mut parts = filename.split('.').map(str::to_ascii_lowercase).collect::<Vec<_>>();
        if parts.len() > 2 && parts.last().is_some_and(|last| COMPRESSIONS.contains(&last.as_str())) {
            parts.pop();
        }
        let known = parts.len() > 1 && parts.last().is_some_and(|last| ENDINGS.contains(&last.as_str()));
        if !known || filename.starts_with('.') || filename.len() > 120 {
            return invalid(
                "file",
                "Upload a file ending in .csv, .tsv, .txt, .jsonl, .ndjson, .json or .parquet, optionally .gz or .zst, with a name of at most 120 characters",
            );
        }
        parts.pop();
        let suggested = match table_name.map(str::trim).filter(|name| !name.is_empty()) {
            Some(name) => name.to_owned(),
            None => {
                let stem: String = parts
                    .join("_")
                    .chars()
                    .map(|character| if character.is_ascii_alphanumeric() { character } else { '_' })
                    .collect();
                if stem.starts_with(|first: char| first.is_ascii_digit()) { format!("t_{stem}") } else { stem }
            }
        };
        match SqlIdent::new(suggested) {
            Ok(name) => Ok(Self { filename, table_name: name.as_str().to_owned() }),
            Err(_) => invalid(
                "name",
                "The table's name must be letters, digits and '_', not beginning with a digit, at most 64 characters",
            ),
        }
    }
}

impl Service {
    /// Takes a file over, registers its table unless the file replaces one uploaded before, and syncs it.
    ///
    /// # Errors
    /// `admin_required`, `validation_failed`, `table_exists`, `disk_full`.
    pub async fn table_upload(&self, actor: &Actor, upload: Upload) -> Result<UploadedFile, Error> {
        policy::admin(actor)?;
        let valid = ValidUpload::new(&upload.filename, upload.table_name.as_deref())?;
        let directory = self.directory();
        let existing = directory.table_by_name(&valid.table_name).cloned();
        // The same table uploaded again replaces its file, also under another name.
        let replaces = match &existing {
            Some(row) if row.source_type.as_deref() == Some("csv") && row.bucket.as_deref() == Some(BUCKET) => true,
            Some(_) => return Err(Error::TableExists(valid.table_name)),
            None => false,
        };
        let id = existing.as_ref().map_or_else(|| table_id(&valid.table_name), |row| row.id.clone());
        // One file a table, named after it, so that two uploads called data.csv do not meet.
        let filename = format!("{id}{}", ending(&valid.filename));
        let folder = self.0.settings.csv_root.join(BUCKET);
        let target = folder.join(&filename);
        let old = existing.as_ref().and_then(|row| row.source_table.clone()).filter(|old| *old != filename);
        let size_bytes = keep(upload.path, folder.clone(), target.clone()).await?;

        let row = TableRow {
            id: id.clone(),
            name: valid.table_name.clone(),
            source_type: Some("csv".to_owned()),
            bucket: Some(BUCKET.to_owned()),
            source_table: Some(filename.clone()),
            sync_strategy: Some("full_refresh".to_owned()),
            query_mode: Some("local".to_owned()),
            sync_schedule: None,
            profile_after_sync: true,
            primary_key: None,
            folder: None,
            description: super::blank_is_none(upload.description),
            registered_by: Some(actor.email.clone()),
            is_public: upload.is_public,
            registered_at: Some(self.now()),
        };
        let registered = Audit::by(actor, "table.register").with("is_public", row.is_public);
        let replaced = Audit::by(actor, "table.upload").on(format!("table:{id}")).with("size_bytes", size_bytes);
        let source_table = filename.clone();
        let written = self
            .0
            .store
            .write(move |tx| match existing {
                None => super::insert(tx, &row, registered),
                Some(before) => {
                    let row = TableRow { source_table: Some(source_table), ..(*before).clone() };
                    tx.tables().update(&row)?;
                    Ok(tx.audit().record(replaced.into())?)
                }
            })
            .await;
        if let Err(error) = written {
            if !replaces {
                let _ = tokio::fs::remove_file(&target).await;
            }
            return Err(error);
        }
        if let Some(old) = old.filter(|old| !old.contains('/')) {
            let _ = tokio::fs::remove_file(folder.join(old)).await;
        }
        let job_id = self.sync_soon(actor, Some(vec![id.clone()]));
        Ok(UploadedFile {
            table_id: id,
            table_name: valid.table_name,
            filename,
            size_bytes,
            registered: !replaces,
            job_id,
        })
    }
}

/// `.csv.gz` of `orders.csv.gz`, in lower case.
fn ending(filename: &str) -> String {
    let lower = filename.to_ascii_lowercase();
    let mut endings: Vec<&str> = lower.rsplit('.').collect();
    endings.pop();
    let take = if endings.len() > 1 && endings.first().is_some_and(|last| COMPRESSIONS.contains(last)) { 2 } else { 1 };
    let kept: Vec<&str> = endings.into_iter().take(take).collect();
    kept.iter().rev().map(|ending| format!(".{ending}")).collect()
}

/// Moves a complete upload to its place: whole or not at all.
async fn keep(path: TempPath, folder: PathBuf, target: PathBuf) -> Result<u64, Error> {
    tokio::task::spawn_blocking(move || move_into(path, &folder, &target))
        .await
        .map_err(Error::during("keep an uploaded file"))?
        .map_err(Error::io("keep an uploaded file"))
}

fn move_into(path: TempPath, folder: &Path, target: &Path) -> std::io::Result<u64> {
    std::fs::create_dir_all(folder)?;
    let file = std::fs::File::open(&path)?;
    file.sync_all()?;
    let size = file.metadata()?.len();
    let same_disk = path.persist(target);
    if let Err(refused) = same_disk {
        // The csv folder is configured on another file system: copy beside the target, then rename.
        let mut beside = tempfile::NamedTempFile::new_in(folder)?;
        std::io::copy(&mut std::fs::File::open(&refused.path)?, beside.as_file_mut())?;
        beside.as_file().sync_all()?;
        beside.persist(target).map_err(|error| error.error)?;
    }
    std::fs::File::open(folder)?.sync_all()?;
    Ok(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_loses_its_path_and_suggests_a_table() {
        let check = |filename: &str, expected: Option<(&str, &str)>| {
            let valid = ValidUpload::new(filename, None).ok();
            let valid = valid.as_ref().map(|valid| (valid.filename.as_str(), valid.table_name.as_str()));
            assert_eq!(valid, expected, "{filename:?}");
        };
        check("Orders.csv", Some(("Orders.csv", "orders")));
        check("2026 sales.csv.gz", Some(("2026_sales.csv.gz", "t_2026_sales")));
        check("C:\\data\\a-b.tsv", Some(("a-b.tsv", "a_b")));
        check("../../etc/passwd.csv", Some(("passwd.csv", "passwd")));
        for filename in ["", "noending", ".csv", "a.exe", "a.gz", "..", "a.csv/"] {
            check(filename, None);
        }
    }

    #[test]
    fn the_ending_keeps_its_compression() {
        for (filename, expected) in [("a.csv", ".csv"), ("A.CSV.GZ", ".csv.gz"), ("a.b.parquet", ".parquet")] {
            assert_eq!(ending(filename), expected);
        }
    }
}
