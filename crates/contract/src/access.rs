//! Grants: which group may use which resource.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::time;

/// A kind of thing grants are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResourceType {
    /// A plugin of a marketplace, `<marketplace slug>/<plugin name>`.
    MarketplacePlugin,
    /// A table, by its registry id.
    Table,
}

impl ResourceType {
    /// Every type, in the order they are listed.
    pub const ALL: &'static [ResourceType] = &[ResourceType::MarketplacePlugin, ResourceType::Table];

    /// The name on the wire and in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::MarketplacePlugin => "marketplace_plugin",
            Self::Table => "table",
        }
    }

    /// The type of a name on the wire.
    #[must_use]
    pub fn find(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.key() == key)
    }

    /// How the type is listed to people and clients.
    #[must_use]
    pub fn describe(self) -> ResourceTypeInfo {
        let (display_name, description, id_format) = match self {
            Self::MarketplacePlugin => (
                "Marketplace plugins",
                "Claude Code plugins the members may install.",
                "<marketplace_slug>/<plugin_name>",
            ),
            Self::Table => ("Tables", "Tables the members may read, sync and query.", "<table_id>"),
        };
        ResourceTypeInfo {
            key: self.key().to_owned(),
            display_name: display_name.to_owned(),
            description: description.to_owned(),
            id_format: id_format.to_owned(),
        }
    }
}

/// One entry of `GET /api/admin/resource-types`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResourceTypeInfo {
    /// The name on the wire.
    pub key: String,
    /// For people.
    pub display_name: String,
    /// What a grant of this type allows.
    pub description: String,
    /// What a resource id looks like.
    pub id_format: String,
}

/// A right a group holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Grant {
    /// Opaque.
    pub id: String,
    /// The group's id.
    pub group_id: String,
    /// The group's name.
    pub group_name: String,
    /// A [`ResourceType`] key.
    pub resource_type: String,
    /// Which resource.
    pub resource_id: String,
    /// Since when.
    #[serde(with = "time::spaced_option")]
    pub assigned_at: Option<DateTime<Utc>>,
    /// By whom.
    pub assigned_by: Option<String>,
}

/// A right to give.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewGrant {
    /// To which group.
    pub group_id: String,
    /// A [`ResourceType`] key.
    pub resource_type: String,
    /// Trimmed; the resource may come into being later.
    pub resource_id: String,
}

/// A group that makes a resource available, inside [`AccessItem`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ViaGroup {
    /// The group's id.
    pub group_id: String,
    /// The group's name.
    pub group_name: String,
}

/// A resource somebody may use through grants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessItem {
    /// A [`ResourceType`] key.
    pub resource_type: String,
    /// Which resource.
    pub resource_id: String,
    /// Through which groups, by name.
    pub via_groups: Vec<ViaGroup>,
}

/// What somebody may use through grants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EffectiveAccess {
    /// Admins may use everything; their list is empty.
    pub is_admin: bool,
    /// By type, then id.
    pub items: Vec<AccessItem>,
}

/// Why somebody may read a table, for admins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TableReaders {
    /// Every signed-in person may.
    pub is_public: bool,
    /// Groups with a grant, by name.
    pub groups: Vec<TableReaderGroup>,
    /// Addresses of people with a permission of their own, by address.
    pub people: Vec<String>,
    /// How many active people may read it, admins included.
    pub reader_count: u64,
}

/// A group inside [`TableReaders`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TableReaderGroup {
    /// The group's id.
    pub group_id: String,
    /// The group's name.
    pub group_name: String,
    /// Members that gain access through it.
    pub member_count: u64,
    /// The grant, for revoking it.
    pub grant_id: String,
}

/// Counts and rights for the access page and `GET /api/admin/access-overview`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessOverview {
    /// Every group, by name.
    pub groups: Vec<OverviewGroup>,
    /// Every grant, of disabled types too.
    pub grants: Vec<OverviewGrant>,
    /// What can be granted, by enabled type.
    pub resources: Vec<OverviewResources>,
}

/// A group inside [`AccessOverview`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OverviewGroup {
    /// The group's id.
    pub id: String,
    /// The group's name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// `Admin` or `Everyone`.
    pub is_system: bool,
    /// Explicit members.
    pub member_count: u64,
    /// Grants it holds.
    pub grant_count: u64,
}

/// A grant inside [`AccessOverview`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OverviewGrant {
    /// The grant's id.
    pub id: String,
    /// The group's id.
    pub group_id: String,
    /// A [`ResourceType`] key.
    pub resource_type: String,
    /// Which resource.
    pub resource_id: String,
}

/// The resources of one type inside [`AccessOverview`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OverviewResources {
    /// A [`ResourceType`] key.
    pub type_key: String,
    /// For people.
    pub type_display: String,
    /// Buckets of tables, marketplaces of plugins.
    pub blocks: Vec<OverviewBlock>,
}

/// Resources that belong together inside [`AccessOverview`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OverviewBlock {
    /// The bucket, or `(no bucket)`.
    pub id: String,
    /// The same for people.
    pub name: String,
    /// By name.
    pub items: Vec<OverviewItem>,
}

/// One grantable resource inside [`AccessOverview`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OverviewItem {
    /// Which resource.
    pub resource_id: String,
    /// For people.
    pub name: String,
    /// The query mode of a table.
    pub category: Option<String>,
    /// Where it comes from.
    pub source_type: Option<String>,
    /// What it is.
    pub description: Option<String>,
}
