//! Rows by key and by name, and in order.

use std::{cmp::Ordering, collections::BTreeSet, collections::HashMap, sync::Arc};

/// A row with a key of its own.
pub(super) trait Entry {
    fn key(&self) -> String;
    /// What else it is looked up by, each once; several rows may share one.
    fn names(&self) -> Vec<String>;
    /// The order of lists; equal only for the same key.
    fn compare(&self, other: &Self) -> Ordering;
}

/// A copy shares the rows: it costs pointers, not rows.
#[derive(Clone)]
pub(super) struct Index<R> {
    by_key: HashMap<Arc<str>, Arc<R>>,
    by_name: HashMap<Arc<str>, Vec<Arc<R>>>,
    ordered: Vec<Arc<R>>,
}

impl<R: Entry> Index<R> {
    pub(super) fn new(rows: Vec<R>) -> Self {
        let mut index = Self { by_key: HashMap::new(), by_name: HashMap::new(), ordered: Vec::new() };
        index.add(rows);
        index
    }

    pub(super) fn find(&self, key: &str) -> Option<&Arc<R>> {
        self.by_key.get(key)
    }

    /// In order.
    pub(super) fn named(&self, name: &str) -> &[Arc<R>] {
        self.by_name.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// In order.
    pub(super) fn all(&self) -> &[Arc<R>] {
        &self.ordered
    }

    /// Puts these rows where the rows with these keys were.
    pub(super) fn replace(&mut self, keys: &BTreeSet<String>, rows: Vec<R>) {
        let mut gone = 0;
        for key in keys {
            let Some(row) = self.by_key.remove(key.as_str()) else { continue };
            gone += 1;
            for name in row.names() {
                let Some(rows) = self.by_name.get_mut(name.as_str()) else { continue };
                rows.retain(|other| !Arc::ptr_eq(other, &row));
                if rows.is_empty() {
                    self.by_name.remove(name.as_str());
                }
            }
        }
        if gone > 0 {
            self.ordered.retain(|row| !keys.contains(&row.key()));
        }
        self.add(rows);
    }

    fn add(&mut self, rows: Vec<R>) {
        for row in rows {
            let row = Arc::new(row);
            for name in row.names() {
                let rows = self.by_name.entry(name.into()).or_default();
                rows.insert(rows.partition_point(|other| other.compare(&row) == Ordering::Less), Arc::clone(&row));
            }
            self.by_key.insert(row.key().into(), Arc::clone(&row));
            self.ordered.push(row);
        }
        self.ordered.sort_by(|one, other| one.compare(other));
    }
}
