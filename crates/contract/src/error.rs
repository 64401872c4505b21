//! The one table of error codes and their HTTP statuses, and the body they travel in.

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $status:literal;)*) => {
        /// A stable name for one cause of failure. Codes are added, never renamed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $code,)* }
            }

            /// The HTTP status an answer with this code has.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Code::$variant => $status,)* }
            }

            /// The code of a name on the wire.
            #[must_use]
            pub fn find(name: &str) -> Option<Code> {
                match name { $($code => Some(Code::$variant),)* _ => None }
            }
        }
    };
}

codes! {
    /// The request is malformed in a way no other code names.
    InvalidRequest = "invalid_request", 400;
    /// A text field that must not be blank is.
    Blank = "blank", 400;
    /// A group or user was given a name that cannot be one.
    InvalidName = "invalid_name", 400;
    /// An e-mail address that is not one.
    InvalidEmail = "invalid_email", 400;
    /// A password shorter than 8 or longer than 1024 bytes.
    InvalidPassword = "invalid_password", 400;
    /// A token life time outside 1 to 3650 days.
    InvalidExpiry = "invalid_expiry", 400;
    /// A token scope that does not exist.
    InvalidScope = "invalid_scope", 400;
    /// A resource type grants do not know.
    UnknownResourceType = "unknown_resource_type", 400;
    /// A statement that is not one SELECT, or uses what queries may not.
    QueryNotAllowed = "query_not_allowed", 400;
    /// The engine refused or failed the statement.
    QueryFailed = "query_failed", 400;
    /// The statement ran past its deadline.
    QueryTimeout = "query_timeout", 400;
    /// The statement needed more memory or produced more bytes than allowed.
    QueryTooLarge = "query_too_large", 400;
    /// A byte range no part of which exists, or one that is malformed.
    InvalidRange = "invalid_range", 400;
    /// The Host header cannot be part of a generated address.
    InvalidHost = "invalid_host", 400;

    /// No credentials were sent.
    Unauthenticated = "unauthenticated", 401;
    /// The credentials are unknown, malformed or expired.
    InvalidToken = "invalid_token", 401;
    /// The token was revoked.
    TokenRevoked = "token_revoked", 401;
    /// The token is past its expiry.
    TokenExpired = "token_expired", 401;
    /// The owner of the credentials no longer exists.
    UnknownUser = "unknown_user", 401;
    /// The account is deactivated.
    AccountDeactivated = "account_deactivated", 401;
    /// Unknown address or wrong password.
    WrongPassword = "wrong_password", 401;
    /// The account has no password; it signs in elsewhere.
    ExternalAuthentication = "external_authentication", 401;
    /// A sign-in link that is unknown, used or expired.
    InvalidLink = "invalid_link", 401;

    /// Only members of the group Admin may do this.
    AdminRequired = "admin_required", 403;
    /// The caller may not read this table.
    TableForbidden = "table_forbidden", 403;
    /// The call needs an interactive session, not a personal access token.
    SessionRequired = "session_required", 403;
    /// The token lacks the scope this route names.
    ScopeRequired = "scope_required", 403;
    /// A change sent with a cookie from another site.
    CrossSite = "cross_site", 403;
    /// The first admin exists already.
    BootstrapClosed = "bootstrap_closed", 403;

    /// No such path.
    NotFound = "not_found", 404;
    /// No such table, or it has no data.
    TableNotFound = "table_not_found", 404;
    /// No published part with this digest that the caller may read.
    ObjectNotFound = "object_not_found", 404;
    /// No such user.
    UserNotFound = "user_not_found", 404;
    /// No such group.
    GroupNotFound = "group_not_found", 404;
    /// No such grant.
    GrantNotFound = "grant_not_found", 404;
    /// The user is not a member through an admin.
    MembershipNotFound = "membership_not_found", 404;
    /// No such token of the caller's.
    TokenNotFound = "token_not_found", 404;
    /// No such job.
    JobNotFound = "job_not_found", 404;
    /// No file of the command line under this name.
    CliNotFound = "cli_not_found", 404;

    /// The path exists, the method does not.
    MethodNotAllowed = "method_not_allowed", 405;

    /// A table with this id or name is registered already.
    TableExists = "table_exists", 409;
    /// A user with this address exists already.
    UserExists = "user_exists", 409;
    /// A group with this name exists already.
    GroupExists = "group_exists", 409;
    /// The group is one of the two the system needs.
    SystemGroup = "system_group", 409;
    /// The group holds this grant already.
    GrantExists = "grant_exists", 409;
    /// The user is a member already.
    AlreadyMember = "already_member", 409;
    /// Nobody would be left who can administer.
    LastAdmin = "last_admin", 409;
    /// Not to oneself.
    NotYourself = "not_yourself", 409;

    /// The body is larger than this route takes.
    BodyTooLarge = "body_too_large", 413;
    /// The range lies beyond the end.
    RangeNotSatisfiable = "range_not_satisfiable", 416;
    /// A field is missing or has the wrong type or value; `detail` is a list.
    ValidationFailed = "validation_failed", 422;
    /// The resource type exists but is switched off.
    ResourceTypeDisabled = "resource_type_disabled", 422;
    /// Too many attempts or requests; see `Retry-After`.
    RateLimited = "rate_limited", 429;

    /// Something broke on our side; the request id names it in the log.
    Internal = "internal", 500;
    /// All workers are busy; see `Retry-After`.
    Busy = "busy", 503;
    /// The server is stopping.
    Stopping = "stopping", 503;
    /// The disk has no room for this.
    DiskFull = "disk_full", 507;
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Every error answer: what went wrong in words, and its stable code.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// A sentence; for `validation_failed` a list of [`FieldError`].
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub detail: serde_json::Value,
    /// One of the codes of this module. Answers of old servers have none.
    #[serde(default)]
    pub code: String,
    /// The request's id in the server's log, where that helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// One field of a request that could not be taken.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The kind of mismatch: `missing`, `string_type`, `int_parsing`, `json_invalid`, `value_error`…
    #[serde(rename = "type")]
    pub kind: String,
    /// Where: `body`, `query` or `path`, then the way to the field.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub loc: Vec<serde_json::Value>,
    /// A sentence.
    pub msg: String,
    /// What was sent there, null where nothing was.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub input: serde_json::Value,
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn the_table_of_codes_only_grows() {
        let table: Vec<String> = Code::ALL.iter().map(|code| format!("{} {code}", code.status())).collect();
        insta::assert_snapshot!(table.join("\n"));
    }

    #[test]
    fn every_code_is_found_by_its_name() {
        for code in Code::ALL {
            assert_eq!(Code::find(code.as_str()), Some(*code));
        }
    }
}
