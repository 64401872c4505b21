//! Signing in, and being told who one is.

use serde::{Deserialize, Serialize};

/// Credentials of `POST /auth/token` and `POST /auth/password/login`.
#[derive(Clone, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Credentials {
    /// The address as registered; compared byte for byte.
    pub email: String,
    /// Absent means empty.
    #[serde(default)]
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Credentials").finish_non_exhaustive()
    }
}

/// The first admin of an empty instance.
#[derive(Clone, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bootstrap {
    /// The address of the first admin.
    pub email: String,
    /// What to call them; the part before `@` when empty.
    #[serde(default)]
    pub name: String,
    /// At least 8 bytes, or empty for none.
    #[serde(default)]
    pub password: String,
}

impl std::fmt::Debug for Bootstrap {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Bootstrap").finish_non_exhaustive()
    }
}

/// A session token for the command line.
#[derive(Clone, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    /// A JWT valid for 24 hours.
    pub access_token: String,
    /// Always `bearer`.
    pub token_type: String,
    /// The user's id.
    #[serde(default)]
    pub user_id: String,
    /// The user's address.
    pub email: String,
    /// `admin`, the legacy label, or `user`; never empty.
    pub role: String,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SignedIn").field("email", &self.email).finish_non_exhaustive()
    }
}

/// The signed-in person, as the console's frame shows them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// The user's id.
    pub id: String,
    /// The user's address.
    pub email: String,
    /// What to call them; the address when they have no name.
    pub name: String,
    /// Member of the group Admin.
    pub is_admin: bool,
}
