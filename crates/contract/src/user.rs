//! People.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{lenient, time};

/// A group a user is in, inside [`User`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserGroup {
    /// The group's id.
    pub id: String,
    /// The group's name.
    pub name: String,
    /// One of the two groups the system needs.
    pub is_system: bool,
}

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    /// Opaque.
    pub id: String,
    /// Unique; compared byte for byte.
    pub email: String,
    /// What to call them.
    pub name: Option<String>,
    /// `admin` or `user`, from membership alone.
    pub role: String,
    /// Member of the group Admin.
    pub is_admin: bool,
    /// Explicit memberships, system groups first, then by name.
    pub groups: Vec<UserGroup>,
    /// False: every credential is refused.
    pub active: bool,
    /// When the account was made.
    #[serde(with = "time::spaced_option")]
    pub created_at: Option<DateTime<Utc>>,
    /// When it was switched off.
    #[serde(with = "time::spaced_option")]
    pub deactivated_at: Option<DateTime<Utc>>,
    /// Only filled by creation with an invite.
    pub invite_url: Option<String>,
    /// Only filled by creation with an invite.
    pub invite_email_sent: Option<bool>,
}

/// A new account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewUser {
    /// Trimmed; must look like an address; unique regardless of case.
    pub email: String,
    /// What to call them.
    pub name: String,
    /// `admin` (any case) makes them an admin; otherwise a label without effect.
    #[serde(default = "analyst")]
    pub role: String,
    /// Make an invitation link.
    #[serde(default, deserialize_with = "lenient::bool")]
    pub send_invite: bool,
}

fn analyst() -> String {
    "analyst".to_owned()
}

/// Changes to an account; absent and null leave as is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserChanges {
    /// What to call them.
    #[serde(default)]
    pub name: Option<String>,
    /// `admin` makes an admin, anything else unmakes one.
    #[serde(default)]
    pub role: Option<String>,
    /// False switches the account off, true on.
    #[serde(default, deserialize_with = "lenient::bool_option")]
    pub active: Option<bool>,
}

/// A password an admin sets for somebody.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewPassword {
    /// 8 to 1024 bytes.
    pub password: String,
}

impl std::fmt::Debug for NewPassword {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("NewPassword").finish_non_exhaustive()
    }
}
