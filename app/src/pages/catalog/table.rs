//! One table: what it is, how fresh, what is in it, who may read it.

mod content;
mod readers;

use agnes_contract::catalog::TableDetail;
use chrono::{DateTime, Utc};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use self::{
    content::{Columns, Sample},
    readers::Readers,
};
use crate::{
    components::{Bytes, CodeBlock, Count, FreshnessBadge, Loaded, Note, PageHeader, Tone, When},
    error::ConsoleError,
};

/// What the page of a table shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableShown {
    /// When the page was made.
    pub now: DateTime<Utc>,
    /// The table.
    pub detail: TableDetail,
}

/// A table the reader may read, by id or name.
#[server(prefix = "/console", endpoint = "catalog/table", input = GetUrl)]
pub async fn read_table(key: String) -> Result<TableShown, ConsoleError> {
    let (service, actor) = crate::backend::enter()?;
    let now = crate::backend::now()?;
    Ok(TableShown { now, detail: service.table_detail(&actor, &key).await? })
}

/// The page of a table.
#[component]
pub fn TablePage() -> impl IntoView {
    let params = use_params_map();
    let key = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    let table = Resource::new_blocking(move || key.get(), read_table);
    view! { <Loaded from=table show=|shown| view! { <Shown shown /> } /> }
}

#[component]
fn Shown(shown: TableShown) -> impl IntoView {
    let TableShown { now, detail } = shown;
    let table = detail.table;
    let remote = table.query_mode.as_deref() == Some("remote");
    let command = command(&table.name);
    let place = [table.source_type.as_deref(), table.bucket.as_deref()].into_iter().flatten().collect::<Vec<_>>();
    let place = if place.is_empty() { "an extract of its own".to_owned() } else { place.join(" / ") };
    let edit = format!("/admin/tables?edit={}", table.id);
    let is_admin = detail.readers.is_some();
    view! {
        <PageHeader title=table.name.clone() above=("/catalog", "Catalog")>
            <FreshnessBadge status=table.status.clone() remote last_sync=table.last_sync now />
            {is_admin
                .then(|| {
                    view! {
                        <a class="button" href=edit>
                            "Edit"
                        </a>
                    }
                })}
        </PageHeader>
        {table.description.map(|text| view! { <p class="lead" dir="auto">{text}</p> })}
        {table
            .error
            .map(|error| {
                view! {
                    <Note tone=Tone::Bad>
                        <p>{format!("The last sync failed: {error}")}</p>
                        <p class="muted">"What you see is the content from before; it stays until a sync succeeds."</p>
                    </Note>
                }
            })}
        <div class="columns">
            <div class="stack">
                <section class="card">
                    <dl class="facts">
                        <div>
                            <dt>"Synced"</dt>
                            <dd>{table.last_sync.map_or_else(|| "never".into_any(), |at| view! { <When at now /> }.into_any())}</dd>
                        </div>
                        <div>
                            <dt>"Content changed"</dt>
                            <dd>
                                {table.published_at.map_or_else(|| "not yet published".into_any(), |at| view! { <When at now /> }.into_any())}
                            </dd>
                        </div>
                        <div>
                            <dt>"Rows"</dt>
                            <dd>
                                <Count of=table.rows />
                            </dd>
                        </div>
                        <div>
                            <dt>"Size"</dt>
                            <dd>
                                <Bytes of=table.size_bytes />
                            </dd>
                        </div>
                        <div>
                            <dt>"Comes from"</dt>
                            <dd>{place}</dd>
                        </div>
                    </dl>
                </section>
                <Columns columns=detail.columns.clone() keys=detail.primary_key />
            </div>
            <div class="stack">
                <section class="card" aria-labelledby="ask">
                    <h2 id="ask">"Ask it"</h2>
                    <CodeBlock text=command label="query this table" />
                    <p class="hint">
                        "Works without a network after " <code>"da sync"</code> ". With " <code>"--remote"</code>
                        " the server answers instead."
                    </p>
                </section>
                {detail.readers.map(|readers| view! { <Readers readers /> })}
            </div>
        </div>
        <Sample columns=detail.columns rows=detail.sample />
    }
    .into_any()
}

/// A first query for a table, to paste into a shell.
fn command(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain {
        format!("da query \"SELECT * FROM {name} LIMIT 10\"")
    } else {
        let quoted = name.replace('"', "\"\"").replace('\'', r"'\''");
        format!("da query 'SELECT * FROM \"{quoted}\" LIMIT 10'")
    }
}

#[cfg(test)]
mod tests {
    use super::command;

    #[test]
    fn a_pasted_query_holds_any_name() {
        assert_eq!(command("orders"), r#"da query "SELECT * FROM orders LIMIT 10""#);
        assert_eq!(command("my orders"), r#"da query 'SELECT * FROM "my orders" LIMIT 10'"#);
        assert_eq!(command("a'b\"c"), r#"da query 'SELECT * FROM "a'\''b""c" LIMIT 10'"#);
        assert_eq!(command("$(rm)"), r#"da query 'SELECT * FROM "$(rm)" LIMIT 10'"#);
    }
}
