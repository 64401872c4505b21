//! What is in a table: its columns, and a few of its rows.

use agnes_contract::catalog::Column;
use leptos::prelude::*;

use crate::words;

/// The columns with their types.
#[component]
pub fn Columns(columns: Vec<Column>, keys: Vec<String>) -> impl IntoView {
    let count = columns.len() as u64;
    // A column that says the same of every row says nothing.
    let has_meaning = columns.iter().any(|column| !column.description.is_empty());
    let rows = columns
        .into_iter()
        .map(|column| {
            let key = keys.contains(&column.name);
            view! {
                <tr>
                    <th scope="row" class="mono">
                        {column.name}
                        {key.then(|| view! { " " <span class="badge neutral">"key"</span> })}
                        {(!column.nullable).then(|| view! { " " <span class="badge neutral">"never empty"</span> })}
                    </th>
                    <td class="mono" data-label="Type">
                        {column.data_type}
                    </td>
                    {has_meaning.then(|| view! { <td class="muted" dir="auto">{column.description}</td> })}
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="columns">
            <div class="card-head">
                <h2 id="columns">"Columns"</h2>
                <span class="muted num">{words::count(count)}</span>
            </div>
            {if count == 0 {
                view! { <p class="muted">"They are known after the first sync."</p> }.into_any()
            } else {
                view! {
                    <table class="table plain">
                        <thead>
                            <tr>
                                <th scope="col">"Column"</th>
                                <th scope="col">"Type"</th>
                                {has_meaning.then(|| view! { <th scope="col">"Meaning"</th> })}
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                }
                    .into_any()
            }}
        </section>
    }
    .into_any()
}

/// A few rows, as they are.
#[component]
pub fn Sample(columns: Vec<Column>, rows: Vec<Vec<Option<String>>>) -> impl IntoView {
    (!rows.is_empty()).then(|| {
        let numeric: Vec<bool> = columns.iter().map(|column| is_number(&column.data_type)).collect();
        let heads = columns
            .into_iter()
            .zip(numeric.clone())
            .map(|(column, right)| view! { <th scope="col" class="mono" class:right=right>{column.name}</th> })
            .collect_view();
        let lines = rows
            .into_iter()
            .map(|cells| {
                let cells = cells
                    .into_iter()
                    .enumerate()
                    .map(|(index, cell)| {
                        let right = numeric.get(index).copied().unwrap_or_default();
                        view! { <Cell text=cell right /> }
                    })
                    .collect_view();
                view! { <tr>{cells}</tr> }
            })
            .collect_view();
        view! {
            <section class="stack" aria-labelledby="sample">
                <h2 id="sample">"Sample rows"</h2>
                <div class="table-frame" tabindex="0" role="region" aria-label="Sample rows as a table">
                    <table class="table">
                        <thead>
                            <tr>{heads}</tr>
                        </thead>
                        <tbody>{lines}</tbody>
                    </table>
                </div>
            </section>
        }
    })
}

#[component]
fn Cell(text: Option<String>, right: bool) -> impl IntoView {
    match text {
        None => view! { <td class="cell null">"null"</td> }.into_any(),
        Some(text) => {
            let title = (text.chars().count() > 30).then(|| text.clone());
            view! {
                <td class="cell" class:right=right title=title>
                    <bdi>{text}</bdi>
                </td>
            }
            .into_any()
        }
    }
}

/// Whether values of a DuckDB type line up at the right.
fn is_number(data_type: &str) -> bool {
    let name = data_type.split('(').next().unwrap_or_default();
    !data_type.ends_with(']')
        && ["INT", "DECIMAL", "DOUBLE", "FLOAT", "REAL"].iter().any(|part| name.contains(part))
        && name != "INTERVAL"
}

#[cfg(test)]
mod tests {
    use super::is_number;

    #[test]
    fn only_numbers_line_up_at_the_right() {
        for data_type in ["INTEGER", "BIGINT", "UTINYINT", "DECIMAL(10,2)", "DOUBLE", "FLOAT", "HUGEINT"] {
            assert!(is_number(data_type), "{data_type}");
        }
        for data_type in ["VARCHAR", "INTEGER[]", "INTERVAL", "DATE", "STRUCT(a INTEGER)", "TIMESTAMP"] {
            assert!(!is_number(data_type), "{data_type}");
        }
    }
}
