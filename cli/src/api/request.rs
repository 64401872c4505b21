//! One request and its answer.

use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderName};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Api, Failure};

/// Beyond this a JSON answer is not one.
const BODY_LIMIT: usize = 512 << 20;
/// Of an error only the first words are shown.
const ERROR_BODY_LIMIT: usize = 64 << 10;
/// For everything that is not a download or a query.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A request in the making.
#[derive(Debug)]
pub struct Request<'a> {
    api: &'a Api,
    builder: reqwest::RequestBuilder,
    timeout: Option<Duration>,
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    /// 2xx, or 304 where it was asked for.
    pub status: u16,
    /// As they came.
    pub headers: HeaderMap,
    /// As text.
    pub text: String,
}

impl<'a> Request<'a> {
    pub(super) fn new(api: &'a Api, method: reqwest::Method, path: &str) -> Self {
        let mut builder = api.http.request(method, format!("{}{path}", api.server));
        if let Some(token) = &api.token {
            builder = builder.bearer_auth(token);
        }
        Self { api, builder, timeout: Some(TIMEOUT) }
    }

    /// A header.
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    /// A JSON body.
    pub fn json(mut self, body: &impl Serialize) -> Self {
        self.builder = self.builder.json(body);
        self
    }

    /// Another time for the whole exchange.
    pub const fn within(mut self, seconds: u64) -> Self {
        self.timeout = Some(Duration::from_secs(seconds));
        self
    }

    /// No time for the whole: a body may take as long as it keeps coming.
    pub const fn patiently(mut self) -> Self {
        self.timeout = None;
        self
    }

    /// The answer, its body still to come; an error when it says no.
    pub async fn open(self) -> Result<reqwest::Response, Failure> {
        let mut builder = self.builder;
        if let Some(timeout) = self.timeout {
            builder = builder.timeout(timeout);
        }
        let response = builder.send().await.map_err(|error| Failure::unreachable(&self.api.server, &error))?;
        let status = response.status().as_u16();
        if response.status().is_success() || status == 304 {
            return Ok(response);
        }
        if response.status().is_redirection() {
            let location = text_of(response.headers(), &header::LOCATION).unwrap_or("elsewhere");
            let location = crate::output::text::cut(&crate::output::text::clean(location), 200);
            return Err(Failure::Redirect { status, server: self.api.server.to_string(), location });
        }
        let retry_after = text_of(response.headers(), &header::RETRY_AFTER).and_then(|text| text.parse().ok());
        let is_html = text_of(response.headers(), &header::CONTENT_TYPE).is_some_and(|kind| kind.contains("html"));
        // Whatever can be had of the body: the status alone says no already.
        let body = read(response, ERROR_BODY_LIMIT).await.unwrap_or_default();
        Err(Failure::status(status, retry_after, is_html, &body))
    }

    /// The whole answer.
    pub async fn send(self) -> Result<Answer, Failure> {
        let api = self.api;
        let response = self.open().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = read(response, BODY_LIMIT).await.map_err(|error| match error {
            Some(error) => Failure::unreachable(&api.server, &error),
            None => api.not_understood("the answer is too large"),
        })?;
        let text = String::from_utf8(body).map_err(|_| api.not_understood("the answer is not text"))?;
        Ok(Answer { status, headers, text })
    }

    /// The answer as what it should be.
    pub async fn read<T: DeserializeOwned>(self) -> Result<T, Failure> {
        let api = self.api;
        self.send().await?.parse(api)
    }
}

impl Answer {
    /// The body as what it should be.
    pub fn parse<T: DeserializeOwned>(&self, api: &Api) -> Result<T, Failure> {
        serde_json::from_str(&self.text).map_err(|error| match self.text.trim_start().chars().next() {
            Some('{' | '[') => api.not_understood(&error.to_string()),
            _ => api.not_understood("the answer is not JSON"),
        })
    }

    /// The same, where old servers write null for what they do not know.
    pub fn parse_leniently<T: DeserializeOwned>(&self, api: &Api) -> Result<T, Failure> {
        let mut json: Value = self.parse(api)?;
        drop_nulls(&mut json);
        serde_json::from_value(json).map_err(|error| api.not_understood(&error.to_string()))
    }

    /// A header that is text.
    pub fn header(&self, name: &HeaderName) -> Option<&str> {
        text_of(&self.headers, name)
    }
}

impl Api {
    /// Something came that is not what this program knows.
    pub fn not_understood(&self, reason: &str) -> Failure {
        let reason = crate::output::text::cut(&crate::output::text::clean(reason), 200);
        Failure::NotUnderstood { server: self.server.to_string(), reason }
    }
}

fn drop_nulls(json: &mut Value) {
    match json {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(drop_nulls);
        }
        Value::Array(values) => values.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

/// A header that is text.
pub fn text_of<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The body, or nothing where it grows past the limit.
async fn read(mut response: reqwest::Response, limit: usize) -> Result<Vec<u8>, Option<reqwest::Error>> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(Some)? {
        if body.len() + piece.len() > limit {
            return Err(None);
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}
