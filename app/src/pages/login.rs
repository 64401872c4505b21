//! Signing in.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    components::{Note, Tone},
    frame::FrameResource,
    query,
};

/// The sign-in page: a plain form, so that it works in every browser and state.
#[component]
pub fn Login() -> impl IntoView {
    let frame = expect_context::<FrameResource>().0;
    let query = use_query_map();
    let next = move || safe_next(&query.with(|query| query::value(query, "next"))).unwrap_or_default().to_owned();
    let message = move || query.with(|query| ["error", "err", "msg"].iter().find_map(|key| message(&query.get(key)?)));
    view! {
        <Title text="Sign in" />
        <main class="alone" id="main">
            <Suspense>
                {move || Suspend::new(async move {
                    let frame = frame.await.ok();
                    let needs_setup = frame.as_ref().is_some_and(|frame| frame.needs_setup);
                    view! {
                        <p class="alone-name">
                            <span class="brand-mark" aria-hidden="true"></span>
                            {frame.map(|frame| frame.instance_name)}
                        </p>
                        {needs_setup
                            .then(|| {
                                view! {
                                    <Note tone=Tone::Information>
                                        <p>"Nobody has an account here yet. "<a href="/setup">"Create the first admin"</a></p>
                                    </Note>
                                }
                            })}
                    }
                })}
            </Suspense>
            <div class="card">
                <h1>"Sign in"</h1>
                {move || message().map(|(tone, text)| view! { <Note tone><p>{text}</p></Note> })}
                <form method="post" action="/auth/password/login/web" class="stack">
                    <input type="hidden" name="next" value=next />
                    <div class="field">
                        <label for="email">"E-mail"</label>
                        <input id="email" name="email" type="email" autocomplete="username" required maxlength="320" />
                    </div>
                    <div class="field">
                        <label for="password">"Password"</label>
                        <input
                            id="password"
                            name="password"
                            type="password"
                            autocomplete="current-password"
                            required
                            maxlength="1024"
                        />
                    </div>
                    <button type="submit" class="button primary wide">
                        "Sign in"
                    </button>
                </form>
            </div>
            <p class="muted alone-foot">
                "No password yet? An admin of this instance can give you one. "
                <a href="/install">"Set up the command line"</a>
            </p>
        </main>
    }
    .into_any()
}

/// What to say about a code in the address. Unknown codes say nothing.
fn message(code: &str) -> Option<(Tone, &'static str)> {
    Some(match code {
        "invalid" => (Tone::Bad, "That e-mail and password do not belong together."),
        "deactivated" => (Tone::Bad, "This account is deactivated. Ask an admin to switch it on again."),
        "auth_internal" => (Tone::Bad, "Signing in failed on our side. Nothing you did; try again in a moment."),
        "rate_limited" => (Tone::Bad, "Too many attempts. Wait a minute, then try again."),
        "link" | "invalid_link" => (Tone::Bad, "This sign-in link is used up or too old. Ask for a new one."),
        "cross_site" => (Tone::Bad, "The form came from another site. Nothing was changed; sign in here."),
        "google_not_configured" | "no_email" | "domain_not_allowed" | "oauth_failed" => {
            (Tone::Bad, "Signing in there did not work. Use your e-mail and password.")
        }
        "signed_out" => (Tone::Good, "You are signed out."),
        "admin_created" => (Tone::Good, "Your account is ready. Sign in with it."),
        "password_reset" => (Tone::Good, "Your new password is set."),
        _ => return None,
    })
}

/// A path on this instance to go on to; anything else is dropped.
fn safe_next(next: &str) -> Option<&str> {
    let mut rest = next.chars();
    let starts = rest.next() == Some('/') && !matches!(rest.next(), Some('/' | '\\'));
    (starts && !next.contains(|c: char| c.is_control() || c == '\\')).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_on_this_instance_are_gone_on_to() {
        for next in ["//evil.example/", "/\\evil.example", "http://evil.example", "dashboard", "/a\nb", ""] {
            assert_eq!(safe_next(next), None, "{next:?}");
        }
        assert_eq!(safe_next("/foo?bar=baz"), Some("/foo?bar=baz"));
    }

    #[test]
    fn unknown_codes_say_nothing() {
        assert!(message("<script>").is_none());
        assert!(message("invalid").is_some());
    }
}
