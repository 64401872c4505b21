//! The way around: only what the person may open, the current place highlighted.
//! On a phone a bar with a menu, which opens without a script.

use agnes_contract::auth::Me;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{Frame, FrameResource};
use crate::{
    browser,
    components::{Glyph, Icon, Menu},
    routes::{PLACES, Place},
};

/// The sidebar of every page.
#[component]
pub fn Sidebar() -> impl IntoView {
    let frame = expect_context::<FrameResource>().0;
    view! {
        <Suspense>
            {move || Suspend::new(async move { frame.await.map(|frame| view! { <Side frame /> }) })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Side(frame: Frame) -> impl IntoView {
    let admin = frame.me.as_ref().is_some_and(|me| me.is_admin);
    let signed_in = frame.me.is_some();
    let open = move |place: &&Place| !place.admin && (signed_in || place.public);
    view! {
        <header class="sidebar">
            <div class="sidebar-head">
                <a class="brand" href="/dashboard">
                    <span class="brand-mark" aria-hidden="true"></span>
                    <span class="brand-name">{frame.instance_name.clone()}</span>
                    {frame.is_demo.then(|| view! { <span class="badge information">"Demo"</span> })}
                </a>
                <input type="checkbox" id="sidebar-toggle" class="sidebar-toggle" aria-label="Menu" />
                <label for="sidebar-toggle" class="sidebar-button" aria-hidden="true">
                    <Icon glyph=Glyph::Menu />
                    "Menu"
                </label>
                <div class="sidebar-body" on:click=|_| browser::close_menus()>
                    <nav aria-label="Main">
                        <Places places=PLACES.iter().filter(open).collect() />
                        {admin
                            .then(|| {
                                view! {
                                    <p class="sidebar-section" id="admin-places">
                                        "Admin"
                                    </p>
                                    <Places places=PLACES.iter().filter(|place| place.admin).collect() />
                                }
                            })}
                    </nav>
                </div>
            </div>
            {match frame.me {
                Some(me) => view! { <Account me /> }.into_any(),
                None => view! { <a class="button" href="/login">"Sign in"</a> }.into_any(),
            }}
        </header>
    }
    .into_any()
}

#[component]
fn Places(places: Vec<&'static Place>) -> impl IntoView {
    let path = use_location().pathname;
    let entries = places
        .into_iter()
        .map(|place| {
            let current = move || path.with(|path| place.contains(path)).then_some("page");
            view! {
                <li>
                    <a href=place.href aria-current=current>
                        <Icon glyph=place.glyph />
                        {place.label}
                    </a>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="places">{entries}</ul> }
}

#[component]
fn Account(me: Me) -> impl IntoView {
    let name = me.name.clone();
    view! {
        <Menu
            label=format!("Account of {}", me.name)
            button=move || {
                view! {
                    <span class="avatar" aria-hidden="true">
                        {initials(&name)}
                    </span>
                    <span class="account-name" aria-hidden="true">
                        {name}
                    </span>
                }
            }
        >
            <p class="menu-head">
                {me.email}
                {me.is_admin.then(|| view! { <span class="badge neutral">"Admin"</span> })}
            </p>
            <button type="button" class="menu-item when-hydrated" on:click=|_| browser::toggle_theme()>
                <Icon glyph=Glyph::Theme />
                "Switch light and dark"
            </button>
            <button type="button" class="menu-item when-hydrated" on:click=|_| browser::show_dialog("shortcuts")>
                <Icon glyph=Glyph::Table />
                "Keyboard shortcuts"
            </button>
            <form method="post" action="/auth/logout">
                <button type="submit" class="menu-item">
                    <Icon glyph=Glyph::Leave />
                    "Sign out"
                </button>
            </form>
        </Menu>
    }
    .into_any()
}

/// Two letters that stand for a person.
fn initials(name: &str) -> String {
    let mut words = name.split([' ', '.', '-', '_', '@']).filter(|word| !word.is_empty());
    let first = words.next().and_then(|word| word.chars().next());
    let second = words.next().and_then(|word| word.chars().next());
    first.into_iter().chain(second).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn two_letters_stand_for_a_person() {
        for (name, letters) in [("Ada Lovelace", "AL"), ("ada", "A"), ("ada.l@example.com", "AL"), ("", "")] {
            assert_eq!(super::initials(name), letters);
        }
    }
}
