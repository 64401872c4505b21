//! Session tokens and personal access tokens: compact JWTs signed with HMAC-SHA-256 (RFC 7515, RFC 7519).

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What kind of token it says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Of a sign-in; ends by itself.
    Session,
    /// A personal access token; has a row of its own.
    Pat,
}

/// The claims of a session token to make.
#[derive(Clone, Debug)]
pub struct SessionClaims {
    /// The user's id.
    pub sub: String,
    /// The user's address; for clients to show, never to decide by.
    pub email: String,
    /// The user's label; for clients to show, never to decide by.
    pub role: String,
    /// Random.
    pub jti: String,
    /// Seconds since the epoch.
    pub iat: i64,
    /// Seconds since the epoch.
    pub exp: i64,
}

/// The claims of a personal access token to make.
#[derive(Clone, Debug)]
pub struct PatClaims {
    /// The user's id.
    pub sub: String,
    /// As in [`SessionClaims`].
    pub email: String,
    /// As in [`SessionClaims`].
    pub role: String,
    /// The id of the token's row.
    pub jti: String,
    /// Seconds since the epoch.
    pub iat: i64,
    /// Absent: never expires.
    pub exp: Option<i64>,
    /// What it is limited to; the row decides, this is for people who look.
    pub scopes: Option<String>,
}

/// The claims of a token that was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The user's id.
    pub sub: String,
    /// Session or personal access token.
    pub typ: Kind,
    /// Seconds since the epoch.
    pub iat: i64,
    /// Seconds since the epoch; absent on tokens that never expire.
    pub exp: Option<i64>,
    /// Random, or the id of the token's row.
    pub jti: String,
}

/// The token is not one of ours, or not valid now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid or expired token")]
pub struct Rejected;

/// A token could not be signed.
#[derive(Debug, thiserror::Error)]
#[error("could not sign a token")]
pub struct SignError(#[source] jsonwebtoken::errors::Error);

#[derive(Serialize)]
struct Written<'a> {
    sub: &'a str,
    email: &'a str,
    role: &'a str,
    typ: Kind,
    iat: i64,
    jti: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<&'a str>,
}

#[derive(Deserialize)]
struct Read {
    sub: String,
    typ: Kind,
    jti: String,
    iat: serde_json::Number,
    #[serde(default)]
    exp: Option<serde_json::Number>,
    #[serde(default)]
    nbf: Option<serde_json::Number>,
    #[serde(default)]
    aud: Option<serde_json::Value>,
}

/// Signs and verifies with one secret.
pub struct Signer {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl Signer {
    /// A signer with this secret.
    #[must_use]
    pub fn new(secret: &str) -> Self {
        Self {
            encoding: EncodingKey::from_secret(secret.as_bytes()),
            decoding: DecodingKey::from_secret(secret.as_bytes()),
        }
    }

    /// A session token.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn session(&self, claims: &SessionClaims) -> Result<String, SignError> {
        self.sign(&Written {
            sub: &claims.sub,
            email: &claims.email,
            role: &claims.role,
            typ: Kind::Session,
            iat: claims.iat,
            jti: &claims.jti,
            exp: Some(claims.exp),
            scopes: None,
        })
    }

    /// A personal access token.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn pat(&self, claims: &PatClaims) -> Result<String, SignError> {
        self.sign(&Written {
            sub: &claims.sub,
            email: &claims.email,
            role: &claims.role,
            typ: Kind::Pat,
            iat: claims.iat,
            jti: &claims.jti,
            exp: claims.exp,
            scopes: claims.scopes.as_deref(),
        })
    }

    fn sign(&self, claims: &Written<'_>) -> Result<String, SignError> {
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &self.encoding).map_err(SignError)
    }

    /// The claims of a token that is ours and valid at `now`, without leeway: HS256 only, not from the future, not
    /// for another audience, and with an end when it is a session's.
    ///
    /// # Errors
    /// [`Rejected`], without a reason: there is nothing an honest client could do with one.
    pub fn verify(&self, text: &str, now: DateTime<Utc>) -> Result<Claims, Rejected> {
        let mut validation = Validation::new(Algorithm::HS256);
        // Times are checked below, against the time we are given.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let read = jsonwebtoken::decode::<Read>(text, &self.decoding, &validation).map_err(|_| Rejected)?.claims;
        let now = now.timestamp();
        let iat = seconds(&read.iat)?;
        let exp = read.exp.as_ref().map(seconds).transpose()?;
        let nbf = read.nbf.as_ref().map(seconds).transpose()?;
        let too_early = iat > now || nbf.is_some_and(|nbf| nbf > now);
        let too_late = exp.is_some_and(|exp| exp <= now);
        let endless_session = read.typ == Kind::Session && exp.is_none();
        if too_early || too_late || endless_session || read.aud.is_some() {
            return Err(Rejected);
        }
        Ok(Claims { sub: read.sub, typ: read.typ, iat, exp, jti: read.jti })
    }
}

/// Whole seconds of a JSON number; a fraction is cut off, as the standard allows for expiry.
fn seconds(number: &serde_json::Number) -> Result<i64, Rejected> {
    if let Some(whole) = number.as_i64() {
        return Ok(whole);
    }
    let float = number.as_f64().filter(|float| float.abs() < 9e15).ok_or(Rejected)?;
    #[expect(clippy::cast_possible_truncation, reason = "checked to be in range; the fraction does not matter")]
    Ok(float as i64)
}

/// What is stored of a personal access token: SHA-256 of its text, hex.
#[must_use]
pub fn fingerprint(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn good() -> Value {
        json!({"sub": "u", "email": "a@b.c", "role": "user", "typ": "session", "jti": "j",
               "iat": 1_799_999_000, "exp": 1_800_000_001})
    }

    fn signed(claims: &Value, algorithm: Algorithm, secret: &str) -> String {
        let key = EncodingKey::from_secret(secret.as_bytes());
        jsonwebtoken::encode(&Header::new(algorithm), claims, &key).unwrap()
    }

    #[test]
    fn what_we_sign_we_accept_until_it_ends() {
        let signer = Signer::new(SECRET);
        let claims = SessionClaims {
            sub: "u".into(),
            email: "a@b.c".into(),
            role: "user".into(),
            jti: "j".into(),
            iat: now().timestamp(),
            exp: now().timestamp() + 10,
        };
        let token = signer.session(&claims).unwrap();
        assert_eq!(signer.verify(&token, now()).unwrap().sub, "u");
        assert!(signer.verify(&token, now() + chrono::Duration::seconds(10)).is_err());
        assert!(Signer::new("another secret").verify(&token, now()).is_err());
    }

    #[test]
    fn claims_that_do_not_hold_are_rejected() {
        let signer = Signer::new(SECRET);
        let check = |change: Value, accepted: bool| {
            let mut claims = good();
            for (key, value) in change.as_object().unwrap() {
                if value.is_null() {
                    claims.as_object_mut().unwrap().remove(key);
                } else {
                    claims[key] = value.clone();
                }
            }
            let token = signed(&claims, Algorithm::HS256, SECRET);
            assert_eq!(signer.verify(&token, now()).is_ok(), accepted, "{change}");
        };
        check(json!({}), true);
        check(json!({"iss": "anybody", "extra": 1}), true);
        check(json!({"typ": "pat", "exp": null}), true);
        check(json!({"iat": 1_799_999_000.5}), true);
        check(json!({"exp": null}), false);
        check(json!({"exp": 1_800_000_000}), false);
        check(json!({"exp": "1900000000"}), false);
        check(json!({"iat": 1_800_000_001}), false);
        check(json!({"iat": "now"}), false);
        check(json!({"nbf": 1_800_000_001}), false);
        check(json!({"aud": "somebody"}), false);
        check(json!({"sub": 7}), false);
        check(json!({"jti": 7}), false);
        check(json!({"typ": null}), false);
        check(json!({"typ": "refresh"}), false);
    }

    #[test]
    fn only_our_algorithm_and_our_key_are_accepted() {
        let signer = Signer::new(SECRET);
        assert!(signer.verify(&signed(&good(), Algorithm::HS512, SECRET), now()).is_err());
        assert!(signer.verify(&signed(&good(), Algorithm::HS256, "other"), now()).is_err());
        // {"alg":"none"} with an empty signature.
        let token = signed(&good(), Algorithm::HS256, SECRET);
        let payload = token.split('.').nth(1).unwrap();
        assert!(signer.verify(&format!("eyJhbGciOiJub25lIn0.{payload}."), now()).is_err());
        for garbage in ["", ".", "..", "a.b.c", "not a token"] {
            assert!(signer.verify(garbage, now()).is_err(), "{garbage:?}");
        }
    }
}
