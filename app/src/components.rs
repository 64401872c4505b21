//! The pieces pages are made of. They show what they are given and fetch nothing.

mod badge;
mod chips;
mod code_block;
mod dialog;
mod empty_state;
mod field;
mod form;
mod icon;
mod loaded;
mod menu;
mod note;
mod number;
mod page_header;
mod pager;
mod progress;
mod search;
mod tabs;
mod toast;
mod when;

pub use self::{
    badge::{Badge, FreshnessBadge, Tone},
    chips::{Chip, Chips},
    code_block::CodeBlock,
    dialog::Dialog,
    empty_state::EmptyState,
    field::{Choice, Field, TextArea},
    form::{FormError, Submit, failure, failure_about},
    icon::{Glyph, Icon},
    loaded::{Failed, Loaded},
    menu::Menu,
    note::Note,
    number::{Bytes, Count},
    page_header::PageHeader,
    pager::Pager,
    progress::{JobProgress, Run},
    search::Search,
    tabs::{Tab, Tabs},
    toast::Toast,
    when::When,
};
