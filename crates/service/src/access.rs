//! Access as a value: which tables a caller may read, with a hash others can key caches by.

use std::collections::HashMap;
use std::sync::Arc;

use agnes_store::Directory;
use agnes_store::PublishedRow;
use agnes_store::TableRow;
use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};

use crate::actor::Actor;
use crate::error::Error;
use crate::policy;
use crate::service::Service;

/// A table somebody may know of: registered, published, or both.
#[derive(Clone, Debug)]
pub(crate) struct KnownTable {
    /// The registry id; for a table without registry row its name.
    pub(crate) id: String,
    /// The name of view, file and manifest entry.
    pub(crate) name: String,
    pub(crate) row: Option<Arc<TableRow>>,
    pub(crate) published: Option<Arc<PublishedRow>>,
}

/// The tables a caller may read, sorted by id, and a hash of exactly that.
///
/// Two callers with the same rights have the same hash and share what is built from it.
#[derive(Debug)]
pub struct AccessView {
    hash: String,
    tables: Vec<KnownTable>,
    by_id: HashMap<String, usize>,
}

impl AccessView {
    fn new(mut tables: Vec<KnownTable>) -> Self {
        tables.sort_by(|left, right| left.id.cmp(&right.id));
        let mut hasher = Sha256::new();
        for table in &tables {
            hasher.update((table.id.len() as u64).to_le_bytes());
            hasher.update(&table.id);
        }
        let by_id = tables.iter().enumerate().map(|(index, table)| (table.id.clone(), index)).collect();
        Self { hash: hex::encode(hasher.finalize()), tables, by_id }
    }

    /// SHA-256 over the ids, hex.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    pub(crate) fn tables(&self) -> &[KnownTable] {
        &self.tables
    }

    pub(crate) fn contains(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }
}

/// Every table there is: the registry, and what is published without a registry row.
fn known_tables(directory: &Directory) -> Vec<KnownTable> {
    let mut known: Vec<KnownTable> = directory
        .tables()
        .iter()
        .map(|row| KnownTable {
            id: row.id.clone(),
            name: row.name.clone(),
            row: Some(Arc::clone(row)),
            published: directory.published(&row.name).cloned(),
        })
        .collect();
    known.extend(
        directory.published_tables().iter().filter(|published| directory.table_by_name(&published.name).is_none()).map(
            |published| KnownTable {
                id: published.name.clone(),
                name: published.name.clone(),
                row: None,
                published: Some(Arc::clone(published)),
            },
        ),
    );
    known
}

/// The tables an identifier could mean: by id, and by name regardless of case. Two only where an adopted
/// directory has a clash.
pub(crate) fn meanings(directory: &Directory, key: &str) -> Vec<KnownTable> {
    let mut found: Vec<KnownTable> = Vec::new();
    let mut add = |row: &Arc<TableRow>| {
        if !found.iter().any(|table| table.id == row.id) {
            found.push(KnownTable {
                id: row.id.clone(),
                name: row.name.clone(),
                row: Some(Arc::clone(row)),
                published: directory.published(&row.name).cloned(),
            });
        }
    };
    if let Some(row) = directory.table(key) {
        add(row);
    }
    if let Some(row) = directory.table_by_name(key) {
        add(row);
    }
    if let Some(published) = directory.published(key)
        && directory.table_by_name(&published.name).is_none()
        && found.is_empty()
    {
        found.push(KnownTable {
            id: published.name.clone(),
            name: published.name.clone(),
            row: None,
            published: Some(Arc::clone(published)),
        });
    }
    found
}

/// What an identifier means to a caller.
pub(crate) enum Resolved {
    /// A table the caller may read.
    Readable(Box<KnownTable>),
    /// There is such a table, and the caller may not read it.
    Forbidden,
    /// There is none.
    Unknown,
}

/// Views by caller, for one state of rights and publications.
#[derive(Default)]
pub(crate) struct AccessViews(Mutex<Generation>);

#[derive(Default)]
struct Generation {
    /// Access and publication generation the entries belong to.
    of: (u64, u64),
    by_user: HashMap<String, Arc<AccessView>>,
    by_hash: HashMap<String, Arc<AccessView>>,
}

/// The user id all admins share a view under; no user's id looks like it.
const ADMIN: &str = "\0admin";

impl Service {
    /// The caller's readable tables as of now. Built once per person and state, and shared by everyone
    /// who may read the same.
    #[must_use]
    pub fn access_view(&self, actor: &Actor) -> Arc<AccessView> {
        let directory = self.directory();
        let of = (directory.access_generation(), directory.publication_generation());
        let key = if actor.is_admin { ADMIN } else { actor.user_id.as_str() };
        {
            let mut views = self.0.views.0.lock();
            // Rights or publications changed: what was cached under the old state must miss.
            if views.of != of {
                *views = Generation { of, ..Generation::default() };
            }
            if let Some(view) = views.by_user.get(key) {
                return Arc::clone(view);
            }
        }
        let enforced = self.0.settings.table_grants;
        let readable = known_tables(&directory)
            .into_iter()
            .filter(|table| policy::may_read(actor, &directory, &table.id, table.row.as_deref(), enforced))
            .collect();
        let view = Arc::new(AccessView::new(readable));
        let mut views = self.0.views.0.lock();
        if views.of != of {
            return view;
        }
        let shared = Arc::clone(views.by_hash.entry(view.hash.clone()).or_insert(view));
        views.by_user.insert(key.to_owned(), Arc::clone(&shared));
        shared
    }

    /// What an identifier, an id or a name, means to the caller. Where it could mean two tables, it is
    /// readable only by those who may read both.
    pub(crate) fn resolve(&self, actor: &Actor, key: &str) -> Resolved {
        let directory = self.directory();
        let meanings = meanings(&directory, key);
        let enforced = self.0.settings.table_grants;
        let all_readable =
            meanings.iter().all(|table| policy::may_read(actor, &directory, &table.id, table.row.as_deref(), enforced));
        match meanings.into_iter().next() {
            None => Resolved::Unknown,
            Some(_) if !all_readable => Resolved::Forbidden,
            Some(table) => Resolved::Readable(Box::new(table)),
        }
    }

    /// The table for endpoints that say 404 for what is not there and 403 for what is not granted. To
    /// somebody who is no admin an unknown table looks like one that was not granted.
    pub(crate) fn readable(
        &self,
        actor: &Actor,
        key: &str,
        forbidden: impl FnOnce() -> String,
        unknown: impl FnOnce() -> String,
    ) -> Result<KnownTable, Error> {
        match self.resolve(actor, key) {
            Resolved::Readable(table) => Ok(*table),
            Resolved::Unknown if actor.is_admin => Err(Error::TableNotFound(unknown())),
            Resolved::Forbidden | Resolved::Unknown => Err(Error::TableForbidden(forbidden())),
        }
    }
}
