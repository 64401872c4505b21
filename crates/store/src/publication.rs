//! What is published: which parts a table consists of, since which generation, and how the last attempts went.

use std::collections::BTreeSet;

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

/// A publication as the statement below unpacks it; thousands of tables travel in one bound value.
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
    extracted_at: Option<i64>,
    published_at: i64,
}

/// What generation `$1` brought, for statements that copy it. Numbered, because DuckDB counts the parameters of an
/// UPDATE's FROM before those of its SET.
macro_rules! brought {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "(SELECT name, source, rows, size_bytes, published_at, json_array_length(columns) AS column_count,
                     CASE json_array_length(parts) WHEN 1 THEN parts ->> '$[0].md5' ELSE '' END AS md5
                FROM agnes_tables WHERE first_generation = $1) p ",
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
    /// stay on record with the last generation that held them. The generations of the given rows do not matter; a name
    /// in both lists is an upsert.
    ///
    /// # Errors
    /// [`Error::StaleGeneration`] unless `generation` is the next one, [`Error::Duplicate`] when two rows have one
    /// name, whatever its case; those of the database.
    pub fn publish(&self, generation: u64, upserts: &[PublishedRow], removals: &[String]) -> Result<(), Error> {
        let next = self.next_generation()?;
        if generation != next {
            return Err(Error::StaleGeneration { given: generation, next });
        }
        let upserted: Vec<String> = upserts.iter().map(|table| table.name.to_lowercase()).collect();
        let unique: BTreeSet<&String> = upserted.iter().collect();
        if unique.len() < upserted.len() {
            return Err(Error::Duplicate { what: "published table" });
        }
        let removed = removals.iter().map(|name| name.to_lowercase());
        let removed: Vec<String> = removed.filter(|name| !unique.contains(name)).collect();
        self.0.execute(
            "count the generation",
            "UPDATE agnes_counters SET value = ? WHERE name = 'publication_generation'",
            values![generation],
        )?;
        let sql = "
            UPDATE agnes_tables
               SET last_generation = $1
             WHERE last_generation IS NULL
               AND lower(name) IN (SELECT unnest(CAST(CAST($2 AS JSON) AS VARCHAR[])))";
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
        let packed: Vec<Packed<'_>> = upserts.iter().map(Packed::new).collect();
        let sql = "
            INSERT INTO agnes_tables (name, source, query_mode, digest, rows, size_bytes, parts, columns, extracted_at,
                                      published_at, first_generation, last_generation)
            SELECT r ->> 'name', r ->> 'source', r ->> 'query_mode', r ->> 'digest', CAST(r ->> 'rows' AS BIGINT),
                   CAST(r ->> 'size_bytes' AS BIGINT), r ->> 'parts', r ->> 'columns',
                   make_timestamp(CAST(r ->> 'extracted_at' AS BIGINT)),
                   make_timestamp(CAST(r ->> 'published_at' AS BIGINT)), CAST($1 AS BIGINT), NULL
              FROM (SELECT unnest(CAST(CAST($2 AS JSON) AS JSON[])) AS r)";
        self.0.execute("insert publications", sql, values![generation, json(&packed)])?;
        self.keep_reference_tables(generation)?;
        self.note_history(upserts)
    }

    /// One row for each, unless this transaction noted the table already.
    fn note_history(&self, upserts: &[PublishedRow]) -> Result<(), Error> {
        let mut noted = self.0.noted.borrow_mut();
        let fresh = upserts.iter().filter(|table| !noted.contains_key(&table.name.to_lowercase()));
        let rows: Vec<_> = fresh
            .map(|table| serde_json::json!([table.name, Uuid::new_v4().to_string(), table.rows.to_string()]))
            .collect();
        let sql = "
            INSERT INTO sync_history (id, table_id, synced_at, rows, duration_ms, status, error)
            SELECT r ->> 1, r ->> 0, CAST($1 AS TIMESTAMP), CAST(r ->> 2 AS BIGINT), NULL, 'ok', NULL
              FROM (SELECT unnest(CAST(CAST($2 AS JSON) AS JSON[])) AS r)";
        self.0.execute("append to the sync history", sql, values![self.0.now(), json(&rows)])?;
        for row in &rows {
            if let (Some(name), Some(id)) = (row[0].as_str(), row[1].as_str()) {
                noted.insert(name.to_lowercase(), id.to_owned());
            }
        }
        drop(noted);
        self.0.sync_history().prune()
    }

    /// `sync_state` and `view_ownership`, which tools made for the original server read.
    fn keep_reference_tables(&self, generation: u64) -> Result<(), Error> {
        let now = self.0.now();
        let sql = brought!(
            "UPDATE sync_state
                SET last_sync = p.published_at, rows = p.rows, file_size_bytes = p.size_bytes,
                    columns = p.column_count, hash = p.md5, status = 'ok', error = NULL
               FROM ",
            "WHERE sync_state.table_id = p.name"
        );
        self.0.execute("update the sync state", sql, values![generation])?;
        let sql = brought!(
            "INSERT INTO sync_state (table_id, last_sync, rows, file_size_bytes, uncompressed_size_bytes, columns, hash,
                                     status, error)
             SELECT name, published_at, rows, size_bytes, NULL, column_count, md5, 'ok', NULL
               FROM ",
            "WHERE NOT EXISTS (SELECT 1 FROM sync_state s WHERE s.table_id = p.name)"
        );
        self.0.execute("update the sync state", sql, values![generation])?;
        let sql = brought!(
            "UPDATE view_ownership
                SET source_name = p.source, registered_at = CAST($2 AS TIMESTAMP)
               FROM ",
            "WHERE view_ownership.view_name = p.name AND view_ownership.source_name <> p.source"
        );
        self.0.execute("update view owners", sql, values![generation, now])?;
        let sql = brought!(
            "INSERT INTO view_ownership (view_name, source_name, registered_at)
             SELECT name, source, CAST($2 AS TIMESTAMP)
               FROM ",
            "WHERE NOT EXISTS (SELECT 1 FROM view_ownership v WHERE v.view_name = p.name)"
        );
        self.0.execute("update view owners", sql, values![generation, now])?;
        Ok(())
    }

    /// A table that is now published as `ORDERS` is no longer `orders` to those tools.
    fn drop_other_spellings(&self, upserts: &[PublishedRow], lower: &[String]) -> Result<(), Error> {
        let (lower, exact) = (sql::keys(lower), sql::keys(upserts.iter().map(|table| &table.name)));
        for sql in [
            "DELETE FROM sync_state
              WHERE lower(table_id) IN (SELECT unnest(CAST(CAST($1 AS JSON) AS VARCHAR[])))
                AND table_id NOT IN (SELECT unnest(CAST(CAST($2 AS JSON) AS VARCHAR[])))",
            "DELETE FROM view_ownership
              WHERE lower(view_name) IN (SELECT unnest(CAST(CAST($1 AS JSON) AS VARCHAR[])))
                AND view_name NOT IN (SELECT unnest(CAST(CAST($2 AS JSON) AS VARCHAR[])))",
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
    fn new(table: &'r PublishedRow) -> Self {
        Self {
            name: &table.name,
            source: &table.source,
            query_mode: &table.query_mode,
            digest: &table.digest,
            rows: table.rows,
            size_bytes: table.size_bytes,
            parts: serde_json::json!(table.parts).to_string(),
            columns: serde_json::json!(table.columns).to_string(),
            extracted_at: table.extracted_at.map(|at| at.timestamp_micros()),
            published_at: table.published_at.timestamp_micros(),
        }
    }
}
