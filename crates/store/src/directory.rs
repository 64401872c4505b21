//! Everything a request needs to know about people, rights and publications, in memory and immutable.

mod index;
mod relation;
mod rows;

use std::{collections::BTreeSet, sync::Arc};

use duckdb::Connection;

use self::{
    index::{Entry, Index},
    relation::{Relation, Tie},
    rows::grant_target,
};
use crate::{
    ADMIN, AttemptRow, EVERYONE, Error, GrantRow, GroupRow, MemberRow, PermissionRow, PublishedRow, TableRow, TokenRow,
    UserRow, attempt, grant, group, member, permission, publication, sql, table, token, tx::Touched, user,
};

/// A snapshot. Holding one is free; a write makes another that shares all it did not touch.
#[derive(Clone)]
pub struct Directory {
    access_generation: u64,
    publication_generation: u64,
    users: Arc<Index<UserRow>>,
    groups: Arc<Index<GroupRow>>,
    /// Users to their groups.
    members: Arc<Relation<MemberRow>>,
    /// Groups to their resources.
    grants: Arc<Relation<GrantRow>>,
    /// Users to their datasets.
    permissions: Arc<Relation<PermissionRow>>,
    tables: Arc<Index<TableRow>>,
    /// Users to their tokens.
    tokens: Arc<Relation<TokenRow>>,
    published: Arc<Index<PublishedRow>>,
    attempts: Arc<Index<AttemptRow>>,
}

impl Directory {
    /// Goes up with every write that can change what somebody may do. Starts anew with the process.
    #[must_use]
    pub fn access_generation(&self) -> u64 {
        self.access_generation
    }

    /// Goes up with every publication; persistent.
    #[must_use]
    pub fn publication_generation(&self) -> u64 {
        self.publication_generation
    }

    /// The user with this id.
    #[must_use]
    pub fn user(&self, id: &str) -> Option<&Arc<UserRow>> {
        self.users.find(id)
    }

    /// The user with exactly this address.
    #[must_use]
    pub fn user_by_email(&self, email: &str) -> Option<&Arc<UserRow>> {
        self.users_by_email_ignoring_case(email).iter().find(|user| user.email == email)
    }

    /// The users whose addresses differ from this at most in case, by address.
    #[must_use]
    pub fn users_by_email_ignoring_case(&self, email: &str) -> &[Arc<UserRow>] {
        self.users.named(&email.to_lowercase())
    }

    /// Everybody, by address.
    #[must_use]
    pub fn users(&self) -> &[Arc<UserRow>] {
        self.users.all()
    }

    /// The group with this id.
    #[must_use]
    pub fn group(&self, id: &str) -> Option<&Arc<GroupRow>> {
        self.groups.find(id)
    }

    /// The group with exactly this name.
    #[must_use]
    pub fn group_by_name(&self, name: &str) -> Option<&Arc<GroupRow>> {
        self.groups.named(name).first()
    }

    /// Every group, by name.
    #[must_use]
    pub fn groups(&self) -> &[Arc<GroupRow>] {
        self.groups.all()
    }

    /// The id of the group whose members administer; without such a group nobody does.
    #[must_use]
    pub fn admin_group_id(&self) -> Option<&str> {
        self.group_by_name(ADMIN).map(|group| group.id.as_str())
    }

    /// The id of the group everybody is in.
    #[must_use]
    pub fn everyone_group_id(&self) -> Option<&str> {
        self.group_by_name(EVERYONE).map(|group| group.id.as_str())
    }

    /// The groups somebody has a row in, by group id.
    #[must_use]
    pub fn memberships_of(&self, user_id: &str) -> &[Arc<MemberRow>] {
        self.members.of_owner(user_id)
    }

    /// The users with a row in a group, by user id.
    #[must_use]
    pub fn members_of(&self, group_id: &str) -> &[Arc<MemberRow>] {
        self.members.of_target(group_id)
    }

    /// Whether somebody is in the group Admin. Says nothing about whether they are active.
    #[must_use]
    pub fn is_admin(&self, user_id: &str) -> bool {
        self.admin_group_id().is_some_and(|admin| self.memberships_of(user_id).iter().any(|row| row.group_id == admin))
    }

    /// How many active people administer.
    #[must_use]
    pub fn active_admin_count(&self) -> usize {
        let admins = self.admin_group_id().map(|admin| self.members_of(admin)).unwrap_or_default();
        admins.iter().filter(|row| self.user(&row.user_id).is_some_and(|user| user.active)).count()
    }

    /// Every grant, in no particular order.
    pub fn grants(&self) -> impl Iterator<Item = &Arc<GrantRow>> {
        self.grants.all()
    }

    /// What a group may use, by type and resource.
    #[must_use]
    pub fn grants_of(&self, group_id: &str) -> &[Arc<GrantRow>] {
        self.grants.of_owner(group_id)
    }

    /// The grants of one resource, one a group.
    #[must_use]
    pub fn granted_groups(&self, resource_type: &str, resource_id: &str) -> &[Arc<GrantRow>] {
        self.grants.of_target(&grant_target(resource_type, resource_id))
    }

    /// Somebody's own permissions, by dataset.
    #[must_use]
    pub fn permissions_of(&self, user_id: &str) -> &[Arc<PermissionRow>] {
        self.permissions.of_owner(user_id)
    }

    /// Everybody's permissions to one dataset, by user id.
    #[must_use]
    pub fn permissions_on(&self, dataset: &str) -> &[Arc<PermissionRow>] {
        self.permissions.of_target(dataset)
    }

    /// Every registered table, by name.
    #[must_use]
    pub fn tables(&self) -> &[Arc<TableRow>] {
        self.tables.all()
    }

    /// The table with this id.
    #[must_use]
    pub fn table(&self, id: &str) -> Option<&Arc<TableRow>> {
        self.tables.find(id)
    }

    /// The table with this name, whatever its case; the first by name where an adopted directory has several.
    #[must_use]
    pub fn table_by_name(&self, name: &str) -> Option<&Arc<TableRow>> {
        let name = name.to_lowercase();
        self.tables.named(&name).iter().find(|table| table.name.to_lowercase() == name)
    }

    /// The table somebody means: by id, then by name.
    #[must_use]
    pub fn resolve_table(&self, key: &str) -> Option<&Arc<TableRow>> {
        self.table(key).or_else(|| self.table_by_name(key))
    }

    /// Every table a text could mean, whatever its case. More than one only where an adopted directory has a clash;
    /// such a text is readable only by who may read them all.
    #[must_use]
    pub fn tables_meant_by(&self, key: &str) -> &[Arc<TableRow>] {
        self.tables.named(&key.to_lowercase())
    }

    /// What is published under a name, whatever its case.
    #[must_use]
    pub fn published(&self, name: &str) -> Option<&Arc<PublishedRow>> {
        self.published.find(&name.to_lowercase())
    }

    /// Everything published, by name.
    #[must_use]
    pub fn published_tables(&self) -> &[Arc<PublishedRow>] {
        self.published.all()
    }

    /// How the last attempt to publish a table went.
    #[must_use]
    pub fn attempt(&self, name: &str) -> Option<&Arc<AttemptRow>> {
        self.attempts.find(&name.to_lowercase())
    }

    /// Every last attempt, by table.
    #[must_use]
    pub fn attempts(&self) -> &[Arc<AttemptRow>] {
        self.attempts.all()
    }

    /// The token with this id.
    #[must_use]
    pub fn token(&self, id: &str) -> Option<&Arc<TokenRow>> {
        self.tokens.of_target(id).first()
    }

    /// Somebody's tokens, newest first.
    #[must_use]
    pub fn tokens_of(&self, user_id: &str) -> &[Arc<TokenRow>] {
        self.tokens.of_owner(user_id)
    }

    /// Every token, newest first.
    #[must_use]
    pub fn tokens(&self) -> Vec<&Arc<TokenRow>> {
        let mut tokens: Vec<_> = self.tokens.all().collect();
        tokens.sort_by(|one, other| one.compare(other));
        tokens
    }

    pub(crate) fn load(connection: &Connection) -> Result<Self, Error> {
        Ok(Self {
            access_generation: 1,
            publication_generation: publication::generation(connection)?,
            users: Arc::new(Index::new(user::load(connection)?)),
            groups: Arc::new(Index::new(group::load(connection)?)),
            members: Arc::new(Relation::new(member::load(connection)?)),
            grants: Arc::new(Relation::new(grant::load(connection)?)),
            permissions: Arc::new(Relation::new(permission::load(connection)?)),
            tables: Arc::new(Index::new(table::load(connection)?)),
            tokens: Arc::new(Relation::new(token::load(connection)?)),
            published: Arc::new(Index::new(publication::load(connection)?)),
            attempts: Arc::new(Index::new(attempt::load(connection)?)),
        })
    }

    /// The snapshot after a transaction, read inside it; none when it touched nothing that is in here.
    pub(crate) fn after(&self, connection: &Connection, touched: &Touched) -> Result<Option<Self>, Error> {
        let mut next = self.clone();
        let mut reload = Reload { connection, count: 0 };
        reload.index(&mut next.users, &touched.users, user::load_some)?;
        reload.index(&mut next.groups, &touched.groups, group::load_some)?;
        reload.relation(&mut next.members, &touched.members, member::load_some)?;
        reload.relation(&mut next.grants, &touched.grants, grant::load_some)?;
        reload.relation(&mut next.permissions, &touched.permissions, permission::load_some)?;
        reload.index(&mut next.tables, &touched.tables, table::load_some)?;
        next.access_generation += u64::from(reload.count > 0);
        reload.relation(&mut next.tokens, &touched.tokens, token::load_some)?;
        reload.index(&mut next.attempts, &touched.attempts, attempt::load_some)?;
        reload.index(&mut next.published, &touched.published, publication::load_some)?;
        if touched.generation {
            next.publication_generation = publication::generation(connection)?;
            reload.count += 1;
        }
        Ok((reload.count > 0).then_some(next))
    }
}

struct Reload<'c> {
    connection: &'c Connection,
    count: usize,
}

impl Reload<'_> {
    fn index<R: Entry + Clone>(
        &mut self,
        index: &mut Arc<Index<R>>,
        keys: &BTreeSet<String>,
        load: fn(&Connection, sql::Value) -> Result<Vec<R>, Error>,
    ) -> Result<(), Error> {
        if !keys.is_empty() {
            self.count += 1;
            Arc::make_mut(index).replace(keys, load(self.connection, sql::keys(keys))?);
        }
        Ok(())
    }

    fn relation<R: Tie + Clone>(
        &mut self,
        relation: &mut Arc<Relation<R>>,
        owners: &BTreeSet<String>,
        load: fn(&Connection, sql::Value) -> Result<Vec<R>, Error>,
    ) -> Result<(), Error> {
        if !owners.is_empty() {
            self.count += 1;
            Arc::make_mut(relation).replace(owners, load(self.connection, sql::keys(owners))?);
        }
        Ok(())
    }
}
