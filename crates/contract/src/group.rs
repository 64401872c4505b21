//! Groups and who is in them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::time;

/// A set of people rights are given to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Group {
    /// Opaque.
    pub id: String,
    /// Unique.
    pub name: String,
    /// What the group is for.
    pub description: Option<String>,
    /// `Admin` or `Everyone`: cannot be renamed or removed.
    pub is_system: bool,
    /// `system`, `google_sync` or `admin`.
    pub origin: String,
    /// When it was made.
    #[serde(with = "time::spaced_option")]
    pub created_at: Option<DateTime<Utc>>,
    /// An admin's address, or `system:…`.
    pub created_by: Option<String>,
    /// Explicit members.
    pub member_count: u64,
    /// Grants it holds.
    pub grant_count: u64,
}

/// A new group.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewGroup {
    /// Trimmed; not blank; unique.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
}

/// Changes to a group; absent and null leave as is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupChanges {
    /// System groups cannot be renamed.
    #[serde(default)]
    pub name: Option<String>,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
}

/// A person in a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    /// The user's id.
    pub user_id: String,
    /// The user's address.
    pub email: String,
    /// What to call them.
    pub name: Option<String>,
    /// Whether the account works.
    pub active: bool,
    /// `admin`, `google_sync`, `system_seed` or `cli_break_glass`.
    pub source: String,
    /// Since when.
    #[serde(with = "time::spaced_option")]
    pub added_at: Option<DateTime<Utc>>,
    /// By whom.
    pub added_by: Option<String>,
}

/// A person to add to a group.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewMember {
    /// The user's address.
    pub email: String,
}

/// A group a person is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Membership {
    /// The group's id.
    pub group_id: String,
    /// The group's name.
    pub group_name: String,
    /// `Admin` or `Everyone`.
    pub is_system: bool,
    /// As in [`Member`].
    pub source: String,
    /// Since when.
    #[serde(with = "time::spaced_option")]
    pub added_at: Option<DateTime<Utc>>,
    /// By whom.
    pub added_by: Option<String>,
}

/// A group to put a person into.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewMembership {
    /// The group's id.
    pub group_id: String,
}
