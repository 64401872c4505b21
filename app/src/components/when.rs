//! A time, relative to when the page was made, exact on hover.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::words;

/// `5 minutes ago`.
#[component]
pub fn When(
    /// The time.
    at: DateTime<Utc>,
    /// When the page was made.
    now: DateTime<Utc>,
) -> impl IntoView {
    view! {
        <time datetime=words::machine(at) title=words::exact(at)>
            {words::ago(at, now)}
        </time>
    }
}
