//! Personal access tokens: make, list, revoke, and when they were last used.

use std::collections::HashMap;

use agnes_contract::token::{CreatedToken, NewToken, Scope, Token};
use agnes_identity::token::{PatClaims, fingerprint};
use agnes_store::TokenRow;
use chrono::{DateTime, Duration, Utc};
use parking_lot::Mutex;
use serde::Serialize;

use crate::actor::{Actor, Origin};
use crate::audit::Audit;
use crate::error::Error;
use crate::service::Service;
use crate::{policy, user};

/// A token in the admin's list: also whose it is.
#[derive(Clone, Debug, Serialize)]
pub struct AdminToken {
    /// As its owner sees it.
    #[serde(flatten)]
    pub token: Token,
    /// The owner's id.
    pub user_id: String,
    /// The owner's address; null when the account is gone.
    pub user_email: Option<String>,
    /// Where it was last used from.
    pub last_used_ip: Option<String>,
}

/// When each token's use was last written down: memory only, one entry a token in use.
#[derive(Default)]
pub(crate) struct TokenUse(Mutex<HashMap<String, LastUse>>);

/// When, and from which address as far as known.
type LastUse = (DateTime<Utc>, Option<String>);

/// How often the use of a token from the same address is written down.
const NOTE_EVERY: Duration = Duration::minutes(1);

impl TokenUse {
    /// Whether this use is worth writing: the first since the start, from another address, or a minute later.
    /// The answer is the address before, when it differs.
    fn note(&self, row: &TokenRow, address: Option<&str>, now: DateTime<Utc>) -> Option<Option<String>> {
        let mut noted = self.0.lock();
        let (last, before) = match noted.get(&row.id) {
            Some((last, before)) => (Some(*last), before.clone()),
            None => (row.last_used_at, row.last_used_ip.clone()),
        };
        let moved = address.is_some() && before.as_deref() != address;
        if !moved && last.is_some_and(|last| now - last < NOTE_EVERY) {
            return None;
        }
        noted.insert(row.id.clone(), (now, address.map(str::to_owned).or_else(|| before.clone())));
        // The first use ever comes from nowhere new.
        Some(if moved && last.is_some() { before } else { None })
    }
}

fn describe(row: &TokenRow) -> Token {
    Token {
        id: row.id.clone(),
        name: row.name.clone(),
        prefix: row.prefix.clone(),
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
        revoked_at: row.revoked_at,
        scopes: row.scopes.clone(),
    }
}

fn valid_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    match name.chars().count() {
        0 => Err(Error::Blank("name")),
        1..=200 => Ok(name.to_owned()),
        _ => Err(Error::InvalidName("name must be at most 200 characters".to_owned())),
    }
}

/// The expiry of a token made now; `None` never.
fn expiry(days: Option<i64>, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Error> {
    match days {
        None => Ok(None),
        Some(..=0) => Err(Error::InvalidExpiry("expires_in_days must be a positive integer")),
        // Ten years.
        Some(days @ 1..=3650) => Ok(Some(now + Duration::days(days))),
        Some(_) => Err(Error::InvalidExpiry("expires_in_days must be at most 3650")),
    }
}

fn valid_scopes(scopes: Option<&str>) -> Result<Option<String>, Error> {
    let Some(scopes) = scopes.map(str::trim).filter(|scopes| !scopes.is_empty()) else { return Ok(None) };
    let mut names = Vec::new();
    for name in scopes.split_whitespace() {
        let scope = Scope::find(name).ok_or_else(|| Error::InvalidScope(name.chars().take(40).collect()))?;
        if !names.contains(&scope.as_str()) {
            names.push(scope.as_str());
        }
    }
    Ok(Some(names.join(" ")))
}

impl Service {
    /// Makes a token for the caller; only this answer holds its secret.
    ///
    /// # Errors
    /// `session_required`, `blank`, `invalid_name`, `invalid_expiry`, `invalid_scope`.
    pub async fn token_create(&self, actor: &Actor, new: NewToken) -> Result<CreatedToken, Error> {
        policy::interactive(actor)?;
        let name = valid_name(&new.name)?;
        let scopes = valid_scopes(new.scopes.as_deref())?;
        let now = self.now();
        let expires_at = expiry(new.expires_in_days, now)?;
        let directory = self.directory();
        let user = directory.user(&actor.user_id).ok_or(Error::UnknownUser)?;
        let id = uuid::Uuid::new_v4().to_string();
        let token = self
            .0
            .signer
            .pat(&PatClaims {
                sub: user.id.clone(),
                email: user.email.clone(),
                role: user::role_label(&directory, user),
                jti: id.clone(),
                iat: now.timestamp(),
                exp: expires_at.map(|expiry| expiry.timestamp()),
                scopes: scopes.clone(),
            })
            .map_err(Error::during("sign a personal access token"))?;
        let prefix: String = id.chars().take(8).collect();
        let row = TokenRow {
            id: id.clone(),
            user_id: user.id.clone(),
            name: name.clone(),
            token_hash: fingerprint(&token),
            prefix: prefix.clone(),
            scopes,
            created_at: now,
            expires_at,
            last_used_at: None,
            last_used_ip: None,
            revoked_at: None,
        };
        let audit = Audit::by(actor, "token.create").on(format!("token:{id}")).with("name", name.as_str());
        self.0
            .store
            .write(move |tx| {
                tx.tokens().insert(&row)?;
                Ok::<_, Error>(tx.audit().record(audit.into())?)
            })
            .await?;
        Ok(CreatedToken { id, name, prefix, token, expires_at, created_at: now })
    }

    /// The caller's tokens, newest first, revoked and expired ones too.
    ///
    /// # Errors
    /// None today.
    pub async fn token_list(&self, actor: &Actor) -> Result<Vec<Token>, Error> {
        let directory = self.directory();
        let mut tokens: Vec<Token> = directory.tokens_of(&actor.user_id).iter().map(|row| describe(row)).collect();
        tokens.sort_by_key(|token| std::cmp::Reverse(token.created_at));
        Ok(tokens)
    }

    /// One of the caller's tokens.
    ///
    /// # Errors
    /// `token_not_found`, also for somebody else's.
    pub async fn token_find(&self, actor: &Actor, id: &str) -> Result<Token, Error> {
        let directory = self.directory();
        directory
            .token(id)
            .filter(|row| row.user_id == actor.user_id)
            .map(|row| describe(row))
            .ok_or(Error::TokenNotFound)
    }

    /// Revokes one of the caller's tokens, at once and for good; repeating is no error.
    ///
    /// # Errors
    /// `token_not_found`, also for somebody else's.
    pub async fn token_revoke(&self, actor: &Actor, id: &str) -> Result<(), Error> {
        self.token_find(actor, id).await?;
        self.revoke(id, Audit::by(actor, "token.revoke")).await
    }

    /// Everybody's tokens, newest first.
    ///
    /// # Errors
    /// `admin_required`.
    pub async fn token_list_all(&self, actor: &Actor) -> Result<Vec<AdminToken>, Error> {
        policy::admin(actor)?;
        let directory = self.directory();
        let mut tokens: Vec<AdminToken> = directory
            .tokens()
            .iter()
            .map(|row| AdminToken {
                token: describe(row),
                user_id: row.user_id.clone(),
                user_email: directory.user(&row.user_id).map(|user| user.email.clone()),
                last_used_ip: row.last_used_ip.clone(),
            })
            .collect();
        tokens.sort_by_key(|token| std::cmp::Reverse(token.token.created_at));
        Ok(tokens)
    }

    /// Revokes anybody's token.
    ///
    /// # Errors
    /// `admin_required`, `token_not_found`.
    pub async fn token_revoke_any(&self, actor: &Actor, id: &str) -> Result<(), Error> {
        policy::admin(actor)?;
        let owner = self.directory().token(id).map(|row| row.user_id.clone()).ok_or(Error::TokenNotFound)?;
        self.revoke(id, Audit::by(actor, "token.admin_revoke").with("owner_id", owner)).await
    }

    async fn revoke(&self, id: &str, audit: Audit) -> Result<(), Error> {
        let (id, now, audit) = (id.to_owned(), self.now(), audit.on(format!("token:{id}")));
        self.0
            .store
            .write(move |tx| {
                tx.tokens().revoke(&id, now)?;
                Ok::<_, Error>(tx.audit().record(audit.into())?)
            })
            .await
    }

    /// Writes down, behind the request's back, that a token was used. A failure never blocks a request.
    pub(crate) fn note_token_use(&self, row: &TokenRow, origin: &Origin, now: DateTime<Utc>) {
        let address = origin.address.map(|address| address.to_string());
        let Some(moved_from) = self.0.token_use.note(row, address.as_deref(), now) else { return };
        let audit = moved_from.map(|before| {
            Audit::anonymous(origin, "token.first_use_new_ip")
                .user(row.user_id.clone())
                .on(format!("token:{}", row.id))
                .with("ip", address.clone())
                .with("previous_ip", before)
        });
        let (service, id) = (self.clone(), row.id.clone());
        tokio::spawn(async move {
            let written = service
                .0
                .store
                .write_volatile(move |tx| {
                    tx.tokens().touch(&id, now, address.as_deref())?;
                    if let Some(audit) = audit {
                        tx.audit().record(audit.into())?;
                    }
                    Ok::<_, Error>(())
                })
                .await;
            if let Err(error) = written {
                tracing::warn!(error = &error as &dyn std::error::Error, "Could not record the use of a token");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_time_is_between_one_day_and_ten_years_or_for_ever() {
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(expiry(None, now).unwrap(), None);
        assert_eq!(expiry(Some(1), now).unwrap(), Some(now + Duration::days(1)));
        assert!(expiry(Some(3650), now).is_ok());
        for days in [0, -1, i64::MIN, 3651, 10_000_000_000, i64::MAX] {
            assert!(expiry(Some(days), now).is_err(), "{days}");
        }
    }

    #[test]
    fn scopes_are_known_names_each_once() {
        assert_eq!(valid_scopes(Some(" sync  query sync ")).unwrap().as_deref(), Some("sync query"));
        assert_eq!(valid_scopes(Some("  ")).unwrap(), None);
        assert!(valid_scopes(Some("root")).is_err());
    }
}
