//! Which page is where.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

use crate::{
    components::Glyph,
    frame::{TitleOfInstance, Workbench, provide_frame},
    pages,
};

/// An entry of the sidebar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its address.
    pub href: &'static str,
    /// Its name.
    pub label: &'static str,
    /// Its picture.
    pub glyph: Glyph,
    /// The letter after `g` that goes there.
    pub key: char,
    /// Only for admins.
    pub admin: bool,
    /// Also without signing in.
    pub public: bool,
}

impl Place {
    const fn new(href: &'static str, label: &'static str, glyph: Glyph, key: char) -> Self {
        Self { href, label, glyph, key, admin: false, public: false }
    }

    const fn admin(self) -> Self {
        Self { admin: true, ..self }
    }

    const fn public(self) -> Self {
        Self { public: true, ..self }
    }

    /// Whether a page belongs to this entry.
    #[must_use]
    pub fn contains(&self, path: &str) -> bool {
        let path = if path.starts_with("/admin/groups/") { "/admin/access" } else { path };
        path.strip_prefix(self.href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// The sidebar, in order.
pub const PLACES: &[Place] = &[
    Place::new("/dashboard", "Home", Glyph::Home, 'h'),
    Place::new("/catalog", "Catalog", Glyph::Table, 'c'),
    Place::new("/install", "Set up", Glyph::Laptop, 's').public(),
    Place::new("/tokens", "My tokens", Glyph::Key, 't'),
    Place::new("/admin/tables", "Tables", Glyph::Database, 'r').admin(),
    Place::new("/admin/access", "Access", Glyph::Shield, 'a').admin(),
    Place::new("/admin/users", "People", Glyph::People, 'p').admin(),
];

/// The console.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_frame();
    view! {
        <Router>
            <TitleOfInstance />
            <Routes fallback=pages::missing::Missing>
                <Route path=path!("/login") view=pages::login::Login ssr=SsrMode::Async />
                <Route path=path!("/login/password") view=pages::login::Login ssr=SsrMode::Async />
                <Route path=path!("/auth/link") view=pages::link::SignInLink ssr=SsrMode::Async />
                <Route path=path!("/setup") view=pages::setup::Setup ssr=SsrMode::Async />
                <ParentRoute path=path!("") view=Workbench ssr=SsrMode::Async>
                    <Route path=path!("/dashboard") view=pages::dashboard::Dashboard ssr=SsrMode::Async />
                    <Route path=path!("/catalog") view=pages::catalog::Catalog ssr=SsrMode::Async />
                    <Route path=path!("/catalog/tables/:id") view=pages::catalog::TablePage ssr=SsrMode::Async />
                    <Route path=path!("/admin/tables") view=pages::admin::tables::Tables ssr=SsrMode::Async />
                    <Route path=path!("/admin/access") view=pages::admin::access::AccessPage ssr=SsrMode::Async />
                    <Route path=path!("/admin/groups/:id") view=pages::admin::group::GroupPage ssr=SsrMode::Async />
                    <Route path=path!("/admin/users") view=pages::admin::users::PeoplePage ssr=SsrMode::Async />
                    <Route path=path!("/tokens") view=pages::tokens::TokensPage ssr=SsrMode::Async />
                    <Route path=path!("/install") view=pages::install::Install ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
}

#[cfg(test)]
mod tests {
    use super::PLACES;

    #[test]
    fn a_page_belongs_to_one_entry_at_most() {
        for (path, label) in [
            ("/catalog", Some("Catalog")),
            ("/catalog/tables/orders", Some("Catalog")),
            ("/catalogue", None),
            ("/admin/groups/x", Some("Access")),
            ("/admin/tables", Some("Tables")),
            ("/", None),
        ] {
            let found: Vec<_> = PLACES.iter().filter(|place| place.contains(path)).map(|place| place.label).collect();
            assert_eq!(found, label.into_iter().collect::<Vec<_>>(), "{path}");
        }
    }

    #[test]
    fn every_entry_has_its_own_key() {
        let mut keys: Vec<_> = PLACES.iter().map(|place| place.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), PLACES.len());
    }
}
