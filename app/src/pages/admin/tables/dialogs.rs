//! The dialogs of the registry: register, edit, remove, upload.

use leptos::{form::ActionForm, prelude::*};

use super::{RegisterTable, RemoveTable, Selected, Spot, UpdateTable, upload::UploadForm};
use crate::{
    components::{Choice, Dialog, Field, FormError, Submit, TextArea, failure, failure_about},
    done,
    error::ConsoleError,
    words,
};

/// The forms of the page. They outlive the dialogs, so that an answer always arrives.
#[derive(Clone, Copy)]
pub struct Forms {
    register: ServerAction<RegisterTable>,
    update: ServerAction<UpdateTable>,
    remove: ServerAction<RemoveTable>,
    /// Goes up when a file was stored.
    uploads: RwSignal<u32>,
}

impl Forms {
    /// The forms of a page.
    pub fn new() -> Self {
        let forms = Self {
            register: ServerAction::new(),
            update: ServerAction::new(),
            remove: ServerAction::new(),
            uploads: RwSignal::new(0),
        };
        done::follow(forms.register);
        done::follow(forms.update);
        done::follow(forms.remove);
        forms
    }

    /// Changes whenever one of them was answered.
    pub fn version(self) -> usize {
        self.uploads.get() as usize
            + self.register.version().get()
            + self.update.version().get()
            + self.remove.version().get()
    }
}

/// The dialog the address asks for.
#[component]
pub fn Dialogs(selected: Option<Selected>, sources: Vec<String>, spot: Spot, forms: Forms) -> impl IntoView {
    let back = spot.list();
    match (spot.dialog, selected) {
        (Some(("add", what)), _) if what == "file" => view! {
            <Dialog id="upload" title="Upload a file" back>
                <UploadForm stored=forms.uploads />
            </Dialog>
        }
        .into_any(),
        (Some(("add", _)), _) => view! { <Register sources back action=forms.register /> }.into_any(),
        (Some(("edit", _)), Some(selected)) => view! { <Edit selected sources back action=forms.update /> }.into_any(),
        (Some(("remove", _)), Some(selected)) => view! { <Remove selected back action=forms.remove /> }.into_any(),
        _ => ().into_any(),
    }
}

#[component]
fn Register(sources: Vec<String>, back: String, action: ServerAction<RegisterTable>) -> impl IntoView {
    let error = failure(action);
    view! {
        <Dialog id="register" title="Register a table" back=back.clone()>
            <ActionForm action attr:class="stack">
                <input type="hidden" name="form[back]" value=back />
                <FormError error fields=&["name", "is_public"] />
                <TableFields error start=None sources />
                <Submit label="Register" pending=action.pending() />
            </ActionForm>
        </Dialog>
    }
    .into_any()
}

#[component]
fn Edit(selected: Selected, sources: Vec<String>, back: String, action: ServerAction<UpdateTable>) -> impl IntoView {
    let id = selected.table.id.clone();
    let error = failure_about(action, id.clone());
    view! {
        <Dialog id="edit" title=format!("Edit {}", selected.table.name) back=back.clone()>
            <ActionForm action attr:class="stack">
                <input type="hidden" name="form[back]" value=back />
                <input type="hidden" name="form[id]" value=id />
                <FormError error fields=&["name", "is_public"] />
                <TableFields error start=Some(selected) sources />
                <Submit label="Save" pending=action.pending() />
            </ActionForm>
        </Dialog>
    }
    .into_any()
}

#[component]
fn TableFields(error: Signal<Option<ConsoleError>>, start: Option<Selected>, sources: Vec<String>) -> impl IntoView {
    let table = start.map(|start| start.table);
    let text =
        |of: fn(&agnes_contract::table::Table) -> Option<String>| table.as_ref().and_then(of).unwrap_or_default();
    let visibility = table.as_ref().map(|table| table.is_public.to_string()).unwrap_or_default();
    view! {
        <Field label="Name" name="form[name]" required=true maxlength=128 value=text(|table| Some(table.name.clone())) error
            hint="Letters, digits and underscores; this is what people write in SQL." />
        <TextArea label="Description" name="form[description]" value=text(|table| table.description.clone()) error
            hint="What a row is, and what it is good for." />
        <div class="field-pair">
            <Field label="Source" name="form[source_type]" value=text(|table| table.source_type.clone()) list="sources" error
                hint="csv for files." />
            <Field label="Folder" name="form[bucket]" value=text(|table| table.bucket.clone()) error
                hint="Below the source folder; empty for the top." />
        </div>
        <datalist id="sources">
            {sources.into_iter().map(|source| view! { <option value=source></option> }).collect_view()}
        </datalist>
        <Field label="File" name="form[source_table]" value=text(|table| table.source_table.clone()) error
            hint="A file name, or a pattern such as orders-*.csv." />
        <Field label="Primary key" name="form[primary_key]" value=text(|table| table.primary_key.as_ref().map(|keys| keys.join(", "))) error
            hint="Columns that tell rows apart, separated by commas. Can stay empty." />
        <Visibility error value=visibility name="form[is_public]" />
    }
    .into_any()
}

/// Who may read a table: asked, never assumed.
#[component]
pub fn Visibility(
    error: Signal<Option<ConsoleError>>,
    #[prop(into)] value: String,
    name: &'static str,
) -> impl IntoView {
    let options = vec![
        ("false", "Only who is granted it", "Nobody but admins until you grant it to a group."),
        ("true", "Everyone who signs in", "No grant is needed; it shows in every catalog."),
    ];
    view! { <Choice legend="Who may read it" name options value error /> }
}

#[component]
fn Remove(selected: Selected, back: String, action: ServerAction<RemoveTable>) -> impl IntoView {
    let error = failure_about(action, selected.table.id.clone());
    let name = selected.table.name.clone();
    view! {
        <Dialog id="remove" title=format!("Remove {name}") back=back.clone()>
            <div class="stack">
                <p>{consequences(&selected)}</p>
                <p class="muted">"The files of its source stay where they are. Registering it again brings the data back, the grants have to be given anew."</p>
            </div>
            <ActionForm action attr:class="stack">
                <input type="hidden" name="form[back]" value=back.clone() />
                <input type="hidden" name="form[id]" value=selected.table.id />
                <input type="hidden" name="form[name]" value=name.clone() />
                <FormError error fields=&["typed"] />
                <p>"To confirm, type " <code>{name}</code></p>
                <Field label="Name of the table" name="form[typed]" required=true error />
                <p class="row">
                    <Submit label="Remove this table" look="danger" pending=action.pending() />
                    <a class="button" href=back data-noscroll>
                        "Keep it"
                    </a>
                </p>
            </ActionForm>
        </Dialog>
    }
    .into_any()
}

/// Who notices when a table goes, in a sentence.
fn consequences(selected: &Selected) -> String {
    let people = words::counted(selected.readers.reader_count, "person").replace("persons", "people");
    let rows = selected.rows.map_or_else(String::new, |rows| format!(" with its {}", words::counted(rows, "row")));
    let grants = match selected.readers.groups.len() {
        0 => String::new(),
        count => format!(" {} will be gone.", words::counted(count as u64, "grant")),
    };
    format!(
        "{} leaves the catalog{rows}. {people} can read it now; their next da sync takes it off their laptops.{grants}",
        selected.table.name
    )
}

#[cfg(test)]
mod tests {
    use agnes_contract::{access::TableReaders, table::Table};

    use super::*;

    #[test]
    fn a_removal_says_who_will_notice() {
        let table: Table = serde_json::from_value(serde_json::json!({"id": "orders", "name": "orders",
            "source_type": null, "bucket": null, "source_table": null, "sync_strategy": null, "query_mode": null,
            "sync_schedule": null, "profile_after_sync": false, "primary_key": null, "folder": null,
            "description": null, "registered_by": null, "is_public": false, "registered_at": null}))
        .unwrap();
        let readers = TableReaders { is_public: false, groups: vec![], people: vec![], reader_count: 1 };
        let text = consequences(&Selected { table, rows: Some(1200), readers });
        assert!(text.contains("1,200 rows") && text.contains("1 person can"), "{text}");
    }
}
