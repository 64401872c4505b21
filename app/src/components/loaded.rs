//! The one place that draws what is loading, what failed, and what came.

use leptos::{either::Either, prelude::*};

use super::{Glyph, Icon};
use crate::error::ConsoleError;

/// Shows a resource once it is there; on the server always at once. While it is fetched anew
/// what was there stays.
#[component]
pub fn Loaded<T, F, V>(
    /// What the page is about.
    from: Resource<Result<T, ConsoleError>>,
    /// How to show it.
    show: F,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    F: Fn(T) -> V + Clone + Send + Sync + 'static,
    V: IntoView + Send + 'static,
{
    view! {
        <Transition fallback=|| {
            view! { <p class="muted">"Loading"</p> }
        }>
            {move || {
                let show = show.clone();
                Suspend::new(async move {
                    match from.await {
                        Ok(value) => Either::Left(show(value).into_any()),
                        Err(error) => Either::Right(view! { <Failed error /> }),
                    }
                })
            }}
        </Transition>
    }
    .into_any()
}

/// Something did not come: what happened, and what to do next.
#[component]
pub fn Failed(
    /// What happened.
    error: ConsoleError,
) -> impl IntoView {
    let next = if error.is_signed_out() {
        Some(("/login", "Sign in again"))
    } else if error.code.ends_with("_not_found") || error.code == "table_forbidden" {
        Some(("/catalog", "Open the catalog"))
    } else if error.code == "admin_required" {
        Some(("/dashboard", "Go to home"))
    } else {
        None
    };
    view! {
        <div class="note bad" role="alert">
            <Icon glyph=Glyph::Alert />
            <div>
                <p>{error.detail}</p>
                {error.request_id.map(|id| view! { <p class="muted">"Request " <code>{id}</code></p> })}
                {next.map(|(href, words)| view! { <p><a href=href>{words}</a></p> })}
            </div>
        </div>
    }
    .into_any()
}
