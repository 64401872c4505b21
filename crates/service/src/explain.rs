//! Why somebody may read a table.

use std::collections::BTreeSet;

use agnes_contract::access::{TableReaderGroup, TableReaders};
use agnes_store::Directory;

use crate::access::{self, KnownTable};
use crate::actor::Actor;
use crate::error::Error;
use crate::policy;
use crate::service::Service;

/// Who may read a table, and through what.
pub(crate) fn readers(service: &Service, directory: &Directory, table: &KnownTable) -> TableReaders {
    let is_public = table.row.as_deref().is_some_and(|row| row.is_public);
    let mut groups: Vec<TableReaderGroup> = directory
        .granted_groups("table", &table.id)
        .iter()
        .filter_map(|grant| {
            let group = directory.group(&grant.group_id)?;
            Some(TableReaderGroup {
                group_id: group.id.clone(),
                group_name: group.name.clone(),
                member_count: directory.members_of(&group.id).len() as u64,
                grant_id: grant.id.clone(),
            })
        })
        .collect();
    groups.sort_by(|left, right| left.group_name.cmp(&right.group_name));
    let bucket = table.row.as_deref().and_then(|row| row.bucket.as_deref()).filter(|bucket| !bucket.is_empty());
    let wildcard = bucket.map(|bucket| format!("{bucket}.*"));
    let mut people = BTreeSet::new();
    let mut reader_count = 0;
    for user in directory.users().iter().filter(|user| user.active) {
        let own = directory.permissions_of(&user.id).iter().any(|permission| {
            permission.access != "none"
                && (permission.dataset == table.id || wildcard.as_deref() == Some(permission.dataset.as_str()))
        });
        if own {
            people.insert(user.email.clone());
        }
        let actor = service.reader(user);
        if policy::may_read(&actor, directory, &table.id, table.row.as_deref(), service.settings().table_grants) {
            reader_count += 1;
        }
    }
    TableReaders { is_public, groups, people: people.into_iter().collect(), reader_count }
}

impl Service {
    /// Who may read a table, and through what.
    ///
    /// # Errors
    /// `admin_required`, `table_not_found`.
    pub async fn table_readers(&self, actor: &Actor, key: &str) -> Result<TableReaders, Error> {
        policy::admin(actor)?;
        let directory = self.directory();
        let table = access::meanings(&directory, key)
            .into_iter()
            .next()
            .ok_or_else(|| Error::TableNotFound("Table not found".to_owned()))?;
        Ok(readers(self, &directory, &table))
    }
}
