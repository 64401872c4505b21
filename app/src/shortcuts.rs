//! The keyboard: `/` searches, `?` lists what there is, `g` and a letter goes places.

use leptos::prelude::*;

use crate::routes::PLACES;

/// The list of shortcuts, closed until asked for, and with a script what listens to them.
#[component]
pub fn Shortcuts() -> impl IntoView {
    listen();
    let places = PLACES
        .iter()
        .map(|place| {
            view! {
                <dt>
                    <kbd>"g"</kbd>
                    " "
                    <kbd>{place.key.to_string()}</kbd>
                </dt>
                <dd>{place.label}</dd>
            }
        })
        .collect_view();
    view! {
        <dialog id="shortcuts" class="dialog" aria-labelledby="shortcuts-title">
            <div class="dialog-head">
                <h2 id="shortcuts-title">"Keyboard shortcuts"</h2>
            </div>
            <dl class="shortcuts">
                <dt>
                    <kbd>"/"</kbd>
                </dt>
                <dd>"Search"</dd>
                <dt>
                    <kbd>"?"</kbd>
                </dt>
                <dd>"This list"</dd>
                {places}
            </dl>
            <form method="dialog">
                <button class="button" type="submit">
                    "Close"
                </button>
            </form>
        </dialog>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
fn listen() {
    use leptos::ev;
    use leptos_router::{NavigateOptions, hooks::use_navigate};

    use crate::browser;

    let navigate = use_navigate();
    let going = StoredValue::new(false);
    let handle = window_event_listener(ev::keydown, move |event| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || browser::is_typing(&event) {
            return;
        }
        let key = event.key();
        let was_going = going.get_value();
        going.set_value(key == "g" && !was_going);
        match key.as_str() {
            "/" => {
                event.prevent_default();
                browser::focus("main input[type=search]");
            }
            "?" => browser::show_dialog("shortcuts"),
            key if was_going => {
                let place = PLACES.iter().find(|place| key.chars().eq([place.key]));
                // Only where the sidebar leads: what is not there may not be opened.
                if let Some(place) = place.filter(|place| browser::has_link(place.href)) {
                    navigate(place.href, NavigateOptions::default());
                }
            }
            _ => {}
        }
    });
    on_cleanup(move || handle.remove());
}

#[cfg(not(feature = "hydrate"))]
fn listen() {}
