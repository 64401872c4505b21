//! Extractors: they know the wire's rules, so that handlers know none.

use std::convert::Infallible;

use agnes_contract::error::{Code, FieldError};
use agnes_service::{Actor, Origin};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest, FromRequestParts, Multipart, Path, Request},
    http::{HeaderMap, header, request::Parts},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    auth,
    errors::{self, ApiError},
    validation,
};

/// How much body the route takes, put on the request by the gate.
#[derive(Clone, Copy, Debug)]
pub struct BodyLimit(pub usize);

/// The signed-in caller, put on the request by the gate.
#[derive(Clone, Debug)]
pub struct Caller(pub Actor);

/// The caller of a route that anybody may call.
#[derive(Clone, Debug)]
pub struct MaybeCaller(pub Option<Actor>);

/// Where the request comes from.
#[derive(Clone, Debug)]
pub struct From(pub Origin);

/// A JSON body.
#[derive(Clone, Debug)]
pub struct JsonBody<T>(pub T);

/// A JSON body that may be left out.
#[derive(Clone, Debug)]
pub struct OptionalJsonBody<T>(pub Option<T>);

/// The variable parts of the path.
#[derive(Clone, Debug)]
pub struct PathOf<T>(pub T);

/// A form, sent either way a browser does.
#[derive(Clone, Debug)]
pub struct FormBody<T>(pub T);

/// The part of the address after `?`.
#[derive(Clone, Debug)]
pub struct QueryOf<T>(pub T);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let actor = parts.extensions.get::<Actor>().cloned();
        actor.map(Caller).ok_or_else(|| agnes_service::Error::Unauthenticated.into())
    }
}

impl<S: Sync> FromRequestParts<S> for From {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(auth::origin(parts)))
    }
}

impl<S: Sync> FromRequestParts<S> for MaybeCaller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.extensions.get::<Actor>().cloned()))
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for PathOf<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        // What is not even text names nothing we have.
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(value)| Self(value)).map_err(|_| errors::not_found())
    }
}

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for QueryOf<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let pairs = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let fields = pairs.map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).collect();
        validation::read("query", Value::Object(fields)).map(Self)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        match json(request).await? {
            // A list would be read as the fields in their order.
            Some(value) if value.is_object() => validation::read("body", value).map(Self),
            Some(_) => Err(no_object()),
            None => Err(ApiError::fields(&[validation::field("missing", &["body"], "Field required", Value::Null)])),
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for OptionalJsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let value = json(request).await?;
        value.map(|value| validation::read("body", value)).transpose().map(Self)
    }
}

fn no_object() -> ApiError {
    let message = "Input should be a valid dictionary or object to extract fields from";
    ApiError::fields(&[validation::field("model_attributes_type", &["body"], message, Value::Null)])
}

/// The body as a JSON value, through which of a key that stands twice the last counts, as it always did.
async fn json(request: Request) -> Result<Option<Value>, ApiError> {
    let is_json = is_json(request.headers());
    let bytes = body(request).await?;
    if bytes.is_empty() {
        return Ok(None);
    }
    if !is_json {
        return Err(no_object());
    }
    serde_json::from_slice(&bytes).map(Some).map_err(|error| ApiError::fields(&[malformed(&bytes, &error)]))
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for FormBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let multipart = content_type(request.headers()).starts_with("multipart/form-data");
        let fields = if multipart {
            multipart_fields(request, state).await?
        } else {
            let bytes = body(request).await?;
            let pairs = url::form_urlencoded::parse(&bytes);
            pairs.map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).collect()
        };
        validation::read("body", Value::Object(fields)).map(Self)
    }
}

async fn multipart_fields<S: Send + Sync>(
    request: Request,
    state: &S,
) -> Result<serde_json::Map<String, Value>, ApiError> {
    let (parts, content) = request.into_parts();
    let limit = parts.extensions.get::<BodyLimit>().map_or(0, |limit| limit.0);
    let bytes = collect(content, limit).await?;
    let request = Request::from_parts(parts, Body::from(bytes));
    let broken = |_| ApiError::new(Code::InvalidRequest, "The form could not be read");
    let mut form = Multipart::from_request(request, state)
        .await
        .map_err(|_| ApiError::new(Code::InvalidRequest, "The form could not be read"))?;
    let mut fields = serde_json::Map::new();
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let Some(name) = field.name().map(ToOwned::to_owned) else { continue };
        fields.insert(name, Value::String(field.text().await.map_err(broken)?));
    }
    Ok(fields)
}

/// The whole body, when the route takes as much.
///
/// # Errors
/// `body_too_large`, or `invalid_request` when the client breaks off.
pub async fn body(request: Request) -> Result<Bytes, ApiError> {
    let limit = request.extensions().get::<BodyLimit>().map_or(0, |limit| limit.0);
    collect(request.into_body(), limit).await
}

async fn collect(body: Body, limit: usize) -> Result<Bytes, ApiError> {
    use axum::body::HttpBody;

    if body.size_hint().lower() > limit as u64 {
        return Err(too_large(limit));
    }
    to_bytes(body, limit).await.map_err(|error| {
        let over = std::error::Error::source(&error)
            .is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>);
        if over { too_large(limit) } else { ApiError::new(Code::InvalidRequest, "The request body could not be read") }
    })
}

/// 413, naming the limit.
pub fn too_large(limit: usize) -> ApiError {
    ApiError::new(Code::BodyTooLarge, format!("The request body is larger than {limit} bytes"))
}

fn content_type(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// A body without a content type was always read as JSON.
fn is_json(headers: &HeaderMap) -> bool {
    let kind = content_type(headers).split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.is_empty() || kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

fn malformed(bytes: &[u8], error: &serde_json::Error) -> FieldError {
    let before: usize =
        bytes.split_inclusive(|byte| *byte == b'\n').take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
    let offset = (before + error.column()).saturating_sub(1);
    FieldError {
        kind: "json_invalid".to_owned(),
        loc: vec!["body".into(), offset.into()],
        msg: "JSON decode error".to_owned(),
        input: Value::Object(serde_json::Map::new()),
    }
}
