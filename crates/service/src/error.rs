//! Why a use case did not happen, in the words clients know.

use agnes_contract::error::Code;
use agnes_contract::token::Scope;

/// One variant per cause. The texts are interface: clients print them and match on them.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No credentials.
    #[error("Missing or invalid Authorization header")]
    Unauthenticated,
    /// Not one of our tokens, or past its time.
    #[error("Invalid or expired token")]
    InvalidToken,
    /// The token's owner is gone.
    #[error("User not found")]
    UnknownUser,
    /// The account is switched off.
    #[error("Account deactivated")]
    AccountDeactivated,
    /// A personal access token we never made.
    #[error("Token unknown")]
    TokenUnknown,
    /// A personal access token that was revoked.
    #[error("Token revoked")]
    TokenRevoked,
    /// A personal access token past its expiry.
    #[error("Token expired")]
    TokenExpired,
    /// The claims of a token, signed anew.
    #[error("Token mismatch")]
    TokenMismatch,
    /// Unknown address or wrong password: one text for both.
    #[error("Invalid email or password")]
    WrongPassword,
    /// An empty password where one is needed.
    #[error("Password required")]
    PasswordRequired,
    /// The account has no password.
    #[error("This account uses external authentication. Sign in through the web console.")]
    ExternalAuthentication,
    /// A sign-in link that is unknown, used or expired.
    #[error("Invalid or expired link")]
    InvalidLink,

    /// Only admins may.
    #[error("Admin access required")]
    AdminRequired,
    /// Not with a personal access token.
    #[error("This endpoint requires an interactive session, not a PAT")]
    SessionRequired,
    /// The token is limited to other things.
    #[error("This token lacks the scope '{}'", .0.as_str())]
    ScopeRequired(Scope),
    /// The door for the first admin is shut.
    #[error("Bootstrap is disabled: a user with a password already exists, or somebody has signed in before")]
    BootstrapClosed,
    /// Download or query of a table the caller may not read; the text differs by endpoint.
    #[error("{0}")]
    TableForbidden(String),

    /// A text field that must not be blank is.
    #[error("{0} is required")]
    Blank(&'static str),
    /// A name that cannot be one.
    #[error("{0}")]
    InvalidName(String),
    /// Not an address.
    #[error("'{0}' is not an e-mail address")]
    InvalidEmail(String),
    /// Too short.
    #[error("Password must be at least 8 characters")]
    PasswordTooShort,
    /// Too long to be hashed in good time.
    #[error("Password must be at most 1024 bytes")]
    PasswordTooLong,
    /// A life time that is none, or too long.
    #[error("{0}")]
    InvalidExpiry(&'static str),
    /// A scope that does not exist.
    #[error("Unknown scope '{0}'. Known: sync, query, marketplace, admin")]
    InvalidScope(String),
    /// A role outside the known labels.
    #[error("Unknown role '{0}'. Known: viewer, analyst, km_admin, admin, user")]
    InvalidRole(String),
    /// A resource type nobody knows.
    #[error("Unknown resource type '{0}'. Known: marketplace_plugin, table")]
    UnknownResourceType(String),
    /// Table grants are switched off.
    #[error("Grants of type '{0}' are disabled; set AGNES_ENABLE_TABLE_GRANTS=1 to enable them")]
    ResourceTypeDisabled(String),
    /// A field with a value outside its domain; becomes a 422 list.
    #[error("{message}")]
    Invalid {
        /// The field of the body.
        field: &'static str,
        /// A sentence.
        message: String,
    },

    /// A table with this id or name is registered already.
    #[error("Table '{0}' already registered")]
    TableExists(String),
    /// No such table.
    #[error("{0}")]
    TableNotFound(String),
    /// No part with this digest that the caller may read.
    #[error("Object not found")]
    ObjectNotFound,
    /// No such user.
    #[error("User not found")]
    UserNotFound,
    /// No user with this address.
    #[error("User '{0}' not found")]
    AddressNotFound(String),
    /// The address is taken, perhaps in other case.
    #[error("User with this email already exists")]
    UserExists,
    /// No such group.
    #[error("Group not found")]
    GroupNotFound,
    /// The name is taken.
    #[error("Group '{0}' already exists")]
    GroupExists(String),
    /// `Admin` and `Everyone` keep their names.
    #[error("System groups cannot be renamed")]
    SystemGroupRename,
    /// `Admin` and `Everyone` stay.
    #[error("Cannot delete a system group")]
    SystemGroupRemove,
    /// In the group already, by the group's route.
    #[error("User already a member")]
    AlreadyMember,
    /// In the group already, by the user's route.
    #[error("Already a member")]
    AlreadyInGroup,
    /// Not a member through an admin.
    #[error("No admin-managed membership for this user in this group")]
    MembershipNotFound,
    /// No such grant.
    #[error("Grant not found")]
    GrantNotFound,
    /// The group holds it already.
    #[error("Grant already exists for this group and resource")]
    GrantExists,
    /// No such token of the caller's.
    #[error("Token not found")]
    TokenNotFound,
    /// No such job.
    #[error("Job not found")]
    JobNotFound,
    /// Not to oneself.
    #[error("Cannot {0} yourself")]
    NotYourself(&'static str),
    /// Nobody would be left who can administer.
    #[error("Cannot {0} the last active admin")]
    LastAdmin(&'static str),
    /// The same by leaving the group.
    #[error("Cannot remove the last admin from the group Admin")]
    LastAdminLeaves,

    /// The statement is not one SELECT, or uses what queries may not.
    #[error("{0}")]
    QueryNotAllowed(String),
    /// The engine refused or failed the statement.
    #[error("Query error: {0}")]
    QueryFailed(String),
    /// Past the deadline.
    #[error("Query error: timeout")]
    QueryTimeout,
    /// More memory or bytes than allowed.
    #[error("Query error: {0}")]
    QueryTooLarge(String),
    /// All workers are busy.
    #[error("All query workers are busy, try again in a moment")]
    Busy,
    /// The server is stopping.
    #[error("The server is stopping")]
    Stopping,
    /// No room for the file.
    #[error("The disk has no room for this file")]
    DiskFull,

    /// Something broke on our side: what we were doing, and why it failed.
    #[error("{doing}")]
    Internal {
        /// What we were doing.
        doing: &'static str,
        /// Why it failed.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Error {
    /// The stable code of the cause.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Unauthenticated => Code::Unauthenticated,
            Self::InvalidToken | Self::TokenUnknown | Self::TokenMismatch => Code::InvalidToken,
            Self::UnknownUser => Code::UnknownUser,
            Self::AccountDeactivated => Code::AccountDeactivated,
            Self::TokenRevoked => Code::TokenRevoked,
            Self::TokenExpired => Code::TokenExpired,
            Self::WrongPassword | Self::PasswordRequired => Code::WrongPassword,
            Self::ExternalAuthentication => Code::ExternalAuthentication,
            Self::InvalidLink => Code::InvalidLink,
            Self::AdminRequired => Code::AdminRequired,
            Self::SessionRequired => Code::SessionRequired,
            Self::ScopeRequired(_) => Code::ScopeRequired,
            Self::BootstrapClosed => Code::BootstrapClosed,
            Self::TableForbidden(_) => Code::TableForbidden,
            Self::Blank(_) => Code::Blank,
            Self::InvalidName(_) | Self::InvalidRole(_) => Code::InvalidName,
            Self::InvalidEmail(_) => Code::InvalidEmail,
            Self::PasswordTooShort | Self::PasswordTooLong => Code::InvalidPassword,
            Self::InvalidExpiry(_) => Code::InvalidExpiry,
            Self::InvalidScope(_) => Code::InvalidScope,
            Self::UnknownResourceType(_) => Code::UnknownResourceType,
            Self::ResourceTypeDisabled(_) => Code::ResourceTypeDisabled,
            Self::Invalid { .. } => Code::ValidationFailed,
            Self::TableExists(_) => Code::TableExists,
            Self::TableNotFound(_) => Code::TableNotFound,
            Self::ObjectNotFound => Code::ObjectNotFound,
            Self::UserNotFound | Self::AddressNotFound(_) => Code::UserNotFound,
            Self::UserExists => Code::UserExists,
            Self::GroupNotFound => Code::GroupNotFound,
            Self::GroupExists(_) => Code::GroupExists,
            Self::SystemGroupRename | Self::SystemGroupRemove => Code::SystemGroup,
            Self::AlreadyMember | Self::AlreadyInGroup => Code::AlreadyMember,
            Self::MembershipNotFound => Code::MembershipNotFound,
            Self::GrantNotFound => Code::GrantNotFound,
            Self::GrantExists => Code::GrantExists,
            Self::TokenNotFound => Code::TokenNotFound,
            Self::JobNotFound => Code::JobNotFound,
            Self::NotYourself(_) => Code::NotYourself,
            Self::LastAdmin(_) | Self::LastAdminLeaves => Code::LastAdmin,
            Self::QueryNotAllowed(_) => Code::QueryNotAllowed,
            Self::QueryFailed(_) => Code::QueryFailed,
            Self::QueryTimeout => Code::QueryTimeout,
            Self::QueryTooLarge(_) => Code::QueryTooLarge,
            Self::Busy => Code::Busy,
            Self::Stopping => Code::Stopping,
            Self::DiskFull => Code::DiskFull,
            Self::Internal { .. } => Code::Internal,
        }
    }

    /// What a client is told. Of our own failures nothing but that there was one.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Self::Internal { .. } => "Internal server error".to_owned(),
            other => other.to_string(),
        }
    }

    /// Wraps a failure of ours with what we were doing.
    pub(crate) fn during<E: std::error::Error + Send + Sync + 'static>(doing: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self::Internal { doing, source: Box::new(source) }
    }

    pub(crate) fn io(doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| match source.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Internal { doing, source: Box::new(source) },
        }
    }
}

impl From<agnes_store::Error> for Error {
    fn from(source: agnes_store::Error) -> Self {
        Self::Internal { doing: "use the system database", source: Box::new(source) }
    }
}
