//! Personal access tokens.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{lenient, time};

/// A token as it is listed: never its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Token {
    /// Opaque.
    pub id: String,
    /// What its owner called it.
    pub name: String,
    /// The first 8 characters of the id.
    pub prefix: String,
    /// When it was made.
    #[serde(with = "time::spaced")]
    pub created_at: DateTime<Utc>,
    /// Null: never expires.
    #[serde(with = "time::spaced_option")]
    pub expires_at: Option<DateTime<Utc>>,
    /// Null: never used. Written at most once a minute.
    #[serde(with = "time::spaced_option")]
    pub last_used_at: Option<DateTime<Utc>>,
    /// Null: works.
    #[serde(with = "time::spaced_option")]
    pub revoked_at: Option<DateTime<Utc>>,
    /// What it may do, space separated; null: all its owner may.
    #[serde(default)]
    pub scopes: Option<String>,
}

/// A token to make.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewToken {
    /// Trimmed; 1 to 200 characters.
    pub name: String,
    /// 1 to 3650; null: never expires; absent: 90.
    #[serde(default = "ninety", deserialize_with = "lenient::int_option")]
    pub expires_in_days: Option<i64>,
    /// Some of `sync query marketplace admin`, space separated; absent: all its owner may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<String>,
}

#[expect(clippy::unnecessary_wraps, reason = "the default of an optional field")]
fn ninety() -> Option<i64> {
    Some(90)
}

/// A fresh token: the only time its secret is shown.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedToken {
    /// Opaque.
    pub id: String,
    /// What its owner called it.
    pub name: String,
    /// The first 8 characters of the id.
    pub prefix: String,
    /// The secret.
    pub token: String,
    /// Null: never expires.
    #[serde(with = "time::offset_option")]
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was made.
    #[serde(with = "time::offset")]
    pub created_at: DateTime<Utc>,
}

impl std::fmt::Debug for CreatedToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("CreatedToken").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What a token may be limited to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Manifest, data, objects, catalog, metrics, uploads.
    Sync,
    /// Query, and the v2 schema, sample and scan.
    Query,
    /// The three plugin channels and their info.
    Marketplace,
    /// Everything else an admin may do.
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: &'static [Scope] = &[Scope::Sync, Scope::Query, Scope::Marketplace, Scope::Admin];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Query => "query",
            Self::Marketplace => "marketplace",
            Self::Admin => "admin",
        }
    }

    /// The scope of a name on the wire.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|scope| scope.as_str() == name)
    }
}
