//! What every form needs besides fields: the error of the whole, and its button.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{Glyph, Icon};
use crate::error::ConsoleError;

/// What a form's last attempt failed with.
#[must_use]
pub fn failure<S>(action: ServerAction<S>) -> Signal<Option<ConsoleError>>
where
    S: ServerFn<Error = ConsoleError> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    let value = action.value();
    Signal::derive(move || value.with(|value| value.as_ref().and_then(|value| value.as_ref().err().cloned())))
}

/// The same for a form that many things share: only when the attempt was about this one, by the
/// `id` in the form.
#[must_use]
pub fn failure_about<S>(action: ServerAction<S>, id: String) -> Signal<Option<ConsoleError>>
where
    S: ServerFn<Error = ConsoleError> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    let failure = failure(action);
    Signal::derive(move || failure.get().filter(|error| error.kept("id") == Some(id.as_str())))
}

/// The error of a form that is about none of its fields.
#[component]
pub fn FormError(
    /// What the form failed with.
    error: Signal<Option<ConsoleError>>,
    /// The fields that show their own errors.
    #[prop(default = &[])]
    fields: &'static [&'static str],
) -> impl IntoView {
    let shown = move || error.get().filter(|error| error.field.as_deref().is_none_or(|field| !fields.contains(&field)));
    move || {
        shown().map(|error| {
            view! {
                <div class="note bad" role="alert">
                    <Icon glyph=Glyph::Alert />
                    <div>
                        <p>{error.detail}</p>
                        {error.request_id.map(|id| view! { <p class="muted">"Request " <code>{id}</code></p> })}
                    </div>
                </div>
            }
        })
    }
}

/// A form's button: says that it works while it does.
#[component]
pub fn Submit(
    /// What it does.
    #[prop(into)]
    label: String,
    /// Whether the form is on its way.
    #[prop(optional, into)]
    pending: Signal<bool>,
    /// How it looks: `primary`, `danger`, `small`.
    #[prop(default = "primary")]
    look: &'static str,
    /// For those who cannot see where it stands.
    #[prop(optional, into)]
    name: Option<String>,
) -> impl IntoView {
    view! {
        <button
            type="submit"
            class=format!("button {look}")
            aria-label=name
            disabled=move || pending.get()
            aria-busy=move || pending.get().then_some("true")
        >
            {label}
        </button>
    }
    .into_any()
}
