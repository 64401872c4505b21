//! A state in one or two words. The word carries the meaning, the colour only repeats it.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::words::Freshness;

/// What a colour means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing in particular.
    #[default]
    Neutral,
    /// As it should be.
    Good,
    /// Worth a look.
    Warning,
    /// Needs somebody.
    Bad,
    /// Good to know.
    Information,
}

impl Tone {
    /// The class of style sheets.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Bad => "bad",
            Self::Information => "information",
        }
    }
}

/// A state in one or two words.
#[component]
pub fn Badge(
    /// What the state means.
    #[prop(optional)]
    tone: Tone,
    /// The words.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! { <span class=format!("badge {}", tone.class())>{label}</span> }
}

/// How far a table can be trusted right now.
#[component]
pub fn FreshnessBadge(
    /// The catalog's word for it.
    #[prop(into)]
    status: String,
    /// Lives in its source.
    remote: bool,
    /// When its source was last asked with success.
    last_sync: Option<DateTime<Utc>>,
    /// When the page was made.
    now: DateTime<Utc>,
) -> impl IntoView {
    let freshness = Freshness::of(&status, remote, last_sync, now);
    let tone = match freshness {
        Freshness::Fresh => Tone::Good,
        Freshness::Stale => Tone::Warning,
        Freshness::Failed => Tone::Bad,
        Freshness::Pending => Tone::Neutral,
        Freshness::Remote => Tone::Information,
    };
    view! { <Badge tone label=freshness.label() /> }
}
