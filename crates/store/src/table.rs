//! The registry of tables.

mod primary_key;

use chrono::{DateTime, Utc};
use duckdb::Connection;

use crate::{
    Error, Tx,
    sql::{self, Fields, values},
    tx::exactly_one,
};

pub use primary_key::{decode_primary_key, encode_primary_key};

/// A registered table.
#[derive(Clone, Debug, PartialEq)]
pub struct TableRow {
    /// Opaque; normally the lower-case name with `_` for blanks.
    pub id: String,
    /// The name it is published, queried and synced under.
    pub name: String,
    /// Which connector it comes from.
    pub source_type: Option<String>,
    /// The dataset, schema or folder it is in at the source.
    pub bucket: Option<String>,
    /// What it is called at the source.
    pub source_table: Option<String>,
    /// `full_refresh`…
    pub sync_strategy: Option<String>,
    /// `local`, `remote`.
    pub query_mode: Option<String>,
    /// When it is synced by itself.
    pub sync_schedule: Option<String>,
    /// Whether a profile is made after each sync.
    pub profile_after_sync: bool,
    /// The columns that tell rows apart.
    pub primary_key: Option<Vec<String>>,
    /// Where it is shown.
    pub folder: Option<String>,
    /// What it holds.
    pub description: Option<String>,
    /// By whom: an address.
    pub registered_by: Option<String>,
    /// Whether every signed-in person may read it. An unknown value is no.
    pub is_public: bool,
    /// Since when.
    pub registered_at: Option<DateTime<Utc>>,
}

/// The repository of tables.
pub struct Tables<'t>(pub(crate) &'t Tx<'t>);

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, source_type, bucket, source_table, sync_strategy, query_mode, sync_schedule,
                    coalesce(profile_after_sync, true) AS profile_after_sync, primary_key, folder, description,
                    registered_by, is_public, registered_at
               FROM table_registry ",
            $rest
        )
    };
}

pub(crate) fn load(connection: &Connection) -> Result<Vec<TableRow>, Error> {
    sql::list(connection, "load tables", select!(""), &[], read)
}

pub(crate) fn load_some(connection: &Connection, ids: sql::Value) -> Result<Vec<TableRow>, Error> {
    let sql = select!("WHERE id IN (SELECT unnest(CAST(CAST(? AS JSON) AS VARCHAR[])))");
    sql::list(connection, "load tables", sql, &[ids], read)
}

fn read(row: &Fields<'_>) -> Result<TableRow, Error> {
    Ok(TableRow {
        id: row.text("id")?,
        name: row.text("name")?,
        source_type: row.text_option("source_type")?,
        bucket: row.text_option("bucket")?,
        source_table: row.text_option("source_table")?,
        sync_strategy: row.text_option("sync_strategy")?,
        query_mode: row.text_option("query_mode")?,
        sync_schedule: row.text_option("sync_schedule")?,
        profile_after_sync: row.flag("profile_after_sync")?,
        primary_key: row.text_option("primary_key")?.as_deref().and_then(decode_primary_key),
        folder: row.text_option("folder")?,
        description: row.text_option("description")?,
        registered_by: row.text_option("registered_by")?,
        is_public: row.flag("is_public")?,
        registered_at: row.time_option("registered_at")?,
    })
}

impl Tables<'_> {
    /// The table with this id.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find(&self, id: &str) -> Result<Option<TableRow>, Error> {
        self.0.find("find a table", select!("WHERE id = ?"), values![id], read)
    }

    /// A table whose name differs at most in case; the first by name where there are several.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find_by_name_ignoring_case(&self, name: &str) -> Result<Option<TableRow>, Error> {
        let sql = select!("WHERE lower(name) = lower(?) ORDER BY name, id");
        self.0.find("find a table", sql, values![name], read)
    }

    /// Another table than `id` that `id` or `name` could be taken for: ids and names share one space, whatever
    /// their case.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find_clash(&self, id: &str, name: &str) -> Result<Option<TableRow>, Error> {
        let sql = select!(
            "WHERE id <> ? AND (lower(id) IN (lower(?), lower(?)) OR lower(name) IN (lower(?), lower(?)))
             ORDER BY name, id"
        );
        self.0.find("find a table", sql, values![id, id, name, id, name], read)
    }

    /// Every table, by name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list(&self) -> Result<Vec<TableRow>, Error> {
        self.0.list("list tables", select!("ORDER BY name, id"), &[], read)
    }

    /// Registers a table.
    ///
    /// # Errors
    /// [`Error::Duplicate`] when the id exists or either text could be taken for another table; those of the
    /// database.
    pub fn insert(&self, table: &TableRow) -> Result<(), Error> {
        if self.find(&table.id)?.is_some() || self.find_clash(&table.id, &table.name)?.is_some() {
            return Err(Error::Duplicate { what: "table" });
        }
        let sql = "
            INSERT INTO table_registry (id, name, source_type, bucket, source_table, sync_strategy, query_mode,
                                        sync_schedule, profile_after_sync, primary_key, folder, description,
                                        registered_by, is_public, registered_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        self.touch(&table.id);
        self.0.execute(
            "insert a table",
            sql,
            values![
                &table.id,
                &table.name,
                &table.source_type,
                &table.bucket,
                &table.source_table,
                &table.sync_strategy,
                &table.query_mode,
                &table.sync_schedule,
                table.profile_after_sync,
                encode_primary_key(table.primary_key.as_deref()),
                &table.folder,
                &table.description,
                &table.registered_by,
                table.is_public,
                table.registered_at
            ],
        )?;
        Ok(())
    }

    /// Replaces everything about a table but its id and who registered it.
    ///
    /// # Errors
    /// [`Error::Duplicate`] when a new name could be taken for another table, [`Error::Missing`] when none has the
    /// id; those of the database.
    pub fn update(&self, table: &TableRow) -> Result<(), Error> {
        let Some(before) = self.find(&table.id)? else { return Err(Error::Missing { what: "table" }) };
        // An adopted directory may hold a clash already; only a new name is asked about.
        if before.name != table.name && self.find_clash(&table.id, &table.name)?.is_some() {
            return Err(Error::Duplicate { what: "table" });
        }
        let sql = "
            UPDATE table_registry
               SET name = ?, source_type = ?, bucket = ?, source_table = ?, sync_strategy = ?, query_mode = ?,
                   sync_schedule = ?, profile_after_sync = ?, primary_key = ?, folder = ?, description = ?,
                   is_public = ?, registered_at = ?
             WHERE id = ?";
        self.touch(&table.id);
        let changed = self.0.execute(
            "update a table",
            sql,
            values![
                &table.name,
                &table.source_type,
                &table.bucket,
                &table.source_table,
                &table.sync_strategy,
                &table.query_mode,
                &table.sync_schedule,
                table.profile_after_sync,
                encode_primary_key(table.primary_key.as_deref()),
                &table.folder,
                &table.description,
                table.is_public,
                table.registered_at,
                &table.id
            ],
        )?;
        exactly_one(changed, "table")
    }

    /// Removes a table from the registry. Its grants, permissions and publication are other repositories' to remove.
    /// Answers whether there was one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remove(&self, id: &str) -> Result<bool, Error> {
        self.touch(id);
        Ok(self.0.execute("remove a table", "DELETE FROM table_registry WHERE id = ?", values![id])? > 0)
    }

    fn touch(&self, id: &str) {
        self.0.touched.borrow_mut().tables.insert(id.to_owned());
    }
}
