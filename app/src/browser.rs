//! What only a browser can do. On the server these are empty: nothing of it is needed there.

#[cfg(feature = "hydrate")]
mod imp {
    use agnes_contract::job::Job;
    use leptos::ev::SubmitEvent;
    use leptos::prelude::{StoredValue, WithValue as _, document, on_cleanup, window};
    use wasm_bindgen::{JsCast, closure::Closure};

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
            focus(&format!("#{id} :is(input:not([type=hidden]), textarea, select)"));
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

    /// Listens to the runs of long work until what asked for it is gone.
    pub fn follow_jobs(seen: impl Fn(Job) + 'static) {
        let Ok(events) = web_sys::EventSource::new("/api/admin/jobs/stream") else { return };
        let listener = Closure::<dyn Fn(web_sys::MessageEvent)>::new(move |event: web_sys::MessageEvent| {
            if let Some(job) = event.data().as_string().and_then(|text| serde_json::from_str(&text).ok()) {
                seen(job);
            }
        });
        let _ = events.add_event_listener_with_callback("job", listener.as_ref().unchecked_ref());
        let held = StoredValue::new_local((events, listener));
        on_cleanup(move || {
            held.try_with_value(|(events, _)| events.close());
        });
    }

    /// Sends the form of a submit event instead of the browser: tells how many of a hundred parts
    /// are sent, then status and body of the answer; status 0 when there is none.
    pub fn upload(event: &SubmitEvent, sent: impl Fn(u8) + 'static, answered: impl FnOnce(u16, String) + 'static) {
        let Some(form) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok()) else {
            return;
        };
        let (Ok(request), Ok(data)) = (web_sys::XmlHttpRequest::new(), web_sys::FormData::new_with_form(&form)) else {
            return;
        };
        event.prevent_default();
        sent(0);
        let progress = Closure::<dyn Fn(web_sys::ProgressEvent)>::new(move |event: web_sys::ProgressEvent| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 100")]
            let percent = (event.loaded() / event.total().max(1.0) * 100.0) as u8;
            sent(percent);
        });
        if let Ok(upload) = request.upload() {
            upload.set_onprogress(Some(progress.as_ref().unchecked_ref()));
        }
        let ending = request.clone();
        let ended = Closure::once_into_js(move || {
            // Keeps the listener alive for as long as the request.
            drop(progress);
            let body = ending.response_text().ok().flatten().unwrap_or_default();
            answered(ending.status().unwrap_or_default(), body);
        });
        request.set_onloadend(Some(ended.unchecked_ref()));
        let _ = request.open("POST", &form.action());
        let _ = request.set_request_header("Accept", "application/json");
        let _ = request.send_with_opt_form_data(Some(&data));
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
    pub fn upload(
        _event: &leptos::ev::SubmitEvent,
        _sent: impl Fn(u8) + 'static,
        _answered: impl FnOnce(u16, String) + 'static,
    ) {
    }
    pub fn follow_jobs(_seen: impl Fn(agnes_contract::job::Job) + 'static) {}
}

pub use imp::*;
