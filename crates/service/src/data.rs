//! The bytes themselves: a published part as an open file.

use std::fs::File;

use agnes_contract::id::{Digest, TableKey};
use agnes_store::PublishedRow;
use chrono::{DateTime, Utc};

use crate::actor::Actor;
use crate::error::Error;
use crate::service::Service;

/// An open published file. What is read from it stays what it was, whatever is published meanwhile.
#[derive(Debug)]
pub struct DataFile {
    /// Open for reading, at its beginning.
    pub file: File,
    /// Bytes.
    pub size_bytes: u64,
    /// SHA-256 of the bytes in double quotes.
    pub etag: String,
    /// MD5 of the bytes, 32 hex digits.
    pub md5: String,
    /// What to call the download.
    pub filename: String,
    /// When this content was published.
    pub published_at: DateTime<Utc>,
}

impl Service {
    /// The file of a table, by id or name.
    ///
    /// # Errors
    /// `table_not_found` for what cannot be a table, and for an admin what is none; `table_forbidden` for what
    /// the caller may not read, or cannot know of.
    pub async fn data_open(&self, actor: &Actor, key: &str) -> Result<DataFile, Error> {
        if TableKey::new(key).is_err() {
            return Err(Error::TableNotFound("Table not found".to_owned()));
        }
        let missing = || format!("Table '{key}' not found");
        let table = self.readable(actor, key, || "Access denied to this table".to_owned(), missing)?;
        let published = table.published.ok_or_else(|| Error::TableNotFound(missing()))?;
        // A table in several parts has no single file to send.
        let [part] = published.parts.as_slice() else { return Err(Error::TableNotFound(missing())) };
        let digest = part.digest.clone();
        self.open(&published, &digest, format!("{key}.parquet")).await
    }

    /// One published part, for anyone who may read a table that refers to it.
    ///
    /// # Errors
    /// `object_not_found`, whether or not it exists.
    pub async fn object_open(&self, actor: &Actor, digest: &str) -> Result<DataFile, Error> {
        let digest = Digest::parse(digest).map_err(|_| Error::ObjectNotFound)?;
        let holder = self
            .directory()
            .published_tables()
            .iter()
            .filter(|published| published.parts.iter().any(|part| part.digest == digest.as_str()))
            .find(|published| self.may_read_published(actor, published))
            .cloned()
            .ok_or(Error::ObjectNotFound)?;
        self.open(&holder, digest.as_str(), format!("{digest}.parquet")).await
    }

    fn may_read_published(&self, actor: &Actor, published: &PublishedRow) -> bool {
        let directory = self.directory();
        let id = directory.table_by_name(&published.name).map_or(published.name.as_str(), |row| row.id.as_str());
        self.access_view(actor).contains(id)
    }

    async fn open(&self, published: &PublishedRow, digest: &str, filename: String) -> Result<DataFile, Error> {
        let part = published.parts.iter().find(|part| part.digest == digest).ok_or(Error::ObjectNotFound)?;
        let objects = self.0.objects.clone();
        let name = Digest::parse(digest).map_err(|_| Error::ObjectNotFound)?;
        let file = tokio::task::spawn_blocking(move || objects.open(&name))
            .await
            .map_err(Error::during("open a published part"))?
            .map_err(Error::during("open a published part"))?;
        Ok(DataFile {
            file,
            size_bytes: part.size_bytes,
            etag: format!("\"{digest}\""),
            md5: part.md5.clone(),
            filename,
            published_at: published.published_at,
        })
    }
}
