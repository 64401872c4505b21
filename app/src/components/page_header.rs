//! Where one is, what this page answers, and the one thing to do here.

use leptos::prelude::*;
use leptos_meta::Title;

/// The head of a page.
#[component]
pub fn PageHeader(
    /// The name of the page.
    #[prop(into)]
    title: String,
    /// One sentence about it.
    #[prop(optional, into)]
    lead: Option<String>,
    /// The page above: address and name.
    #[prop(optional)]
    above: Option<(&'static str, &'static str)>,
    /// Buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <Title text=title.clone() />
        <header class="page-header">
            <div>
                {above
                    .map(|(href, name)| {
                        view! {
                            <nav class="breadcrumb" aria-label="Breadcrumb">
                                <a href=href>{name}</a>
                                <span aria-hidden="true">"/"</span>
                            </nav>
                        }
                    })}
                <h1>{title}</h1>
                {lead.map(|lead| view! { <p class="lead">{lead}</p> })}
            </div>
            {children.map(|children| view! { <div class="row">{children()}</div> })}
        </header>
    }
    .into_any()
}
