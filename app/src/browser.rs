//! What only a browser can do. On the server these are empty: nothing of it is needed there.

#[cfg(feature = "hydrate")]
mod imp {
    use leptos::prelude::{document, window};
    use wasm_bindgen::JsCast;

    const THEME: &str = "agnes-theme";

    /// From now on things that need a script may show.
    pub fn mark_hydrated() {
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-hydrated", "");
        }
    }

    /// Puts a text on the clipboard.
    pub fn copy(text: &str) {
        let _ = window().navigator().clipboard().write_text(text);
    }

    /// Turns light to dark and back, and remembers it on this machine.
    pub fn toggle_theme() {
        let Some(root) = document().document_element() else { return };
        let dark = match root.get_attribute("data-theme").as_deref() {
            Some("dark") => true,
            Some(_) => false,
            None => {
                window().match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|query| query.matches())
            }
        };
        let theme = if dark { "light" } else { "dark" };
        let _ = root.set_attribute("data-theme", theme);
        if let Ok(Some(storage)) = window().local_storage() {
            let _ = storage.set_item(THEME, theme);
        }
    }

    fn find<T: JsCast>(selector: &str) -> Option<T> {
        document().query_selector(selector).ok().flatten()?.dyn_into().ok()
    }

    /// Moves the focus to the first element of this selector.
    pub fn focus(selector: &str) {
        if let Some(element) = find::<web_sys::HtmlElement>(selector) {
            let _ = element.focus();
        }
    }

    /// Whether the sidebar leads there.
    pub fn has_link(href: &str) -> bool {
        find::<web_sys::Element>(&format!(".places a[href='{href}']")).is_some()
    }

    /// Opens the dialog with this id above the page: the browser keeps the focus inside
    /// and gives it back afterwards.
    pub fn show_dialog(id: &str) {
        if let Some(dialog) = find::<web_sys::HtmlDialogElement>(&format!("#{id}")) {
            // A dialog the server sent open is not above the page yet.
            dialog.remove_attribute("open").ok();
            let _ = dialog.show_modal();
        }
    }

    /// Closes the menus and the sidebar of a phone.
    pub fn close_menus() {
        if let Some(toggle) = find::<web_sys::HtmlInputElement>("#sidebar-toggle") {
            toggle.set_checked(false);
        }
        if let Ok(open) = document().query_selector_all("details.menu[open]") {
            for index in 0..open.length() {
                if let Some(menu) = open.get(index).and_then(|node| node.dyn_into::<web_sys::Element>().ok()) {
                    let _ = menu.remove_attribute("open");
                }
            }
        }
    }

    /// Whether a key was meant for something one types into.
    pub fn is_typing(event: &web_sys::KeyboardEvent) -> bool {
        event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            .is_some_and(|element| element.closest("input, textarea, select, dialog").ok().flatten().is_some())
    }
}

#[cfg(not(feature = "hydrate"))]
mod imp {
    pub fn copy(_text: &str) {}
    pub fn toggle_theme() {}
    pub fn show_dialog(_id: &str) {}
    pub fn close_menus() {}
}

pub use imp::*;
