//! What is published: which parts a table consists of, since which generation, and how the last attempts went.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use duckdb::Connection;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    AttemptRow, Error, Tx, attempt,
    sql::{self, Fields, json, values},
};

/// A file a published table consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartRow {
    /// SHA-256 of its bytes, bare lower-case hex: also its name under `objects/`.
    pub digest: String,
    /// MD5 of its bytes, for old clients.
    pub md5: String,
    /// Its length.
    pub size_bytes: u64,
    /// Its rows.
    pub rows: u64,
}

/// A column of a published table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnRow {
    /// Its name.
    pub name: String,
    /// Its DuckDB type.
    pub data_type: String,
    /// Whether it may hold NULL.
    pub nullable: bool,
}

/// One publication of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishedRow {
    /// The name it is published under.
    pub name: String,
    /// The source folder it came from.
    pub source: String,
    /// `local` or `remote`.
    pub query_mode: String,
    /// SHA-256 over all of it, bare hex; empty for remote tables.
    pub digest: String,
    /// Rows of all parts.
    pub rows: u64,
    /// Bytes of all parts.
    pub size_bytes: u64,
    /// In order; none for remote tables.
    pub parts: Vec<PartRow>,
    /// In order.
    pub columns: Vec<ColumnRow>,
    /// When the connector says it read the source.
    pub extracted_at: Option<DateTime<Utc>>,
    /// When it was published.
    pub published_at: DateTime<Utc>,
    /// The first generation that holds it; set by [`Publications::publish`].
    pub first_generation: u64,
    /// The last generation that holds it; none while it is current.
    pub last_generation: Option<u64>,
}

impl PublishedRow {
    /// What old clients compare a downloaded file with: the MD5 of the only part, or nothing.
    #[must_use]
    pub fn md5(&self) -> &str {
        match self.parts.as_slice() {
            [part] => &part.md5,
            _ => "",
        }
    }
}

/// The repository of what is published.
pub struct Publications<'t>(pub(crate) &'t Tx<'t>);

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT name, source, query_mode, digest, rows, size_bytes, parts, columns, extracted_at, published_at,
                    first_generation, last_generation
               FROM agnes_tables ",
            $rest
        )
    };
}

pub(crate) fn load(connection: &Connection) -> Result<Vec<PublishedRow>, Error> {
    sql::list(connection, "load publications", select!("WHERE last_generation IS NULL"), &[], read)
}

pub(crate) fn load_some(connection: &Connection, names: sql::Value) -> Result<Vec<PublishedRow>, Error> {
    let sql =
        select!("WHERE last_generation IS NULL AND lower(name) IN (SELECT unnest(CAST(CAST(? AS JSON) AS VARCHAR[])))");
    sql::list(connection, "load publications", sql, &[names], read)
}

pub(crate) fn generation(connection: &Connection) -> Result<u64, Error> {
    let sql = "SELECT value AS n FROM agnes_counters WHERE name = 'publication_generation'";
    sql::count(connection, "read the generation", sql, &[])
}

fn read(row: &Fields<'_>) -> Result<PublishedRow, Error> {
    Ok(PublishedRow {
        name: row.text("name")?,
        source: row.text("source")?,
        query_mode: row.text("query_mode")?,
        digest: row.text("digest")?,
        rows: row.count("rows")?,
        size_bytes: row.count("size_bytes")?,
        parts: row.json("parts")?,
        columns: row.json("columns")?,
        extracted_at: row.time_option("extracted_at")?,
        published_at: row.time("published_at")?,
        first_generation: row.count("first_generation")?,
        last_generation: row.count_option("last_generation")?,
    })
}

/// A publication as the statements below unpack it; thousands of tables travel in one bound value.
#[derive(Serialize)]
struct Packed<'r> {
    name: &'r str,
    source: &'r str,
    query_mode: &'r str,
    digest: &'r str,
    rows: u64,
    size_bytes: u64,
    parts: String,
    columns: String,
    column_count: usize,
    md5: &'r str,
    extracted_at: Option<i64>,
    published_at: i64,
    history_id: String,
}

macro_rules! packed {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "(SELECT unnest(from_json(CAST(? AS JSON), '[{
                \"name\": \"VARCHAR\", \"source\": \"VARCHAR\", \"query_mode\": \"VARCHAR\", \"digest\": \"VARCHAR\",
                \"rows\": \"BIGINT\", \"size_bytes\": \"BIGINT\", \"parts\": \"VARCHAR\", \"columns\": \"VARCHAR\",
                \"column_count\": \"INTEGER\", \"md5\": \"VARCHAR\", \"extracted_at\": \"BIGINT\",
                \"published_at\": \"BIGINT\", \"history_id\": \"VARCHAR\"}]'), recursive := true))",
            $after
        )
    };
}

impl Publications<'_> {
    /// The generation the next [`publish`](Self::publish) makes.
    ///
    /// # Errors
    /// Those of the database.
    pub fn next_generation(&self) -> Result<u64, Error> {
        let sql = "SELECT value AS n FROM agnes_counters WHERE name = 'publication_generation'";
        Ok(self.0.count("read the generation", sql, &[])? + 1)
    }

    /// The current publication of a table, whatever the case of its name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find(&self, name: &str) -> Result<Option<PublishedRow>, Error> {
        let sql = select!("WHERE last_generation IS NULL AND lower(name) = lower(?)");
        self.0.find("find a publication", sql, values![name], read)
    }

    /// Every current publication, by name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list(&self) -> Result<Vec<PublishedRow>, Error> {
        self.0.list("list publications", select!("WHERE last_generation IS NULL ORDER BY name"), &[], read)
    }

    /// Makes a new generation, in which these tables are replaced or added and those names are gone. Old publications
    /// stay on record with the last generation that held them. The generations of the given rows do not matter.
    ///
    /// # Errors
    /// [`Error::StaleGeneration`] unless `generation` is the next one; those of the database.
    pub fn publish(&self, generation: u64, upserts: &[PublishedRow], removals: &[String]) -> Result<(), Error> {
        let next = self.next_generation()?;
        if generation != next {
            return Err(Error::StaleGeneration { given: generation, next });
        }
        self.0.execute(
            "count the generation",
            "UPDATE agnes_counters SET value = ? WHERE name = 'publication_generation'",
            values![generation],
        )?;
        let upserted: Vec<String> = upserts.iter().map(|table| table.name.to_lowercase()).collect();
        let removed: Vec<String> = removals.iter().map(|name| name.to_lowercase()).collect();
        let sql = "
            UPDATE agnes_tables
               SET last_generation = ?
             WHERE last_generation IS NULL
               AND lower(name) IN (SELECT unnest(CAST(CAST(? AS JSON) AS VARCHAR[])))";
        let gone = sql::keys(upserted.iter().chain(&removed));
        self.0.execute("retire publications", sql, values![generation - 1, gone])?;
        self.drop_other_spellings(upserts, &upserted)?;
        self.insert(generation, upserts)?;
        self.forget(&removed)?;
        let mut touched = self.0.touched.borrow_mut();
        touched.generation = true;
        touched.published.extend(upserted.into_iter().chain(removed));
        Ok(())
    }

    /// Notes how the last attempt to publish each of these tables went. A success that is not told keeps the last one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn record_attempts(&self, attempts: &[AttemptRow]) -> Result<(), Error> {
        attempt::record(self.0, attempts)
    }

    fn insert(&self, generation: u64, upserts: &[PublishedRow]) -> Result<(), Error> {
        if upserts.is_empty() {
            return Ok(());
        }
        let mut noted = self.0.noted.borrow_mut();
        let mut fresh = BTreeMap::new();
        let packed: Vec<Packed<'_>> = upserts
            .iter()
            .map(|table| {
                let history_id = Uuid::new_v4().to_string();
                // A table the same transaction noted already gets no second history row.
                if !noted.contains_key(&table.name) {
                    fresh.insert(table.name.clone(), history_id.clone());
                }
                Packed::new(table, history_id)
            })
            .collect();
        let packed = json(&packed);
        let sql = packed!(
            "INSERT INTO agnes_tables (name, source, query_mode, digest, rows, size_bytes, parts, columns,
                                       extracted_at, published_at, first_generation, last_generation)
             SELECT name, source, query_mode, digest, rows, size_bytes, parts, columns, make_timestamp(extracted_at),
                    make_timestamp(published_at), CAST(? AS BIGINT), NULL
               FROM ",
            ""
        );
        self.0.execute("insert publications", sql, values![generation, packed.clone()])?;
        self.keep_reference_tables(&packed)?;
        let sql = packed!(
            "INSERT INTO sync_history (id, table_id, synced_at, rows, duration_ms, status, error)
             SELECT history_id, name, CAST(? AS TIMESTAMP), rows, NULL, 'ok', NULL
               FROM ",
            " WHERE history_id IN (SELECT unnest(CAST(CAST(? AS JSON) AS VARCHAR[])))"
        );
        let ids = sql::keys(fresh.values());
        self.0.execute("append to the sync history", sql, values![self.0.now(), packed, ids])?;
        noted.append(&mut fresh);
        drop(noted);
        self.0.sync_history().prune()
    }

    /// `sync_state` and `view_ownership`, which tools made for the original server read.
    fn keep_reference_tables(&self, packed: &sql::Value) -> Result<(), Error> {
        let now = self.0.now();
        let sql = packed!(
            "UPDATE sync_state
                SET last_sync = make_timestamp(p.published_at), rows = p.rows, file_size_bytes = p.size_bytes,
                    columns = p.column_count, hash = p.md5, status = 'ok', error = NULL
               FROM ",
            " p WHERE sync_state.table_id = p.name"
        );
        self.0.execute("update the sync state", sql, values![packed.clone()])?;
        let sql = packed!(
            "INSERT INTO sync_state (table_id, last_sync, rows, file_size_bytes, uncompressed_size_bytes, columns, hash,
                                     status, error)
             SELECT name, make_timestamp(published_at), rows, size_bytes, NULL, column_count, md5, 'ok', NULL
               FROM ",
            " p WHERE NOT EXISTS (SELECT 1 FROM sync_state s WHERE s.table_id = p.name)"
        );
        self.0.execute("update the sync state", sql, values![packed.clone()])?;
        let sql = packed!(
            "UPDATE view_ownership
                SET source_name = p.source, registered_at = CAST(? AS TIMESTAMP)
               FROM ",
            " p WHERE view_ownership.view_name = p.name AND view_ownership.source_name <> p.source"
        );
        self.0.execute("update view owners", sql, values![now, packed.clone()])?;
        let sql = packed!(
            "INSERT INTO view_ownership (view_name, source_name, registered_at)
             SELECT name, source, CAST(? AS TIMESTAMP)
               FROM ",
            " p WHERE NOT EXISTS (SELECT 1 FROM view_ownership v WHERE v.view_name = p.name)"
        );
        self.0.execute("update view owners", sql, values![now, packed.clone()])?;
        Ok(())
    }

    /// A table that is now published as `ORDERS` is no longer `orders` to those tools.
    fn drop_other_spellings(&self, upserts: &[PublishedRow], lower: &[String]) -> Result<(), Error> {
        let (lower, exact) = (sql::keys(lower), sql::keys(upserts.iter().map(|table| &table.name)));
        for sql in [
            "DELETE FROM sync_state
              WHERE lower(table_id) IN (SELECT unnest(CAST(CAST(? AS JSON) AS VARCHAR[])))
                AND table_id NOT IN (SELECT unnest(CAST(CAST(? AS JSON) AS VARCHAR[])))",
            "DELETE FROM view_ownership
              WHERE lower(view_name) IN (SELECT unnest(CAST(CAST(? AS JSON) AS VARCHAR[])))
                AND view_name NOT IN (SELECT unnest(CAST(CAST(? AS JSON) AS VARCHAR[])))",
        ] {
            self.0.execute("forget other spellings", sql, values![lower.clone(), exact.clone()])?;
        }
        Ok(())
    }

    fn forget(&self, names: &[String]) -> Result<(), Error> {
        if names.is_empty() {
            return Ok(());
        }
        let gone = sql::keys(names);
        for sql in [
            "DELETE FROM sync_state
              WHERE lower(table_id) IN (SELECT unnest(CAST(CAST(? AS JSON) AS VARCHAR[])))",
            "DELETE FROM view_ownership
              WHERE lower(view_name) IN (SELECT unnest(CAST(CAST(? AS JSON) AS VARCHAR[])))",
            "DELETE FROM agnes_attempts
              WHERE lower(table_name) IN (SELECT unnest(CAST(CAST(? AS JSON) AS VARCHAR[])))",
        ] {
            self.0.execute("forget tables that are gone", sql, values![gone.clone()])?;
        }
        self.0.touched.borrow_mut().attempts.extend(names.iter().cloned());
        Ok(())
    }
}

impl<'r> Packed<'r> {
    fn new(table: &'r PublishedRow, history_id: String) -> Self {
        Self {
            name: &table.name,
            source: &table.source,
            query_mode: &table.query_mode,
            digest: &table.digest,
            rows: table.rows,
            size_bytes: table.size_bytes,
            parts: serde_json::json!(table.parts).to_string(),
            columns: serde_json::json!(table.columns).to_string(),
            column_count: table.columns.len(),
            md5: table.md5(),
            extracted_at: table.extracted_at.map(|at| at.timestamp_micros()),
            published_at: table.published_at.timestamp_micros(),
            history_id,
        }
    }
}
