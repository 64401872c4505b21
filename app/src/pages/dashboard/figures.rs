//! The numbers of home and the tables behind them.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::{Home, HomeTable};
use crate::{
    components::{Bytes, Count, FreshnessBadge, Glyph, Icon, When},
    words,
};

/// What there is, in four figures.
#[component]
pub fn Figures(home: Home) -> impl IntoView {
    let now = home.now;
    view! {
        <dl class="figures">
            <div>
                <dt>"Tables you can read"</dt>
                <dd>
                    <a href="/catalog" class="num">
                        {words::count(home.tables)}
                    </a>
                </dd>
            </div>
            <div>
                <dt>"Rows"</dt>
                <dd>
                    <Count of=Some(home.rows) />
                </dd>
            </div>
            <div>
                <dt>"Size"</dt>
                <dd>
                    <Bytes of=Some(home.bytes) />
                </dd>
            </div>
            <div>
                <dt>"Fresh"</dt>
                <dd>
                    <span class="num">{format!("{} of {}", words::count(home.fresh), words::count(home.tables))}</span>
                    <span class="muted figure-note">
                        {home.last_sync.map(|at| view! { "last sync " <When at now /> })}
                    </span>
                </dd>
            </div>
        </dl>
    }
    .into_any()
}

/// Tables that are not as they should be.
#[component]
pub fn Attention(tables: Vec<HomeTable>, more: u64, is_admin: bool, now: DateTime<Utc>) -> impl IntoView {
    if tables.is_empty() {
        return view! {
            <section class="card quiet">
                <p class="row">
                    <Icon glyph=Glyph::Check />
                    "Every table is fresh. Nothing needs attention."
                </p>
            </section>
        }
        .into_any();
    }
    view! {
        <section class="card" aria-labelledby="attention">
            <div class="card-head">
                <h2 id="attention">"Needs attention"</h2>
                {is_admin.then(|| view! { <a href="/admin/tables">"Sync tables"</a> })}
            </div>
            <ul class="lines">
                {tables
                    .into_iter()
                    .map(|table| {
                        let href = format!("/catalog/tables/{}", table.id);
                        view! {
                            <li>
                                <a href=href>{table.name}</a>
                                <FreshnessBadge status=table.status remote=table.remote last_sync=table.last_sync now />
                                <span class="muted line-note">
                                    {match (table.error, table.last_sync) {
                                        (Some(error), _) => error.into_any(),
                                        (None, Some(at)) => view! { "synced " <When at now /> }.into_any(),
                                        (None, None) => "never synced".into_any(),
                                    }}
                                </span>
                            </li>
                        }
                    })
                    .collect_view()}
                {(more > 0)
                    .then(|| {
                        view! {
                            <li>
                                <a href="/catalog?sort=status">{format!("and {} more", words::counted(more, "table"))}</a>
                            </li>
                        }
                    })}
            </ul>
        </section>
    }
    .into_any()
}

/// Tables whose content changed last.
#[component]
pub fn Recent(tables: Vec<HomeTable>, now: DateTime<Utc>) -> impl IntoView {
    (!tables.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="recent">
                <div class="card-head">
                    <h2 id="recent">"Changed last"</h2>
                    <a href="/catalog">"All tables"</a>
                </div>
                <table class="table plain">
                    <thead>
                        <tr>
                            <th scope="col">"Table"</th>
                            <th scope="col" class="right">
                                "Rows"
                            </th>
                            <th scope="col" class="right">
                                "Size"
                            </th>
                            <th scope="col">"Changed"</th>
                        </tr>
                    </thead>
                    <tbody>
                        {tables
                            .into_iter()
                            .map(|table| {
                                let href = format!("/catalog/tables/{}", table.id);
                                view! {
                                    <tr>
                                        <th scope="row">
                                            <a href=href>{table.name}</a>
                                        </th>
                                        <td class="right" data-label="Rows">
                                            <Count of=table.rows />
                                        </td>
                                        <td class="right" data-label="Size">
                                            <Bytes of=table.bytes />
                                        </td>
                                        <td data-label="Changed">
                                            {table.published_at.map(|at| view! { <When at now /> })}
                                        </td>
                                    </tr>
                                }
                            })
                            .collect_view()}
                    </tbody>
                </table>
            </section>
        }
    })
}
