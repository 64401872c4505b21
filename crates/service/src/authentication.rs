//! Turning what a request shows into an actor, and the ways to sign in.

use std::sync::Arc;

use agnes_contract::auth::{Bootstrap, Credentials, Me, SignedIn};
use agnes_contract::token::Scope;
use agnes_identity::one_time;
use agnes_identity::token::{Claims, Kind, SessionClaims, fingerprint};
use agnes_store::LinkRow;
use agnes_store::MemberRow;
use agnes_store::SessionRow;
use agnes_store::UserRow;
use chrono::{DateTime, Duration, Utc};
use subtle::ConstantTimeEq as _;

use crate::actor::{Actor, Origin, Proof};
use crate::audit::Audit;
use crate::error::Error;
use crate::service::Service;
use crate::user;

/// How long a session token of the command line works.
const SESSION_TOKEN: Duration = Duration::hours(24);
/// How long a console session lives without use.
pub const SESSION_IDLE: Duration = Duration::hours(24);
/// How long a printed sign-in link works.
const LINK: Duration = Duration::hours(1);
const SIGN_IN: &str = "sign_in";

impl Service {
    /// The actor of a bearer token: a session token or a personal access token. Touches memory only.
    ///
    /// # Errors
    /// `invalid_token`, `unknown_user`, `account_deactivated`, `token_revoked`, `token_expired`.
    pub fn authenticate_bearer(&self, token: &str, origin: &Origin) -> Result<Actor, Error> {
        let now = self.now();
        let claims = self.0.signer.verify(token, now).map_err(|_| Error::InvalidToken)?;
        let directory = self.directory();
        let user = directory.user(&claims.sub).ok_or(Error::UnknownUser)?;
        if !user.active {
            return Err(Error::AccountDeactivated);
        }
        let proof = match claims.typ {
            Kind::Session => {
                // Whole seconds: a token made in the second of a sign-out everywhere counts as made before it.
                if user.tokens_valid_from.is_some_and(|from| claims.iat < from.timestamp()) {
                    return Err(Error::InvalidToken);
                }
                Proof::Jwt
            }
            Kind::Pat => self.check_token(&claims, token, now, origin)?,
        };
        Ok(self.actor(user, proof, origin.clone()))
    }

    fn check_token(&self, claims: &Claims, text: &str, now: DateTime<Utc>, origin: &Origin) -> Result<Proof, Error> {
        let directory = self.directory();
        let row = directory.token(&claims.jti).ok_or(Error::TokenUnknown)?;
        if row.user_id != claims.sub {
            return Err(Error::TokenMismatch);
        }
        if row.revoked_at.is_some() {
            return Err(Error::TokenRevoked);
        }
        if row.expires_at.is_some_and(|expiry| expiry <= now) {
            return Err(Error::TokenExpired);
        }
        let matches: bool = row.token_hash.as_bytes().ct_eq(fingerprint(text).as_bytes()).into();
        if !row.token_hash.is_empty() && !matches {
            return Err(Error::TokenMismatch);
        }
        self.note_token_use(row, origin, now);
        let scopes = row.scopes.as_deref().map(|scopes| scopes.split_whitespace().filter_map(Scope::find).collect());
        Ok(Proof::Token { id: row.id.clone(), scopes })
    }

    /// The actor of a console session the server found for a cookie. Touches memory only.
    ///
    /// # Errors
    /// `unknown_user`, `account_deactivated`.
    pub fn authenticate_session(&self, id_hash: &str, user_id: &str, origin: &Origin) -> Result<Actor, Error> {
        let directory = self.directory();
        let user = directory.user(user_id).ok_or(Error::UnknownUser)?;
        if !user.active {
            return Err(Error::AccountDeactivated);
        }
        let now = self.now();
        self.0.store.sessions().touch(id_hash, now, now + SESSION_IDLE);
        Ok(self.actor(user, Proof::Session { id_hash: id_hash.to_owned() }, origin.clone()))
    }

    /// Somebody as they would be seen calling, to ask what they may.
    pub(crate) fn reader(&self, user: &UserRow) -> Actor {
        self.actor(user, Proof::System, Origin::default())
    }

    fn actor(&self, user: &UserRow, proof: Proof, origin: Origin) -> Actor {
        let directory = self.directory();
        let mut groups: Vec<String> =
            directory.memberships_of(&user.id).iter().map(|member| member.group_id.clone()).collect();
        // Everyone is everybody's, row or no row.
        if let Some(everyone) = directory.everyone_group_id()
            && !groups.iter().any(|group| group == everyone)
        {
            groups.push(everyone.to_owned());
        }
        groups.sort_unstable();
        Actor {
            user_id: user.id.clone(),
            email: user.email.clone(),
            name: user.name.clone().unwrap_or_default(),
            is_admin: directory.is_admin(&user.id),
            groups: Arc::from(groups),
            proof,
            origin,
        }
    }

    /// Who the caller is, for the console's frame.
    #[must_use]
    pub fn me(&self, actor: &Actor) -> Me {
        Me {
            id: actor.user_id.clone(),
            email: actor.email.clone(),
            name: actor.name().to_owned(),
            is_admin: actor.is_admin,
        }
    }

    /// Signs in with address and password, for `POST /auth/token`.
    ///
    /// # Errors
    /// `wrong_password`, `external_authentication`, `account_deactivated`.
    pub async fn auth_token(&self, credentials: Credentials, origin: &Origin) -> Result<SignedIn, Error> {
        let known = self.directory().user_by_email(&credentials.email).cloned();
        if known.is_some_and(|user| user.active && user.password_hash.is_none()) {
            return Err(Error::ExternalAuthentication);
        }
        let user = self.check_password(&credentials, origin).await?;
        self.issue(&user, "token_created", origin).await
    }

    /// Signs in with address and password, for `POST /auth/password/login`.
    ///
    /// # Errors
    /// `wrong_password`, `account_deactivated`.
    pub async fn auth_password_login(&self, credentials: Credentials, origin: &Origin) -> Result<SignedIn, Error> {
        let user = self.check_password(&credentials, origin).await?;
        self.issue(&user, "token_created", origin).await
    }

    /// Signs in to the console with address and password; the answer is the user's id, for the session.
    ///
    /// # Errors
    /// `wrong_password`, `account_deactivated`.
    pub async fn auth_password_web(&self, credentials: Credentials, origin: &Origin) -> Result<String, Error> {
        let user = self.check_password(&credentials, origin).await?;
        self.signed_in(&user, "login", origin).await?;
        Ok(user.id.clone())
    }

    /// The user of these credentials. Unknown address, no password and wrong password cost the same time and
    /// read the same; only who knows the password learns that the account is switched off.
    async fn check_password(&self, credentials: &Credentials, origin: &Origin) -> Result<Arc<UserRow>, Error> {
        let user = self.directory().user_by_email(&credentials.email).cloned();
        let hash = user.as_ref().and_then(|user| user.password_hash.clone());
        let matches = self.0.passwords.verify(&credentials.password, hash.as_deref()).await;
        let failure = match &user {
            Some(user) if matches && user.active => return Ok(Arc::clone(user)),
            Some(_) if matches => Error::AccountDeactivated,
            Some(_) if credentials.password.is_empty() => Error::PasswordRequired,
            _ => Error::WrongPassword,
        };
        let result = if matches { "deactivated" } else { "invalid_password" };
        let mut audit = Audit::anonymous(origin, "login_failed").on("auth").result(result);
        audit = match user {
            Some(user) => audit.user(user.id.clone()),
            None => audit.with("email", credentials.email.chars().take(254).collect::<String>()),
        };
        self.0.store.write_volatile(move |tx| Ok::<_, Error>(tx.audit().record(audit.into())?)).await?;
        Err(failure)
    }

    /// Records that somebody signed in: a stored fact, because it shuts the door for the first admin.
    async fn signed_in(&self, user: &UserRow, action: &'static str, origin: &Origin) -> Result<(), Error> {
        let audit = Audit::anonymous(origin, action).user(user.id.clone()).on("auth");
        let (id, now) = (user.id.clone(), self.now());
        self.0
            .store
            .write(move |tx| {
                tx.users().mark_signed_in(&id, now)?;
                Ok::<_, Error>(tx.audit().record(audit.into())?)
            })
            .await
    }

    async fn issue(&self, user: &UserRow, action: &'static str, origin: &Origin) -> Result<SignedIn, Error> {
        self.signed_in(user, action, origin).await?;
        self.session_token(user)
    }

    fn session_token(&self, user: &UserRow) -> Result<SignedIn, Error> {
        let now = self.now();
        let role = user::role_label(&self.directory(), user);
        let access_token = self
            .0
            .signer
            .session(&SessionClaims {
                sub: user.id.clone(),
                email: user.email.clone(),
                role: role.clone(),
                jti: self.0.random.hex(16),
                iat: now.timestamp(),
                exp: (now + SESSION_TOKEN).timestamp(),
            })
            .map_err(Error::during("sign a session token"))?;
        Ok(SignedIn {
            access_token,
            token_type: "bearer".to_owned(),
            user_id: user.id.clone(),
            email: user.email.clone(),
            role,
        })
    }

    /// Makes the first admin. The door is open while there is nobody, or while nobody has a password, nobody
    /// has ever signed in, and the address is the configured admin's.
    ///
    /// # Errors
    /// `bootstrap_closed`, `invalid_password`, `invalid_email`.
    pub async fn auth_bootstrap(&self, request: Bootstrap, origin: &Origin) -> Result<SignedIn, Error> {
        // Hashing takes long; who comes when the door is shut must not make us do it.
        let seed = self.0.settings.seed_admin.as_ref().map(|seed| seed.email.clone());
        if !door_is_open(self.directory().users(), seed.as_deref(), &request.email) {
            return Err(Error::BootstrapClosed);
        }
        let email = user::valid_email(&request.email)?;
        let hash = match request.password.as_str() {
            "" => None,
            password => {
                user::check_new_password(password)?;
                Some(self.0.passwords.hash(password).await.map_err(Error::during("hash a password"))?)
            }
        };
        let name = match request.name.trim() {
            "" => email.split('@').next().unwrap_or(&email).to_owned(),
            name => name.to_owned(),
        };
        let (now, origin) = (self.now(), origin.clone());
        let new_id = uuid::Uuid::new_v4().to_string();
        let admin_group = self.directory().admin_group_id().map(str::to_owned);
        let id = self
            .0
            .store
            .write(move |tx| {
                // Again, inside the transaction: of two who come at once one finds the door shut.
                let users = tx.users().list()?;
                if !door_is_open(&users, seed.as_deref(), &email) {
                    return Err(Error::BootstrapClosed);
                }
                let (id, action) = match users.into_iter().find(|user| user.email == email) {
                    Some(mut user) => {
                        user.password_hash = hash;
                        user.role = Some("admin".to_owned());
                        user.updated_at = Some(now);
                        tx.users().update(&user)?;
                        (user.id, "bootstrap_activated_seed")
                    }
                    None => {
                        let row = user::NewRow {
                            id: new_id.clone(),
                            email,
                            name,
                            role: "admin".to_owned(),
                            password_hash: hash,
                        };
                        user::insert(tx, row, now)?;
                        (new_id, "bootstrap_completed")
                    }
                };
                if let Some(group_id) = admin_group {
                    tx.members().insert(&MemberRow {
                        user_id: id.clone(),
                        group_id,
                        source: "system_seed".to_owned(),
                        added_at: Some(now),
                        added_by: Some("auth.bootstrap".to_owned()),
                    })?;
                }
                tx.users().mark_signed_in(&id, now)?;
                tx.audit().record(Audit::anonymous(&origin, action).user(id.clone()).on("auth").into())?;
                Ok(id)
            })
            .await?;
        let user = self.directory().user(&id).cloned().ok_or(Error::UnknownUser)?;
        self.session_token(&user)
    }

    /// A one-time sign-in link's secret for somebody, valid for an hour. Only the host may ask: it is printed in
    /// the terminal of who started the program.
    ///
    /// # Errors
    /// `user_not_found`.
    pub async fn link_mint(&self, email: &str) -> Result<String, Error> {
        let user = self.directory().user_by_email(email).cloned().ok_or(Error::UserNotFound)?;
        let (raw, hash) = one_time::mint(&self.0.random);
        let now = self.now();
        let link = LinkRow {
            token_hash: hash,
            user_id: user.id.clone(),
            purpose: SIGN_IN.to_owned(),
            created_at: now,
            expires_at: now + LINK,
            used_at: None,
        };
        self.0.store.write(move |tx| Ok::<_, Error>(tx.links().insert(&link)?)).await?;
        Ok(raw)
    }

    /// Uses up a one-time sign-in link; the answer is the user's id, for the session.
    ///
    /// # Errors
    /// `invalid_link` for one that is unknown, used, expired, or of somebody who may not sign in.
    pub async fn link_consume(&self, raw: &str, origin: &Origin) -> Result<String, Error> {
        let (hash, now, origin) = (one_time::hash(raw), self.now(), origin.clone());
        self.0
            .store
            .write(move |tx| {
                let id = tx.links().consume(&hash, SIGN_IN, now)?.ok_or(Error::InvalidLink)?;
                let user = tx.users().find(&id)?.filter(|user| user.active).ok_or(Error::InvalidLink)?;
                tx.users().mark_signed_in(&user.id, now)?;
                tx.audit().record(Audit::anonymous(&origin, "link_used").user(user.id.clone()).on("auth").into())?;
                Ok(user.id)
            })
            .await
    }

    /// The stored session of a cookie, from memory.
    #[must_use]
    pub fn session_load(&self, id_hash: &str) -> Option<Arc<SessionRow>> {
        let now = self.now();
        self.0.store.sessions().find(id_hash).filter(|session| session.expires_at > now)
    }

    /// Stores a session.
    ///
    /// # Errors
    /// `internal` when the system database cannot be written.
    pub async fn session_save(&self, session: SessionRow) -> Result<(), Error> {
        self.0.store.sessions().save(session).await?;
        Ok(())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// `internal` when the system database cannot be written.
    pub async fn session_remove(&self, id_hash: &str) -> Result<(), Error> {
        self.0.store.sessions().remove(id_hash, self.now()).await?;
        Ok(())
    }
}

fn door_is_open<U: std::borrow::Borrow<UserRow>>(users: &[U], seed: Option<&str>, email: &str) -> bool {
    let untouched = users.iter().all(|user| {
        let user: &UserRow = user.borrow();
        user.password_hash.is_none() && user.signed_in_at.is_none()
    });
    users.is_empty() || (untouched && seed.is_some_and(|seed| seed == email.trim()))
}
