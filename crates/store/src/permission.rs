//! What a person may use, in the older layer beside grants.

use duckdb::Connection;

use crate::{
    Error, Tx,
    sql::{self, Fields, values},
};

/// A person's right to a table, or to `<bucket>.*`.
#[derive(Clone, Debug, PartialEq)]
pub struct PermissionRow {
    /// Who.
    pub user_id: String,
    /// A table id, or `<bucket>.*`.
    pub dataset: String,
    /// `read`, or `none`. An unknown value counts as `read`, as it always did; NULL as `none`.
    pub access: String,
}

/// The repository of permissions.
pub struct Permissions<'t>(pub(crate) &'t Tx<'t>);

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT user_id, dataset, access FROM dataset_permissions ", $rest)
    };
}

pub(crate) fn load(connection: &Connection) -> Result<Vec<PermissionRow>, Error> {
    sql::list(connection, "load permissions", select!(""), &[], read)
}

pub(crate) fn load_some(connection: &Connection, users: sql::Value) -> Result<Vec<PermissionRow>, Error> {
    let sql = select!("WHERE user_id IN (SELECT unnest(CAST(CAST(? AS JSON) AS VARCHAR[])))");
    sql::list(connection, "load permissions", sql, &[users], read)
}

fn read(row: &Fields<'_>) -> Result<PermissionRow, Error> {
    Ok(PermissionRow {
        user_id: row.text("user_id")?,
        dataset: row.text("dataset")?,
        access: row.text_option("access")?.unwrap_or_else(|| "none".to_owned()),
    })
}

impl Permissions<'_> {
    /// Every permission, by user and dataset.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list(&self) -> Result<Vec<PermissionRow>, Error> {
        self.0.list("list permissions", select!("ORDER BY user_id, dataset"), &[], read)
    }

    /// Gives or changes a permission.
    ///
    /// # Errors
    /// Those of the database.
    pub fn upsert(&self, permission: &PermissionRow) -> Result<(), Error> {
        self.touch(&permission.user_id);
        let values = values![&permission.access, &permission.user_id, &permission.dataset];
        let sql = "UPDATE dataset_permissions SET access = ? WHERE user_id = ? AND dataset = ?";
        if self.0.execute("change a permission", sql, values)? == 0 {
            let sql = "INSERT INTO dataset_permissions (access, user_id, dataset) VALUES (?, ?, ?)";
            self.0.execute("insert a permission", sql, values)?;
        }
        Ok(())
    }

    /// Takes a permission away. Answers whether there was one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remove(&self, user_id: &str, dataset: &str) -> Result<bool, Error> {
        self.touch(user_id);
        let sql = "DELETE FROM dataset_permissions WHERE user_id = ? AND dataset = ?";
        Ok(self.0.execute("remove a permission", sql, values![user_id, dataset])? > 0)
    }

    /// Takes everybody's permission to a dataset away. Answers how many there were.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remove_dataset(&self, dataset: &str) -> Result<usize, Error> {
        let held = select!("WHERE dataset = ?");
        for permission in self.0.list("list permissions", held, values![dataset], read)? {
            self.touch(&permission.user_id);
        }
        self.0.execute("remove permissions", "DELETE FROM dataset_permissions WHERE dataset = ?", values![dataset])
    }

    /// Takes all of somebody's permissions away. Answers how many there were.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remove_user(&self, user_id: &str) -> Result<usize, Error> {
        self.touch(user_id);
        self.0.execute("remove permissions", "DELETE FROM dataset_permissions WHERE user_id = ?", values![user_id])
    }

    fn touch(&self, user_id: &str) {
        self.0.touched.borrow_mut().permissions.insert(user_id.to_owned());
    }
}
