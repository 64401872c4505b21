//! From nothing to the first answer on one's own machine.

use leptos::prelude::*;

use crate::components::CodeBlock;

/// Three commands to begin with.
#[component]
pub fn FirstSteps(
    /// The address of this instance.
    base_url: String,
    /// Somebody who has done it before.
    has_used_cli: bool,
) -> impl IntoView {
    let install = format!("curl -fsSL {base_url}/cli/install.sh | bash");
    let sign_in = format!("da auth login --server {base_url}");
    view! {
        <section class="card" aria-labelledby="first-steps">
            <div class="card-head">
                <h2 id="first-steps">{if has_used_cli { "On your laptop" } else { "First steps" }}</h2>
                <a href="/install">"More"</a>
            </div>
            <ol class="steps">
                <li>
                    <h3>"Install the command line"</h3>
                    <CodeBlock text=install label="install the command line" />
                </li>
                <li>
                    <h3>"Sign in"</h3>
                    <CodeBlock text=sign_in label="sign in" />
                </li>
                <li>
                    <h3>"Bring the data home"</h3>
                    <CodeBlock text="da sync" label="bring the data home" />
                    <p class="hint">"From then on " <code>"da query"</code> " works without a network."</p>
                </li>
            </ol>
        </section>
    }
    .into_any()
}
