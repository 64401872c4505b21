//! The registry: which tables there are and where they come from.

mod upload;
mod valid;

use agnes_contract::id::table_id;
use agnes_contract::table::{NewTable, RegisteredTable, Registry, Table, TableChanges, UpdatedTable};
use agnes_store::TableRow;
use agnes_store::Tx;

use crate::actor::Actor;
use crate::audit::Audit;
use crate::error::Error;
use crate::policy;
use crate::service::Service;

pub use upload::Upload;
use valid::{valid_mode, valid_name, warnings};

fn describe(row: &TableRow) -> Table {
    Table {
        id: row.id.clone(),
        name: row.name.clone(),
        source_type: row.source_type.clone(),
        bucket: row.bucket.clone(),
        source_table: row.source_table.clone(),
        sync_strategy: row.sync_strategy.clone(),
        query_mode: row.query_mode.clone(),
        sync_schedule: row.sync_schedule.clone(),
        profile_after_sync: row.profile_after_sync,
        primary_key: row.primary_key.clone(),
        folder: row.folder.clone(),
        description: row.description.clone(),
        registered_by: row.registered_by.clone(),
        is_public: row.is_public,
        registered_at: row.registered_at,
    }
}

fn blank_is_none(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Inserts a validated row; shared by registration and upload.
fn insert(tx: &Tx<'_>, row: &TableRow, audit: Audit) -> Result<(), Error> {
    // Ids and names share one space regardless of case: an identifier never means two tables.
    if tx.tables().find(&row.id)?.is_some() || tx.tables().find_clash(&row.id, &row.name)?.is_some() {
        return Err(Error::TableExists(row.id.clone()));
    }
    tx.tables().insert(row)?;
    Ok(tx.audit().record(audit.on(format!("table:{}", row.id)).with("name", row.name.as_str()).into())?)
}

impl Service {
    /// The whole registry, by name.
    ///
    /// # Errors
    /// `admin_required`.
    pub async fn table_registry(&self, actor: &Actor) -> Result<Registry, Error> {
        policy::admin(actor)?;
        let directory = self.directory();
        let tables: Vec<Table> = directory.tables().iter().map(|row| describe(row)).collect();
        Ok(Registry { count: tables.len() as u64, tables })
    }

    /// Registers a table. Its data comes with the next sync.
    ///
    /// # Errors
    /// `admin_required`, `validation_failed`, `table_exists`.
    pub async fn table_register(&self, actor: &Actor, new: NewTable) -> Result<RegisteredTable, Error> {
        policy::admin(actor)?;
        let name = valid_name(&new.name)?;
        let row = TableRow {
            id: table_id(&name),
            name,
            source_type: blank_is_none(new.source_type),
            bucket: blank_is_none(new.bucket),
            source_table: blank_is_none(new.source_table),
            sync_strategy: Some(new.sync_strategy.unwrap_or_else(|| "full_refresh".to_owned())),
            query_mode: Some(valid_mode(new.query_mode.as_deref().unwrap_or("local"))?),
            sync_schedule: blank_is_none(new.sync_schedule),
            profile_after_sync: new.profile_after_sync.unwrap_or(true),
            primary_key: new.primary_key.filter(|key| !key.is_empty()),
            folder: blank_is_none(new.folder),
            description: blank_is_none(new.description),
            registered_by: Some(actor.email.clone()),
            is_public: new.is_public.unwrap_or(true),
            registered_at: Some(self.now()),
        };
        let warnings = warnings(&row);
        let answer =
            RegisteredTable { id: row.id.clone(), name: row.name.clone(), status: "registered".to_owned(), warnings };
        let audit = Audit::by(actor, "table.register").with("is_public", row.is_public);
        self.0.store.write(move |tx| insert(tx, &row, audit)).await?;
        Ok(answer)
    }

    /// Changes a registered table; null clears a field, absence leaves it.
    ///
    /// # Errors
    /// `admin_required`, `table_not_found`, `validation_failed`, `table_exists`.
    pub async fn table_update(&self, actor: &Actor, id: &str, changes: TableChanges) -> Result<UpdatedTable, Error> {
        policy::admin(actor)?;
        let name = changes.name.as_deref().map(valid_name).transpose()?;
        let mode = changes.query_mode.as_deref().map(valid_mode).transpose()?;
        let (now, id) = (self.now(), id.to_owned());
        let audit = Audit::by(actor, "table.update").on(format!("table:{id}"));
        self.0
            .store
            .write(move |tx| {
                let mut row =
                    tx.tables().find(&id)?.ok_or_else(|| Error::TableNotFound("Table not found".to_owned()))?;
                if let Some(name) = &name
                    && tx.tables().find_clash(&id, name)?.is_some()
                {
                    return Err(Error::TableExists(name.clone()));
                }
                let updated = apply(&mut row, TableChanges { name, query_mode: mode, ..changes });
                if !updated.is_empty() {
                    row.registered_at = Some(now);
                    tx.tables().update(&row)?;
                    tx.audit().record(audit.with("fields", updated.clone()).with("is_public", row.is_public).into())?;
                }
                Ok(UpdatedTable { id, updated, warnings: warnings(&row) })
            })
            .await
    }

    /// Removes a table from the registry with what was said about it: state, permissions, grants. It is gone for
    /// everybody with the next request; the source's own data is not touched.
    ///
    /// # Errors
    /// `admin_required`, `table_not_found`.
    pub async fn table_remove(&self, actor: &Actor, id: &str) -> Result<(), Error> {
        policy::admin(actor)?;
        let id = id.to_owned();
        let audit = Audit::by(actor, "table.remove").on(format!("table:{id}"));
        let (name, is_csv) = {
            let directory = self.directory();
            let row = directory.table(&id).ok_or_else(|| Error::TableNotFound("Table not found".to_owned()))?;
            (row.name.clone(), row.source_type.as_deref() == Some("csv"))
        };
        let published = name.clone();
        self.0
            .store
            .write(move |tx| {
                if tx.tables().find(&id)?.is_none() {
                    return Err(Error::TableNotFound("Table not found".to_owned()));
                }
                tx.tables().remove(&id)?;
                tx.permissions().remove_dataset(&id)?;
                tx.grants().remove_resource("table", &id)?;
                // Only what a connector of ours publishes goes at once: a foreign extract still states the table.
                if is_csv && tx.publications().find(&published)?.is_some() {
                    let generation = tx.publications().next_generation()?;
                    tx.publications().publish(generation, &[], std::slice::from_ref(&published))?;
                }
                Ok(tx.audit().record(audit.with("name", published).into())?)
            })
            .await?;
        if is_csv {
            self.sync_soon(actor, None);
        }
        Ok(())
    }
}

/// Puts the given fields into the row; the answer names them.
fn apply(row: &mut TableRow, changes: TableChanges) -> Vec<String> {
    let mut updated = Vec::new();
    let mut set = |field: &str| updated.push(field.to_owned());
    if let Some(name) = changes.name {
        row.name = name;
        set("name");
    }
    if let Some(strategy) = changes.sync_strategy {
        row.sync_strategy = Some(strategy);
        set("sync_strategy");
    }
    if let Some(key) = changes.primary_key {
        row.primary_key = Some(key).filter(|key| !key.is_empty());
        set("primary_key");
    }
    if let Some(mode) = changes.query_mode {
        row.query_mode = Some(mode);
        set("query_mode");
    }
    for (field, change, value) in [
        ("description", changes.description, &mut row.description),
        ("source_type", changes.source_type, &mut row.source_type),
        ("bucket", changes.bucket, &mut row.bucket),
        ("source_table", changes.source_table, &mut row.source_table),
        ("sync_schedule", changes.sync_schedule, &mut row.sync_schedule),
    ] {
        if let Some(change) = change {
            *value = blank_is_none(change);
            set(field);
        }
    }
    if let Some(profile) = changes.profile_after_sync {
        row.profile_after_sync = profile;
        set("profile_after_sync");
    }
    if let Some(is_public) = changes.is_public {
        row.is_public = is_public;
        set("is_public");
    }
    updated
}
