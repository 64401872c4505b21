//! What stands around every page: who one is, where one may go, the way out.

mod sidebar;

use agnes_contract::auth::Me;
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_meta::Title;
use leptos_router::components::Outlet;
use serde::{Deserialize, Serialize};

use self::sidebar::Sidebar;
use crate::{components::Toast, error::ConsoleError, shortcuts::Shortcuts};

/// What the frame shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// What the installation calls itself.
    pub instance_name: String,
    /// The address people reach it at.
    pub base_url: String,
    /// Who has signed in.
    pub me: Option<Me>,
    /// Nobody has an account yet.
    pub needs_setup: bool,
    /// A local demo.
    pub is_demo: bool,
}

/// The frame's content, loaded once for all pages.
#[derive(Clone, Copy)]
pub struct FrameResource(pub Resource<Result<Frame, ConsoleError>>);

/// What stands around every page.
#[server(prefix = "/console", endpoint = "frame", input = GetUrl)]
pub async fn read_frame() -> Result<Frame, ConsoleError> {
    let context = crate::backend::context()?;
    Ok(Frame {
        instance_name: context.site.instance_name.clone(),
        base_url: context.base_url.clone(),
        me: context.actor.as_ref().map(|actor| context.service.me(actor)),
        needs_setup: context.service.needs_setup(),
        is_demo: context.site.is_demo,
    })
}

/// Loads the frame for everything below.
pub(crate) fn provide_frame() -> FrameResource {
    let frame = FrameResource(Resource::new_blocking(|| (), |()| read_frame()));
    provide_context(frame);
    frame
}

/// Ends every title with the name of the installation.
#[component]
pub fn TitleOfInstance() -> impl IntoView {
    let frame = expect_context::<FrameResource>().0;
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                let name = frame.await.map_or_else(|_| "Agnes".to_owned(), |frame| frame.instance_name);
                view! { <Title formatter=move |text: String| format!("{text} — {name}") /> }
            })}
        </Suspense>
    }
    .into_any()
}

/// The layout of pages one works in.
#[component]
pub fn Workbench() -> impl IntoView {
    view! {
        <a class="skip-link" href="#main" rel="external">
            "Skip to content"
        </a>
        <div class="workbench">
            <Sidebar />
            <main id="main" tabindex="-1">
                <Toast />
                <Outlet />
            </main>
        </div>
        <Shortcuts />
    }
    .into_any()
}
