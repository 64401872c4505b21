//! Set up: the command line on one's own machine, step by step, ready to copy.

use leptos::prelude::*;

use crate::{
    components::{CodeBlock, Loaded, PageHeader},
    frame::{Frame, FrameResource},
};

/// The set-up page; open to everybody.
#[component]
pub fn Install() -> impl IntoView {
    let frame = expect_context::<FrameResource>().0;
    view! { <Loaded from=frame show=|frame| view! { <Shown frame /> } /> }
}

#[component]
fn Shown(frame: Frame) -> impl IntoView {
    let Frame { base_url, me, .. } = frame;
    let host = base_url.split_once("://").map_or(base_url.as_str(), |(_, host)| host).to_owned();
    let install = format!("curl -fsSL {base_url}/cli/install.sh | bash");
    let sign_in = match &me {
        Some(me) => format!("da auth login --server {base_url} --email {}", shell_word(&me.email)),
        None => format!("da auth login --server {base_url}"),
    };
    let headless = format!("export DA_SERVER={base_url}\nexport DA_TOKEN=<your token>\nda sync");
    view! {
        <PageHeader
            title="Set up"
            lead=format!("The command line da brings the tables of {host} to your machine and asks them there.")
        />
        <div class="columns">
            <section class="card" aria-labelledby="steps">
                <h2 id="steps">"On your laptop"</h2>
                <ol class="steps">
                    <li>
                        <h3>"Install the command line"</h3>
                        <CodeBlock text=install label="install the command line" />
                        <p class="hint">
                            "Goes to " <code>"~/.local/bin"</code> ", for Linux and macOS. "
                            <a href="/cli/install.sh" rel="external">
                                "Read the script first"
                            </a>
                        </p>
                    </li>
                    <li>
                        <h3>"Sign in"</h3>
                        <CodeBlock text=sign_in label="sign in" />
                    </li>
                    <li>
                        <h3>"Check who you are"</h3>
                        <CodeBlock text="da auth whoami" label="check who you are" />
                    </li>
                    <li>
                        <h3>"Bring the data home"</h3>
                        <CodeBlock text="da sync" label="bring the data home" />
                        <p class="hint">"Run it again whenever you like: only what changed is transferred."</p>
                    </li>
                    <li>
                        <h3>"Ask"</h3>
                        <CodeBlock text="da catalog" label="list the tables" />
                        <CodeBlock text="da query \"SELECT 42 AS answer\"" label="ask a question" />
                    </li>
                </ol>
            </section>
            <div class="stack">
                <section class="card" aria-labelledby="headless">
                    <h2 id="headless">"On a machine nobody sits at"</h2>
                    {if me.is_some() {
                        view! { <p>"Make a token on " <a href="/tokens">"My tokens"</a> ", then:" </p> }.into_any()
                    } else {
                        view! { <p><a href="/login?next=%2Finstall">"Sign in"</a> " to make a token, then:"</p> }.into_any()
                    }}
                    <CodeBlock text=headless label="sign in with a token" />
                </section>
                <section class="card" aria-labelledby="by-hand">
                    <h2 id="by-hand">"Without the script"</h2>
                    <p>
                        "Download the "
                        <a href="/cli/download" rel="external">
                            "package"
                        </a>
                        " and install it with " <code>"uv tool install"</code> " or " <code>"pip"</code> "."
                    </p>
                </section>
            </div>
        </div>
    }
    .into_any()
}

/// A word a shell takes as it is.
fn shell_word(text: &str) -> String {
    let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "@%+=:,./-_".contains(c));
    if plain { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::shell_word;

    #[test]
    fn an_address_cannot_run_anything() {
        assert_eq!(shell_word("ada@example.com"), "ada@example.com");
        assert_eq!(shell_word("a$(rm)'@x"), r"'a$(rm)'\''@x'");
    }
}
