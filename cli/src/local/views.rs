//! The views of the local database: one per synced table and snapshot, and hands off everything else.

mod ours;
mod sources;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use duckdb::Connection;
use serde::{Deserialize, Serialize};

use self::{
    ours::target_of,
    sources::{Source, Sources},
};
use super::database::{self, identifier, literal};
use crate::{error::Error, files, settings::Workspace, sync::Fingerprint};

/// What a rebuild has to say.
#[derive(Debug, Default)]
pub struct Rebuilt {
    /// Files that are no parquet DuckDB can read.
    pub broken: Vec<String>,
    /// Synced tables hidden by a table or view of the user's own.
    pub shadowed: Vec<String>,
}

/// `.da-views.json`: what the views were made from, so that nothing is done twice.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Memory {
    root: PathBuf,
    database: Option<Fingerprint>,
    views: BTreeMap<String, Fingerprint>,
    #[serde(default)]
    shadowed: Vec<String>,
}

/// Views hold absolute paths: whether the workspace is where it was when they were made.
pub fn is_in_place(workspace: &Workspace) -> bool {
    memory(workspace).is_none_or(|memory| memory.root == workspace.root())
}

/// Makes the views fit the files. Does not even open the database when they do already.
pub fn rebuild(workspace: &Workspace) -> Result<Rebuilt, Error> {
    let sources = Sources::find(workspace);
    let memory = memory(workspace).unwrap_or_default();
    let wanted: BTreeMap<String, Fingerprint> =
        sources.iter().map(|source| (source.name.clone(), source.file)).collect();
    let database = Fingerprint::of(&workspace.database());
    if database.is_some() && memory.root == workspace.root() && memory.database == database && memory.views == wanted {
        return Ok(Rebuilt { broken: Vec::new(), shadowed: memory.shadowed });
    }

    let connection = database::open_to_write(&workspace.database())?;
    let failed = |error: duckdb::Error| Error::Database {
        doing: "cannot update the views of the local database",
        reason: database::words(&error),
        hint: "what was downloaded is kept; run `da sync` again",
    };
    let change = Change::plan(&connection, workspace, &sources, &memory).map_err(failed)?;
    change.apply(&connection).map_err(failed)?;
    // Closing writes the database down: only then is its fingerprint final.
    connection.close().map_err(|(_, error)| failed(error))?;

    let broken: BTreeSet<&String> = change.broken.iter().collect();
    let memory = Memory {
        root: workspace.root().to_owned(),
        database: Fingerprint::of(&workspace.database()),
        views: wanted.into_iter().filter(|(name, _)| !broken.contains(name)).collect(),
        shadowed: change.shadowed.clone(),
    };
    let text = serde_json::to_vec(&memory).map_err(|_| Error::Internal("remembering the views"))?;
    files::write_private(&workspace.views_file(), &text)?;
    Ok(Rebuilt { broken: change.broken, shadowed: change.shadowed })
}

fn memory(workspace: &Workspace) -> Option<Memory> {
    serde_json::from_str(&files::read_optional(&workspace.views_file()).ok()??).ok()
}

#[derive(Debug, Default)]
struct Change {
    statements: Vec<String>,
    broken: Vec<String>,
    shadowed: Vec<String>,
}

impl Change {
    fn plan(
        connection: &Connection,
        workspace: &Workspace,
        sources: &Sources,
        memory: &Memory,
    ) -> duckdb::Result<Self> {
        let tables: BTreeSet<String> = names(connection, "duckdb_tables()", "table_name")?;
        let views = views(connection)?;
        let mut change = Self::default();
        for (name, sql) in views.values() {
            let gone = |target: &PathBuf| !target.is_file() && is_below(target, workspace, memory, name);
            if target_of(sql).is_some_and(|target| gone(&target)) && !sources.contains(name) {
                change.statements.push(format!("DROP VIEW IF EXISTS main.{}", identifier(name)));
            }
        }
        for source in sources.iter() {
            let view = views.get(&source.name.to_lowercase());
            let target = view.and_then(|(_, sql)| target_of(sql));
            let is_theirs = view.is_some()
                && !target.as_ref().is_some_and(|target| is_below(target, workspace, memory, &source.name));
            if is_theirs || tables.contains(&source.name.to_lowercase()) {
                change.shadowed.push(source.name.clone());
            } else if target.as_ref() == Some(&source.path) && memory.views.get(&source.name) == Some(&source.file) {
                // The view is there and its file has not changed since.
            } else if is_readable(connection, source) {
                change.statements.push(definition(source));
            } else {
                change.broken.push(source.name.clone());
            }
        }
        Ok(change)
    }

    /// All of it or nothing: a query beside it sees the old views or the new ones.
    fn apply(&self, connection: &Connection) -> duckdb::Result<()> {
        if self.statements.is_empty() {
            return Ok(());
        }
        connection.execute_batch("BEGIN TRANSACTION")?;
        let done = self.statements.iter().try_for_each(|statement| connection.execute_batch(statement));
        match done.and_then(|()| connection.execute_batch("COMMIT")) {
            Ok(()) => Ok(()),
            Err(error) => {
                // The first error is the one to report.
                let _ = connection.execute_batch("ROLLBACK");
                Err(error)
            }
        }
    }
}

/// Whether a view reads a file where ours are, or were before the workspace was moved.
fn is_below(target: &std::path::Path, workspace: &Workspace, memory: &Memory, view: &str) -> bool {
    let below = |root: &std::path::Path| {
        target.starts_with(root.join("server/parquet")) || target.starts_with(root.join("user/snapshots"))
    };
    let moved = || {
        ["server/parquet", "user/snapshots"].iter().any(|folder| target.ends_with(format!("{folder}/{view}.parquet")))
            && !target.exists()
    };
    below(workspace.root()) || (!memory.root.as_os_str().is_empty() && below(&memory.root)) || moved()
}

fn names(connection: &Connection, from: &'static str, column: &'static str) -> duckdb::Result<BTreeSet<String>> {
    let sql = format!(
        "SELECT {column} FROM {from}
          WHERE NOT internal AND schema_name = 'main' AND database_name = current_database()"
    );
    let mut statement = connection.prepare(&sql)?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?;
    names.map(|name| Ok(name?.to_lowercase())).collect()
}

/// Views by name without case: their name and definition.
fn views(connection: &Connection) -> duckdb::Result<BTreeMap<String, (String, String)>> {
    let mut statement = connection.prepare(
        "SELECT view_name, sql FROM duckdb_views()
          WHERE NOT internal AND schema_name = 'main' AND database_name = current_database()",
    )?;
    let views = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    views.map(|view| view.map(|(name, sql)| (name.to_lowercase(), (name, sql)))).collect()
}

fn definition(source: &Source) -> String {
    format!(
        "CREATE OR REPLACE VIEW main.{} AS SELECT * FROM read_parquet({})",
        identifier(&source.name),
        literal(&source.path.to_string_lossy())
    )
}

fn is_readable(connection: &Connection, source: &Source) -> bool {
    let sql = format!("SELECT * FROM read_parquet({}) LIMIT 0", literal(&source.path.to_string_lossy()));
    fs::metadata(&source.path).is_ok() && connection.execute_batch(&sql).is_ok()
}
