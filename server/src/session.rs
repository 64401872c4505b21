//! The console's sessions: an opaque cookie, the state in the system database.

use std::fmt;

use agnes_service::Service;
use agnes_store::{Clock, SessionRow};
use async_trait::async_trait;
use axum::{
    extract::Request,
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};
use chrono::{DateTime, Duration, Utc};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::{
        SameSite,
        time::{self, OffsetDateTime},
    },
    session::{Id, Record},
    session_store,
};

use crate::shell::client::Client;

/// The cookie.
pub const COOKIE: &str = "agnes_session";

/// How long a session lives without use.
pub const IDLE: Duration = Duration::hours(24);

/// Keys of the session's state.
const USER: &str = "user_id";
const METHOD: &str = "method";
const DEVICE: &str = "device";
const ADDRESS: &str = "address";
const CREATED: &str = "created_at";
const TOLD: &str = "told_at";

/// Longer descriptions of a browser than this are noise.
const DEVICE_LENGTH: usize = 200;

/// Keeps sessions through the service. Only the cookie holds the id; at rest there is its hash.
#[derive(Clone)]
pub struct Sessions {
    service: Service,
    clock: Clock,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sessions")
    }
}

/// What stands in the database for a cookie's value.
#[must_use]
pub fn id_hash(id: &Id) -> String {
    hex::encode(Sha256::digest(id.to_string()))
}

/// The layer that puts a [`Session`] on every request.
pub fn layer(service: Service, secure: bool) -> SessionManagerLayer<Sessions> {
    let clock = service.settings().clock.clone();
    SessionManagerLayer::new(Sessions { service, clock })
        .with_name(COOKIE)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(secure)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(time::Duration::seconds(IDLE.num_seconds())))
}

/// Who a session belongs to, and under which hash it is kept.
pub async fn owner(session: &Session) -> Result<Option<(String, String)>, tower_sessions::session::Error> {
    let Some(id) = session.id() else { return Ok(None) };
    Ok(session.get::<String>(USER).await?.map(|user| (id_hash(&id), user)))
}

/// Keeps a session in use alive: once an hour its end is put off, and the browser told.
pub async fn keep(session: &Session, now: DateTime<Utc>) -> Result<(), tower_sessions::session::Error> {
    let told: Option<DateTime<Utc>> = session.get(TOLD).await?;
    if told.is_none_or(|told| now - told >= Duration::hours(1)) {
        session.insert(TOLD, now).await?;
    }
    Ok(())
}

/// Begins a session for somebody who just proved who they are. A session that was there ends:
/// its id may be known to somebody else.
pub async fn begin(
    session: &Session,
    user_id: &str,
    method: &str,
    origin: &agnes_service::Origin,
    now: DateTime<Utc>,
) -> Result<(), tower_sessions::session::Error> {
    session.flush().await?;
    session.insert(USER, user_id).await?;
    session.insert(METHOD, method).await?;
    session.insert(CREATED, now).await?;
    session.insert(TOLD, now).await?;
    if let Some(device) = &origin.user_agent {
        session.insert(DEVICE, device.chars().take(DEVICE_LENGTH).collect::<String>()).await?;
    }
    if let Some(address) = origin.address {
        session.insert(ADDRESS, address.to_string()).await?;
    }
    Ok(())
}

/// Marks our cookie `Secure` where the client speaks https, also when no domain is configured.
pub async fn secure_over_https(request: Request, next: Next) -> Response {
    let https = request.extensions().get::<Client>().is_some_and(|client| client.https);
    let mut response = next.run(request).await;
    if https && response.headers().contains_key(header::SET_COOKIE) {
        let cookies: Vec<HeaderValue> = response.headers().get_all(header::SET_COOKIE).iter().cloned().collect();
        response.headers_mut().remove(header::SET_COOKIE);
        for cookie in cookies {
            let secure = cookie.to_str().ok().filter(|text| !text.contains("; Secure"));
            let secure = secure.and_then(|text| HeaderValue::from_str(&format!("{text}; Secure")).ok());
            response.headers_mut().append(header::SET_COOKIE, secure.unwrap_or(cookie));
        }
    }
    response
}

impl Sessions {
    fn row(&self, record: &Record) -> Result<SessionRow, session_store::Error> {
        let text = |key: &str| record.data.get(key).and_then(Value::as_str).map(str::to_owned);
        let now = self.clock.now();
        let created = text(CREATED).and_then(|time| DateTime::parse_from_rfc3339(&time).ok());
        let data: Map<String, Value> = record.data.clone().into_iter().collect();
        Ok(SessionRow {
            id_hash: id_hash(&record.id),
            user_id: text(USER),
            data: serde_json::to_string(&data).map_err(|error| session_store::Error::Encode(error.to_string()))?,
            method: text(METHOD),
            device: text(DEVICE),
            address: text(ADDRESS),
            created_at: created.map_or(now, |time| time.with_timezone(&Utc)),
            last_used_at: now,
            // By our clock, not by the library's.
            expires_at: now + IDLE,
        })
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        while self.service.session_load(&id_hash(&record.id)).is_some() {
            record.id = Id::default();
        }
        self.save(record).await
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let row = self.row(record)?;
        self.service.session_save(row).await.map_err(|error| session_store::Error::Backend(error.to_string()))
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let Some(row) = self.service.session_load(&id_hash(id)) else { return Ok(None) };
        let data = serde_json::from_str(&row.data).map_err(|error| session_store::Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(row.expires_at.timestamp())
            .map_err(|error| session_store::Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        let removed = self.service.session_remove(&id_hash(id)).await;
        removed.map_err(|error| session_store::Error::Backend(error.to_string()))
    }
}
