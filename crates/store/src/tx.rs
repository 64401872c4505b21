//! One use case's transaction: the repositories, and the one way a statement that changes something is run.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
};

use chrono::{DateTime, Utc};
use duckdb::Connection;

use crate::{
    Audit, Error, Grants, Groups, Links, Members, Permissions, Publications, SyncHistory, Tables, Tokens, Users,
    sql::{self, Fields, Value},
};

/// An open transaction. Dropped with the use case: nothing of it is visible unless the closure answered `Ok`.
pub struct Tx<'c> {
    connection: &'c Connection,
    now: DateTime<Utc>,
    pub(crate) touched: RefCell<Touched>,
    /// Lower-case names of tables that have a history row of this transaction, with its id.
    pub(crate) noted: RefCell<BTreeMap<String, String>>,
    changes: Cell<u64>,
}

/// The keys of what a transaction changed: the directory reloads these rows and no others.
#[derive(Default)]
pub(crate) struct Touched {
    pub(crate) users: BTreeSet<String>,
    pub(crate) groups: BTreeSet<String>,
    /// Users whose memberships changed.
    pub(crate) members: BTreeSet<String>,
    /// Groups whose grants changed.
    pub(crate) grants: BTreeSet<String>,
    /// Users whose permissions changed.
    pub(crate) permissions: BTreeSet<String>,
    pub(crate) tables: BTreeSet<String>,
    /// Users whose tokens changed.
    pub(crate) tokens: BTreeSet<String>,
    /// Lower-case names.
    pub(crate) published: BTreeSet<String>,
    /// Lower-case names.
    pub(crate) attempts: BTreeSet<String>,
    /// A new publication, even one that holds nothing new.
    pub(crate) generation: bool,
}

impl<'c> Tx<'c> {
    pub(crate) fn new(connection: &'c Connection, now: DateTime<Utc>) -> Self {
        Self { connection, now, touched: RefCell::default(), noted: RefCell::default(), changes: Cell::new(0) }
    }

    /// When the use case began. Every time it writes should be this one.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// People.
    pub fn users(&self) -> Users<'_> {
        Users(self)
    }

    /// Groups.
    pub fn groups(&self) -> Groups<'_> {
        Groups(self)
    }

    /// Who is in which group.
    pub fn members(&self) -> Members<'_> {
        Members(self)
    }

    /// What a group may use.
    pub fn grants(&self) -> Grants<'_> {
        Grants(self)
    }

    /// What a person may use, the older way.
    pub fn permissions(&self) -> Permissions<'_> {
        Permissions(self)
    }

    /// The registry of tables.
    pub fn tables(&self) -> Tables<'_> {
        Tables(self)
    }

    /// Personal access tokens.
    pub fn tokens(&self) -> Tokens<'_> {
        Tokens(self)
    }

    /// Links that sign somebody in once.
    pub fn links(&self) -> Links<'_> {
        Links(self)
    }

    /// The audit log.
    pub fn audit(&self) -> Audit<'_> {
        Audit(self)
    }

    /// What is published, and how the last attempts went.
    pub fn publications(&self) -> Publications<'_> {
        Publications(self)
    }

    /// How syncs went over time.
    pub fn sync_history(&self) -> SyncHistory<'_> {
        SyncHistory(self)
    }

    /// Runs one statement that changes something; the only way there is. The text is a literal and every value is
    /// bound, times and ids included, so that the same statement has the same effect whenever it is run again.
    pub(crate) fn execute(&self, doing: &'static str, sql: &'static str, values: &[Value]) -> Result<usize, Error> {
        self.changes.set(self.changes.get() + 1);
        self.connection.execute(sql, duckdb::params_from_iter(values)).map_err(Error::during(doing))
    }

    pub(crate) fn list<T>(
        &self,
        doing: &'static str,
        sql: &'static str,
        values: &[Value],
        read: fn(&Fields<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        sql::list(self.connection, doing, sql, values, read)
    }

    pub(crate) fn find<T>(
        &self,
        doing: &'static str,
        sql: &'static str,
        values: &[Value],
        read: fn(&Fields<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        sql::find(self.connection, doing, sql, values, read)
    }

    pub(crate) fn count(&self, doing: &'static str, sql: &'static str, values: &[Value]) -> Result<u64, Error> {
        sql::count(self.connection, doing, sql, values)
    }

    pub(crate) fn changed_anything(&self) -> bool {
        self.changes.get() > 0
    }
}

/// One row changed, or there is no such thing.
pub(crate) fn exactly_one(changed: usize, what: &'static str) -> Result<(), Error> {
    if changed == 1 { Ok(()) } else { Err(Error::Missing { what }) }
}
