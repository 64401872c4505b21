//! What is done to accounts, and the forms it is asked with.

use agnes_contract::user::User;
use leptos::{form::ActionForm, prelude::*};
use serde::{Deserialize, Serialize};

use crate::{
    components::{Choice, Dialog, Field, FormError, Submit, failure, failure_about},
    done::Done,
    error::ConsoleError,
};

/// A person to add.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PersonForm {
    /// Their address.
    pub email: String,
    /// What to call them.
    #[serde(default)]
    pub name: String,
    /// `analyst` or `admin`.
    #[serde(default)]
    pub role: String,
}

/// An account to switch on or off.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ActiveForm {
    /// The account.
    pub id: String,
    /// Its address, for the sentence afterwards.
    #[serde(default)]
    pub email: String,
    /// `true` switches it on.
    pub active: String,
}

/// A password to set for somebody.
#[derive(Clone, Serialize, Deserialize)]
pub struct PasswordForm {
    /// The account.
    pub id: String,
    /// Its address, for the sentence afterwards.
    #[serde(default)]
    pub email: String,
    /// The password.
    pub password: String,
}

impl std::fmt::Debug for PasswordForm {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("PasswordForm").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Makes an account; its first password is asked for next.
#[server(prefix = "/console", endpoint = "users/create")]
pub async fn create_user(form: PersonForm) -> Result<Done, ConsoleError> {
    let outcome = async {
        let (service, actor) = crate::backend::enter()?;
        let email = form.email.trim().to_owned();
        let name = if form.name.trim().is_empty() {
            email.split('@').next().unwrap_or_default().to_owned()
        } else {
            form.name.trim().to_owned()
        };
        let role = if form.role == "admin" { "admin" } else { "analyst" }.to_owned();
        let new = agnes_contract::user::NewUser { email, name, role, send_invite: false };
        let user = service.user_create(&actor, new).await?;
        let to = crate::query::address(super::PATH, &[("password", &user.id)]);
        Ok(Done::new("user_created", user.email, to))
    };
    crate::backend::finish(outcome.await, &form)
}

/// Switches an account on or off.
#[server(prefix = "/console", endpoint = "users/set_active")]
pub async fn set_active(form: ActiveForm) -> Result<Done, ConsoleError> {
    let outcome = async {
        let (service, actor) = crate::backend::enter()?;
        let active = form.active == "true";
        let changes = agnes_contract::user::UserChanges { active: Some(active), ..Default::default() };
        let user = service.user_update(&actor, &form.id, changes).await?;
        let code = if active { "user_activated" } else { "user_deactivated" };
        Ok(Done::new(code, user.email, super::PATH))
    };
    crate::backend::finish(outcome.await, &form)
}

/// Sets somebody's password.
#[server(prefix = "/console", endpoint = "users/set_password")]
pub async fn set_password(form: PasswordForm) -> Result<Done, ConsoleError> {
    let outcome = async {
        let (service, actor) = crate::backend::enter()?;
        let password = agnes_contract::user::NewPassword { password: form.password.clone() };
        service.user_set_password(&actor, &form.id, password).await?;
        Ok(Done::new("password_set", form.email.clone(), super::PATH))
    };
    crate::backend::finish(outcome.await, &form)
}

/// Asks for a new person.
#[component]
pub fn NewPersonDialog(action: ServerAction<CreateUser>, back: String) -> impl IntoView {
    let error = failure(action);
    let roles = vec![
        ("analyst", "Analyst", "Reads what their groups were granted."),
        ("admin", "Admin", "Reads every table, decides who else may, and manages this instance."),
    ];
    view! {
        <Dialog id="new-person" title="Add a person" back>
            <ActionForm action attr:class="stack">
                <FormError error fields=&["email", "name", "role"] />
                <Field label="E-mail" name="form[email]" kind="email" required=true maxlength=320 error />
                <Field label="Name" name="form[name]" error hint="Empty takes the part before the @." />
                <Choice legend="Role" name="form[role]" options=roles value="analyst".to_owned() error />
                <Submit label="Add" pending=action.pending() />
                <p class="hint">"Next you set their first password."</p>
            </ActionForm>
        </Dialog>
    }
    .into_any()
}

/// Asks for somebody's new password.
#[component]
pub fn PasswordDialog(user: User, action: ServerAction<SetPassword>, back: String) -> impl IntoView {
    let error = failure_about(action, user.id.clone());
    view! {
        <Dialog id="password" title=format!("Password for {}", user.email) back>
            <ActionForm action attr:class="stack">
                <FormError error fields=&["password"] />
                <input type="hidden" name="form[id]" value=user.id />
                <input type="hidden" name="form[email]" value=user.email />
                <Field
                    label="New password"
                    name="form[password]"
                    kind="password"
                    required=true
                    autocomplete="new-password"
                    maxlength=1024
                    hint="At least 8 characters. Tell them in a safe way; it is shown nowhere."
                    error
                />
                <Submit label="Set the password" pending=action.pending() />
            </ActionForm>
        </Dialog>
    }
    .into_any()
}
