//! Who is calling, how they proved it, and from where.

use std::net::IpAddr;
use std::sync::Arc;

use agnes_contract::token::Scope;

/// What a request says of where it comes from. Never used to decide rights.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The client's address, as far as a trusted proxy vouches for it.
    pub address: Option<IpAddr>,
    /// The client's own description of itself.
    pub user_agent: Option<String>,
    /// The id of the request in the log.
    pub request_id: Option<String>,
}

/// How a caller proved who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The console's session cookie.
    Session {
        /// SHA-256 of the cookie's value.
        id_hash: String,
    },
    /// A session token of `da auth login`.
    Jwt,
    /// A personal access token.
    Token {
        /// The token's id.
        id: String,
        /// What it is limited to; `None`: nothing.
        scopes: Option<Vec<Scope>>,
    },
    /// The program itself: start-up, jobs, the sample instance.
    System,
}

/// The one identity use cases know. Made by [`crate::Service`] alone.
#[derive(Clone, Debug)]
pub struct Actor {
    pub(crate) user_id: String,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) is_admin: bool,
    pub(crate) groups: Arc<[String]>,
    pub(crate) proof: Proof,
    pub(crate) origin: Origin,
}

impl Actor {
    /// The user's id; `system` for the program itself.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// The user's address; `system` for the program itself.
    #[must_use]
    pub fn email(&self) -> &str {
        &self.email
    }

    /// What to call them; the address when they have no name.
    #[must_use]
    pub fn name(&self) -> &str {
        if self.name.is_empty() { &self.email } else { &self.name }
    }

    /// Member of the group Admin, or the program itself.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.is_admin
    }

    /// How they proved who they are.
    #[must_use]
    pub fn proof(&self) -> &Proof {
        &self.proof
    }

    /// Where the request comes from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    pub(crate) fn system() -> Self {
        Self {
            user_id: "system".to_owned(),
            email: "system".to_owned(),
            name: "system".to_owned(),
            is_admin: true,
            groups: Arc::from([]),
            proof: Proof::System,
            origin: Origin::default(),
        }
    }
}
