//! Talking to the server: one client, its addresses, and what can go wrong.

mod failure;
mod request;

use std::time::Duration;

pub use failure::Failure;
pub use request::{Answer, Request};

use crate::{
    error::Error,
    settings::{ServerUrl, Settings},
};

/// A connection that never comes about must not hold anybody up for long.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Between two pieces of a body.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// What `da` calls itself.
pub fn user_agent() -> String {
    format!("da/{}", agnes_contract::VERSION)
}

/// The server, as the caller.
#[derive(Clone, Debug)]
pub struct Api {
    http: reqwest::Client,
    server: ServerUrl,
    token: Option<String>,
}

impl Api {
    /// With the token of the settings, if there is one.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        let token = settings.token()?.map(|token| token.access_token);
        Self::with(settings.server()?, token)
    }

    /// At an address, with a token of one's own.
    pub fn with(server: ServerUrl, token: Option<String>) -> Result<Self, Error> {
        let http = reqwest::Client::builder()
            .user_agent(user_agent())
            // A redirect is an answer of something that is not this server, and would take the token along.
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(IDLE_TIMEOUT)
            .build()
            .map_err(|error| Error::Api { doing: "", failure: Failure::unreachable(&server, &error) })?;
        Ok(Self { http, server, token })
    }

    /// Where the server is.
    pub const fn server(&self) -> &ServerUrl {
        &self.server
    }

    /// Asks for something. The path is made by [`path`].
    pub fn get(&self, path: &str) -> Request<'_> {
        Request::new(self, reqwest::Method::GET, path)
    }

    /// Sends something.
    pub fn post(&self, path: &str) -> Request<'_> {
        Request::new(self, reqwest::Method::POST, path)
    }

    /// Takes something back.
    pub fn delete(&self, path: &str) -> Request<'_> {
        Request::new(self, reqwest::Method::DELETE, path)
    }
}

/// What may stand unescaped in a path segment.
const SEGMENT: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':');

/// A path with an identifier at its end, escaped.
pub fn path(prefix: &str, id: &str, suffix: &str) -> Result<String, Error> {
    // An address loses these on the way, however they are escaped.
    if matches!(id, "" | "." | "..") {
        return Err(Error::Usage(format!("'{id}' is not an identifier")));
    }
    Ok(format!("{prefix}{}{suffix}", percent_encoding::utf8_percent_encode(id, SEGMENT)))
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn an_identifier_stays_one_segment() {
        for (id, expected) in [
            ("orders", Some("/t/orders/x")),
            ("in.c-crm.orders", Some("/t/in.c-crm.orders/x")),
            ("a/../b?c#d e%", Some("/t/a%2F..%2Fb%3Fc%23d%20e%25/x")),
            ("..", None),
            ("", None),
        ] {
            assert_eq!(path("/t/", id, "/x").ok().as_deref(), expected, "{id}");
        }
    }
}
