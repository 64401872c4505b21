//! How each kind of row is found and listed.

use std::cmp::Ordering;

use super::{index::Entry, relation::Tie};
use crate::{AttemptRow, GrantRow, GroupRow, MemberRow, PermissionRow, PublishedRow, TableRow, TokenRow, UserRow};

/// One text for type and id, which cannot be mistaken for another pair.
pub(super) fn grant_target(resource_type: &str, resource_id: &str) -> String {
    format!("{resource_type}\0{resource_id}")
}

impl Entry for UserRow {
    fn key(&self) -> String {
        self.id.clone()
    }
    fn names(&self) -> Vec<String> {
        vec![self.email.to_lowercase()]
    }
    fn compare(&self, other: &Self) -> Ordering {
        (&self.email, &self.id).cmp(&(&other.email, &other.id))
    }
}

impl Entry for GroupRow {
    fn key(&self) -> String {
        self.id.clone()
    }
    fn names(&self) -> Vec<String> {
        vec![self.name.clone()]
    }
    fn compare(&self, other: &Self) -> Ordering {
        (&self.name, &self.id).cmp(&(&other.name, &other.id))
    }
}

impl Entry for TableRow {
    fn key(&self) -> String {
        self.id.clone()
    }
    fn names(&self) -> Vec<String> {
        let (id, name) = (self.id.to_lowercase(), self.name.to_lowercase());
        if id == name { vec![id] } else { vec![id, name] }
    }
    fn compare(&self, other: &Self) -> Ordering {
        (&self.name, &self.id).cmp(&(&other.name, &other.id))
    }
}

impl Entry for PublishedRow {
    fn key(&self) -> String {
        self.name.to_lowercase()
    }
    fn names(&self) -> Vec<String> {
        Vec::new()
    }
    fn compare(&self, other: &Self) -> Ordering {
        self.name.cmp(&other.name)
    }
}

impl Entry for AttemptRow {
    fn key(&self) -> String {
        self.table_name.to_lowercase()
    }
    fn names(&self) -> Vec<String> {
        Vec::new()
    }
    fn compare(&self, other: &Self) -> Ordering {
        self.table_name.cmp(&other.table_name)
    }
}

impl Tie for MemberRow {
    fn owner(&self) -> &str {
        &self.user_id
    }
    fn target(&self) -> String {
        self.group_id.clone()
    }
    fn compare(&self, other: &Self) -> Ordering {
        (&self.user_id, &self.group_id).cmp(&(&other.user_id, &other.group_id))
    }
}

impl Tie for GrantRow {
    fn owner(&self) -> &str {
        &self.group_id
    }
    fn target(&self) -> String {
        grant_target(&self.resource_type, &self.resource_id)
    }
    fn compare(&self, other: &Self) -> Ordering {
        let key = |row: &Self| (row.resource_type.clone(), row.resource_id.clone(), row.group_id.clone());
        key(self).cmp(&key(other))
    }
}

impl Tie for PermissionRow {
    fn owner(&self) -> &str {
        &self.user_id
    }
    fn target(&self) -> String {
        self.dataset.clone()
    }
    fn compare(&self, other: &Self) -> Ordering {
        (&self.dataset, &self.user_id).cmp(&(&other.dataset, &other.user_id))
    }
}

impl Tie for TokenRow {
    fn owner(&self) -> &str {
        &self.user_id
    }
    fn target(&self) -> String {
        self.id.clone()
    }
    fn compare(&self, other: &Self) -> Ordering {
        (other.created_at, &self.id).cmp(&(self.created_at, &other.id))
    }
}
