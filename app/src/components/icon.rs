//! Our own icons: 20 by 20, one stroke width, drawn in the colour of the text around.

use leptos::prelude::*;

/// Which icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    /// A house.
    Home,
    /// A table with a head.
    Table,
    /// A laptop.
    Laptop,
    /// A key.
    Key,
    /// A cylinder of data.
    Database,
    /// A shield.
    Shield,
    /// Two people.
    People,
    /// A triangle that warns.
    Alert,
    /// A tick.
    Check,
    /// Two sheets.
    Copy,
    /// A cross.
    Close,
    /// A magnifier.
    Search,
    /// Three lines.
    Menu,
    /// A half-filled sun.
    Theme,
    /// An arrow out of a door.
    Leave,
    /// Two arrows in a circle.
    Sync,
    /// A plus.
    Plus,
    /// An arrow to the right.
    Next,
}

impl Glyph {
    const fn path(self) -> &'static str {
        match self {
            Self::Home => "M3 9.5 10 3.5l7 6M5 8.5V16.5h10V8.5M8.5 16.5v-4.5h3v4.5",
            Self::Table => "M3 4.5h14v11H3zM3 8.5h14M8 8.5v7M3 12h14",
            Self::Laptop => "M4.5 4.5h11v8h-11zM2.5 15.5h15",
            Self::Key => "M7 13.5a3.5 3.5 0 1 1 3.3-4.7H17.5v3h-2v2h-3v-2h-2.2A3.5 3.5 0 0 1 7 13.5zM7 10h.01",
            Self::Database => {
                "M4 5.5c0-1.1 2.7-2 6-2s6 .9 6 2-2.7 2-6 2-6-.9-6-2zM4 5.5v9c0 1.1 2.7 2 6 2s6-.9 6-2v-9M4 10c0 1.1 2.7 2 6 2s6-.9 6-2"
            }
            Self::Shield => "M10 2.5 16 5v4.5c0 3.8-2.5 6.6-6 8-3.5-1.4-6-4.2-6-8V5zM7.5 10l1.8 1.8 3.2-3.4",
            Self::People => {
                "M7.5 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM2.5 16c.3-2.6 2.3-4.2 5-4.2s4.7 1.6 5 4.2M13 9.2a2.2 2.2 0 1 0-.4-4.3M14.5 12.1c1.7.5 2.8 1.9 3 3.9"
            }
            Self::Alert => "M10 3.5 17.5 16.5h-15zM10 8.5v3.5M10 14.3h.01",
            Self::Check => "M4 10.5 8.3 14.5 16 6",
            Self::Copy => "M7.5 7.5h8.5v9H7.5zM12.5 7.5v-4H4v9h3.5",
            Self::Close => "M5 5l10 10M15 5 5 15",
            Self::Search => "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4 4",
            Self::Menu => "M3 5.5h14M3 10h14M3 14.5h14",
            Self::Theme => "M10 16.5a6.5 6.5 0 1 0 0-13zM10 3.5a6.5 6.5 0 0 0 0 13",
            Self::Leave => "M8 3.5H4v13h4M8.5 10h8.5M13.5 6.5 17 10l-3.5 3.5",
            Self::Sync => {
                "M16.5 8A6.7 6.7 0 0 0 4.5 6.5M4.5 3.5v3.2h3.2M3.5 12a6.7 6.7 0 0 0 12 1.5M15.5 16.5v-3.2h-3.2"
            }
            Self::Plus => "M10 4v12M4 10h12",
            Self::Next => "M7.5 4.5 13 10l-5.5 5.5",
        }
    }
}

/// An icon beside words that say the same.
#[component]
pub fn Icon(
    /// Which.
    glyph: Glyph,
) -> impl IntoView {
    view! {
        <svg
            class="icon"
            viewBox="0 0 20 20"
            width="20"
            height="20"
            fill="none"
            stroke="currentColor"
            stroke-width="1.5"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
            focusable="false"
        >
            <path d=glyph.path()></path>
        </svg>
    }
}
