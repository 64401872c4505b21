//! Rows that tie an owner to a target, from both ends.

use std::{cmp::Ordering, collections::BTreeSet, collections::HashMap, sync::Arc};

/// A row that belongs to an owner and points at a target.
pub(super) trait Tie {
    fn owner(&self) -> &str;
    fn target(&self) -> String;
    /// The order of lists.
    fn compare(&self, other: &Self) -> Ordering;
}

/// The lists are shared between copies; only those that change are made anew.
#[derive(Clone)]
pub(super) struct Relation<R> {
    by_owner: HashMap<Arc<str>, Arc<[Arc<R>]>>,
    by_target: HashMap<Arc<str>, Arc<[Arc<R>]>>,
}

impl<R: Tie> Relation<R> {
    pub(super) fn new(rows: Vec<R>) -> Self {
        let mut owners: HashMap<Arc<str>, Vec<Arc<R>>> = HashMap::new();
        let mut targets: HashMap<Arc<str>, Vec<Arc<R>>> = HashMap::new();
        for row in rows {
            let row = Arc::new(row);
            owners.entry(row.owner().into()).or_default().push(Arc::clone(&row));
            targets.entry(row.target().into()).or_default().push(row);
        }
        let settle = |lists: HashMap<Arc<str>, Vec<Arc<R>>>| {
            lists.into_iter().map(|(key, rows)| (key, in_order(rows))).collect()
        };
        Self { by_owner: settle(owners), by_target: settle(targets) }
    }

    pub(super) fn of_owner(&self, owner: &str) -> &[Arc<R>] {
        self.by_owner.get(owner).map(AsRef::as_ref).unwrap_or_default()
    }

    pub(super) fn of_target(&self, target: &str) -> &[Arc<R>] {
        self.by_target.get(target).map(AsRef::as_ref).unwrap_or_default()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<R>> {
        self.by_owner.values().flat_map(|rows| rows.iter())
    }

    /// Puts these rows where the rows of these owners were.
    pub(super) fn replace(&mut self, owners: &BTreeSet<String>, rows: Vec<R>) {
        let mut fresh: HashMap<Arc<str>, Vec<Arc<R>>> = HashMap::new();
        let mut targets: HashMap<Arc<str>, Vec<Arc<R>>> = HashMap::new();
        for owner in owners {
            for row in self.by_owner.remove(owner.as_str()).iter().flat_map(|rows| rows.iter()) {
                targets.entry(row.target().into()).or_default();
            }
        }
        for row in rows {
            let row = Arc::new(row);
            fresh.entry(row.owner().into()).or_default().push(Arc::clone(&row));
            targets.entry(row.target().into()).or_default().push(row);
        }
        self.by_owner.extend(fresh.into_iter().map(|(owner, rows)| (owner, in_order(rows))));
        for (target, mut rows) in targets {
            let kept = self.of_target(&target).iter().filter(|row| !owners.contains(row.owner()));
            rows.extend(kept.cloned());
            if rows.is_empty() {
                self.by_target.remove(&target);
            } else {
                self.by_target.insert(target, in_order(rows));
            }
        }
    }
}

fn in_order<R: Tie>(mut rows: Vec<Arc<R>>) -> Arc<[Arc<R>]> {
    rows.sort_by(|one, other| one.compare(other));
    rows.into()
}
