//! What is done to tables, and the forms it is asked with.

use agnes_contract::table::{NewTable, TableChanges};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{done::Done, error::ConsoleError};

/// The form of a table, as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableForm {
    /// The id of a registered table; empty for a new one.
    #[serde(default)]
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it holds.
    #[serde(default)]
    pub description: String,
    /// The connector.
    #[serde(default)]
    pub source_type: String,
    /// Where in the source.
    #[serde(default)]
    pub bucket: String,
    /// What in the source.
    #[serde(default)]
    pub source_table: String,
    /// Columns, separated by commas.
    #[serde(default)]
    pub primary_key: String,
    /// `true` or `false`; empty while nobody chose.
    #[serde(default)]
    pub is_public: String,
    /// Where the form was.
    #[serde(default)]
    pub back: String,
}

impl TableForm {
    fn visibility(&self) -> Result<bool, ConsoleError> {
        match self.is_public.as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(ConsoleError::new("invalid_request", "Choose who may read it.").about("is_public")),
        }
    }

    fn keys(&self) -> Vec<String> {
        self.primary_key.split(',').map(str::trim).filter(|key| !key.is_empty()).map(str::to_owned).collect()
    }

    /// The table to register.
    ///
    /// # Errors
    /// When nobody chose who may read it.
    pub fn registration(&self) -> Result<NewTable, ConsoleError> {
        Ok(NewTable {
            name: self.name.clone(),
            folder: None,
            sync_strategy: None,
            primary_key: Some(self.keys()).filter(|keys| !keys.is_empty()),
            description: filled(&self.description),
            source_type: filled(&self.source_type),
            bucket: filled(&self.bucket),
            source_table: filled(&self.source_table),
            query_mode: None,
            sync_schedule: None,
            profile_after_sync: None,
            is_public: Some(self.visibility()?),
        })
    }

    /// What the form makes of a registered table: all it shows, an emptied field cleared.
    ///
    /// # Errors
    /// When nobody chose who may read it.
    pub fn changes(&self) -> Result<TableChanges, ConsoleError> {
        Ok(TableChanges {
            name: Some(self.name.clone()),
            primary_key: Some(self.keys()),
            description: Some(filled(&self.description)),
            source_type: Some(filled(&self.source_type)),
            bucket: Some(filled(&self.bucket)),
            source_table: Some(filled(&self.source_table)),
            is_public: Some(self.visibility()?),
            ..TableChanges::default()
        })
    }
}

fn filled(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A table to remove, its name typed as confirmation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Removal {
    /// The table's id.
    pub id: String,
    /// The table's name.
    pub name: String,
    /// What was typed.
    #[serde(default)]
    pub typed: String,
    /// Where the form was.
    #[serde(default)]
    pub back: String,
}

impl Removal {
    /// Whether the typed name is the table's.
    ///
    /// # Errors
    /// When it is another.
    pub fn confirmed(&self) -> Result<(), ConsoleError> {
        if self.typed.trim() == self.name {
            Ok(())
        } else {
            let detail = format!("Type {} to remove it. Nothing was removed.", self.name);
            Err(ConsoleError::new("invalid_request", detail).about("typed"))
        }
    }
}

/// What to sync.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SyncForm {
    /// A table's id; empty for all.
    #[serde(default)]
    pub table: String,
}

/// Registers a table.
#[server(prefix = "/console", endpoint = "tables/register")]
pub async fn register_table(form: TableForm) -> Result<Done, ConsoleError> {
    let outcome = async {
        let (service, actor) = crate::backend::enter()?;
        let registered = service.table_register(&actor, form.registration()?).await?;
        Ok(Done::new("table_registered", registered.name, back(&form.back)))
    };
    crate::backend::finish(outcome.await, &form)
}

/// Changes a registered table.
#[server(prefix = "/console", endpoint = "tables/update")]
pub async fn update_table(form: TableForm) -> Result<Done, ConsoleError> {
    let outcome = async {
        let (service, actor) = crate::backend::enter()?;
        service.table_update(&actor, &form.id, form.changes()?).await?;
        Ok(Done::new("table_updated", form.name.trim(), back(&form.back)))
    };
    crate::backend::finish(outcome.await, &form)
}

/// Removes a registered table.
#[server(prefix = "/console", endpoint = "tables/remove")]
pub async fn remove_table(form: Removal) -> Result<Done, ConsoleError> {
    let outcome = async {
        let (service, actor) = crate::backend::enter()?;
        form.confirmed()?;
        service.table_remove(&actor, &form.id).await?;
        Ok(Done::new("table_removed", form.name.clone(), back(&form.back)))
    };
    crate::backend::finish(outcome.await, &form)
}

/// Starts a sync.
#[server(prefix = "/console", endpoint = "tables/sync")]
pub async fn sync_tables(form: SyncForm) -> Result<Done, ConsoleError> {
    let outcome = async {
        let (service, actor) = crate::backend::enter()?;
        let tables = Some(form.table.clone()).filter(|table| !table.is_empty()).map(|table| vec![table]);
        service.sync_trigger(&actor, tables).await?;
        Ok(Done::new("sync_started", "", super::PATH))
    };
    crate::backend::finish(outcome.await, &form)
}

/// The list a form came from; nothing outside of it.
#[cfg(feature = "ssr")]
fn back(address: &str) -> String {
    let address = crate::query::settled(address);
    if address.starts_with(super::PATH) { address } else { super::PATH.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> TableForm {
        TableForm { name: "Orders".into(), is_public: "false".into(), ..TableForm::default() }
    }

    #[test]
    fn who_may_read_it_is_always_chosen() {
        assert_eq!(form().registration().unwrap().is_public, Some(false));
        let unchosen = TableForm { is_public: String::new(), ..form() };
        assert_eq!(unchosen.registration().unwrap_err().field.as_deref(), Some("is_public"));
        assert!(unchosen.changes().is_err());
    }

    #[test]
    fn an_emptied_field_is_cleared() {
        let changes = form().changes().unwrap();
        assert_eq!(changes.description, Some(None));
        assert_eq!(changes.primary_key, Some(vec![]));
    }

    #[test]
    fn keys_are_separated_by_commas() {
        let typed = TableForm { primary_key: " id, , day ".into(), ..form() };
        assert_eq!(typed.registration().unwrap().primary_key, Some(vec!["id".to_owned(), "day".to_owned()]));
    }

    #[test]
    fn only_the_typed_name_removes() {
        let removal =
            |typed: &str| Removal { id: "o".into(), name: "Orders".into(), typed: typed.into(), back: String::new() };
        assert!(removal(" Orders ").confirmed().is_ok());
        assert!(removal("orders").confirmed().is_err());
        assert!(removal("").confirmed().is_err());
    }
}
