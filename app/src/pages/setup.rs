//! The first admin of an empty instance.

use leptos::{form::ActionForm, prelude::*};
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

use crate::{
    components::{Field, FormError, Note, Submit, Tone, failure},
    done::{self, Done},
    error::ConsoleError,
    frame::FrameResource,
};

/// The form of the first admin.
#[derive(Clone, Serialize, Deserialize)]
pub struct FirstAdmin {
    /// Their address.
    pub email: String,
    /// What to call them.
    #[serde(default)]
    pub name: String,
    /// At least 8 characters.
    pub password: String,
}

impl std::fmt::Debug for FirstAdmin {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("FirstAdmin").finish_non_exhaustive()
    }
}

/// Makes the first account, an admin's. Open only while there is none.
#[server(prefix = "/console", endpoint = "setup/first_admin")]
pub async fn create_first_admin(form: FirstAdmin) -> Result<Done, ConsoleError> {
    let outcome = create(&form).await;
    crate::backend::finish(outcome, &form)
}

#[cfg(feature = "ssr")]
async fn create(form: &FirstAdmin) -> Result<Done, ConsoleError> {
    let context = crate::backend::context()?;
    if form.password.is_empty() {
        return Err(
            crate::backend::fail(400, "invalid_password", "Choose a password to sign in with.").about("password")
        );
    }
    let admin = agnes_contract::auth::Bootstrap {
        email: form.email.clone(),
        name: form.name.clone(),
        password: form.password.clone(),
    };
    context.service.auth_bootstrap(admin, &context.origin).await?;
    Ok(Done::new("", "", "/login?msg=admin_created"))
}

/// The first page of a fresh instance.
#[component]
pub fn Setup() -> impl IntoView {
    let frame = expect_context::<FrameResource>().0;
    let action = ServerAction::<CreateFirstAdmin>::new();
    done::follow(action);
    let error = failure(action);
    view! {
        <Title text="Set up" />
        <main class="alone" id="main">
            <Suspense>
                {move || Suspend::new(async move {
                    let closed = frame.await.is_ok_and(|frame| !frame.needs_setup);
                    closed
                        .then(|| {
                            view! {
                                <Note tone=Tone::Information>
                                    <p>"This instance has its first admin already. "<a href="/login">"Sign in"</a></p>
                                </Note>
                            }
                        })
                })}
            </Suspense>
            <div class="card">
                <h1>"Create the first admin"</h1>
                <p class="muted">"This account decides who may read what. Further people are added afterwards."</p>
                <ActionForm action attr:class="stack">
                    <FormError error fields=&["email", "name", "password"] />
                    <Field label="E-mail" name="form[email]" kind="email" required=true autocomplete="username" maxlength=320 error />
                    <Field label="Name" name="form[name]" autocomplete="name" error />
                    <Field
                        label="Password"
                        name="form[password]"
                        kind="password"
                        required=true
                        autocomplete="new-password"
                        maxlength=1024
                        hint="At least 8 characters."
                        error
                    />
                    <Submit label="Create the account" look="primary wide" pending=action.pending() />
                </ActionForm>
            </div>
        </main>
    }
    .into_any()
}
