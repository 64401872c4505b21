//! Finding out who is calling: bearer token, then the cookies.

use agnes_contract::error::Code;
use agnes_service::{Actor, Error, Origin, Service};
use axum::http::{Extensions, HeaderMap, Method, header, request::Parts};
use axum_extra::extract::CookieJar;
use tower_sessions::Session;

use crate::{
    errors::ApiError,
    session,
    shell::{
        client::{self, Client},
        cors::Cors,
        request_id::RequestId,
    },
};

/// The reference's cookie; its value is a JWT.
const TOKEN_COOKIE: &str = "access_token";

/// What the request carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    /// An `Authorization: Bearer` header, which no other site can make a browser send.
    Bearer,
    /// A cookie, which a browser sends by itself.
    Cookie,
}

/// Where a request comes from, for the use cases.
#[must_use]
pub fn origin(parts: &Parts) -> Origin {
    origin_of(&parts.headers, &parts.extensions)
}

/// The same of headers and extensions.
#[must_use]
pub fn origin_of(headers: &HeaderMap, extensions: &Extensions) -> Origin {
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    Origin {
        address: extensions.get::<Client>().and_then(|client| client.address),
        user_agent: user_agent.map(|text| text.chars().take(200).collect()),
        request_id: extensions.get::<RequestId>().map(|id| id.0.clone()),
    }
}

/// The caller of a request; nobody is an error.
///
/// # Errors
/// `unauthenticated` without credentials, otherwise why they do not hold.
pub async fn authenticate(service: &Service, parts: &Parts) -> Result<(Actor, Carried), ApiError> {
    let origin = origin(parts);
    if let Some(token) = bearer(&parts.headers) {
        // Final: a bad token is not made good by a cookie.
        return Ok((service.authenticate_bearer(token, &origin)?, Carried::Bearer));
    }
    let token = CookieJar::from_headers(&parts.headers).get(TOKEN_COOKIE).map(|cookie| cookie.value().to_owned());
    if let Some(token) = token.filter(|token| !token.is_empty()) {
        return Ok((service.authenticate_bearer(&token, &origin)?, Carried::Cookie));
    }
    let Some(session) = parts.extensions.get::<Session>() else { return Err(Error::Unauthenticated.into()) };
    match session::owner(session).await.map_err(|error| ApiError::internal(&error))? {
        Some((hash, user)) => {
            let actor = service.authenticate_session(&hash, &user, &origin)?;
            let now = service.settings().clock.now();
            session::keep(session, now).await.map_err(|error| ApiError::internal(&error))?;
            Ok((actor, Carried::Cookie))
        }
        None => Err(Error::Unauthenticated.into()),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ").filter(|token| !token.is_empty())
}

/// Whether a request changes something by its method.
#[must_use]
pub fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Refuses a change a browser was made to send by another site.
///
/// # Errors
/// `cross_site`.
pub fn same_site(parts: &Parts, server_url: Option<&str>) -> Result<(), ApiError> {
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    // From a page that sends no referrer a browser says `null`; where it is from it says all the same.
    let same = match (text("origin").filter(|origin| *origin != "null"), text("sec-fetch-site")) {
        (Some(origin), _) => is_own(origin, parts, server_url),
        (None, Some(site)) => matches!(site, "same-origin" | "none"),
        (None, None) => false,
    };
    if same { Ok(()) } else { Err(cross_site()) }
}

/// Refuses a change another site's page sent without any proof: nobody may be signed in, or the first
/// admin made, by a page somebody happened to open. Programs say nothing of sites and pass.
///
/// # Errors
/// `cross_site`.
pub fn not_foreign(parts: &Parts, server_url: Option<&str>, cors: &Cors) -> Result<(), ApiError> {
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let fine = match (parts.headers.get(header::ORIGIN), text("sec-fetch-site")) {
        (Some(origin), _) => {
            cors.lists(origin) || origin.to_str().is_ok_and(|origin| is_own(origin, parts, server_url))
        }
        (None, Some(site)) => matches!(site, "same-origin" | "none"),
        (None, None) => true,
    };
    if fine { Ok(()) } else { Err(cross_site()) }
}

fn cross_site() -> ApiError {
    ApiError::new(Code::CrossSite, "This change was sent by another site, or without saying by which")
}

/// By host and port: a proxy may hide the scheme, another host it cannot.
fn is_own(origin: &str, parts: &Parts, server_url: Option<&str>) -> bool {
    let authority = |address: &str| address.split_once("://").map(|(scheme, rest)| bare(scheme, rest));
    let Some(theirs) = authority(origin) else { return false };
    let ours = client::host(&parts.headers, &parts.uri).map(|host| {
        let scheme = origin.split_once("://").map_or("http", |(scheme, _)| scheme);
        bare(scheme, host)
    });
    ours.as_deref() == Some(theirs.as_str())
        || server_url.and_then(authority).is_some_and(|configured| configured == theirs)
}

/// Host and port without the scheme's own port.
fn bare(scheme: &str, rest: &str) -> String {
    let authority = rest.split('/').next().unwrap_or_default().to_ascii_lowercase();
    let default = if scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
    authority.strip_suffix(default).map_or(authority.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn check(headers: &[(&str, &str)], server_url: Option<&str>, expected: bool) {
        let mut request = Request::post("/api/users");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        assert_eq!(same_site(&parts, server_url).is_ok(), expected, "{headers:?}");
    }

    #[test]
    fn a_change_with_a_cookie_says_that_it_is_from_here() {
        let host = ("host", "data.example:8000");
        check(&[host], None, false);
        check(&[host, ("origin", "http://data.example:8000")], None, true);
        check(&[host, ("origin", "https://data.example:8000")], None, true);
        check(&[host, ("origin", "http://data.example:8001")], None, false);
        check(&[host, ("origin", "http://evil.example")], None, false);
        check(&[host, ("origin", "null")], None, false);
        check(&[host, ("origin", "null"), ("sec-fetch-site", "cross-site")], None, false);
        check(&[host, ("origin", "null"), ("sec-fetch-site", "same-origin")], None, true);
        check(&[host, ("origin", "http://evil.example"), ("sec-fetch-site", "same-origin")], None, false);
        check(&[host, ("sec-fetch-site", "same-origin")], None, true);
        check(&[host, ("sec-fetch-site", "none")], None, true);
        check(&[host, ("sec-fetch-site", "same-site")], None, false);
        check(&[("host", "data.example"), ("origin", "https://data.example:443")], None, true);
        check(&[("host", "inner:8000"), ("origin", "https://data.example")], Some("https://data.example/a"), true);
        check(&[("host", "inner:8000"), ("origin", "https://data.example.evil")], Some("https://data.example"), false);
    }
}
