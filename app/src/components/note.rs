//! A sentence that stands out.

use leptos::prelude::*;

use super::{Glyph, Icon, Tone};

/// A remark with a meaning. Bad ones are announced at once.
#[component]
pub fn Note(
    /// What it means.
    #[prop(optional)]
    tone: Tone,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let role = if tone == Tone::Bad { "alert" } else { "note" };
    let glyph = if tone == Tone::Good { Glyph::Check } else { Glyph::Alert };
    view! {
        <div class=format!("note {}", tone.class()) role=role>
            <Icon glyph />
            <div>{children()}</div>
        </div>
    }
}
