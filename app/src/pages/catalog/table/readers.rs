//! Who may read a table, and why, for admins.

use agnes_contract::access::TableReaders;
use leptos::prelude::*;

use crate::{components::Badge, query, words};

/// The ways to this table.
#[component]
pub fn Readers(readers: TableReaders) -> impl IntoView {
    let groups = readers
        .groups
        .into_iter()
        .map(|group| {
            let href = query::address("/admin/access", &[("group", &group.group_id)]);
            view! {
                <li>
                    <a href=href>{group.group_name}</a>
                    <span class="muted line-end num">{words::counted(group.member_count, "member")}</span>
                </li>
            }
        })
        .collect_view();
    let people = readers
        .people
        .into_iter()
        .map(|email| {
            view! {
                <li>
                    <span>{email}</span>
                    <span class="muted line-end">"by name"</span>
                </li>
            }
        })
        .collect_view();
    let everyone = readers.is_public.then(|| {
        view! {
            <li>
                "Everyone who signs in"
                <span class="line-end">
                    <Badge label="Public" />
                </span>
            </li>
        }
    });
    view! {
        <section class="card" aria-labelledby="readers">
            <div class="card-head">
                <h2 id="readers">"Who may read it"</h2>
                <span class="muted num">{words::counted(readers.reader_count, "active reader")}</span>
            </div>
            <ul class="lines">
                {everyone}
                {groups}
                {people}
                <li>
                    "Admins"
                    <span class="muted line-end">"always"</span>
                </li>
            </ul>
            <p>
                <a href="/admin/access">"Grant it to a group"</a>
            </p>
        </section>
    }
    .into_any()
}
