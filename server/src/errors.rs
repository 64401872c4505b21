//! The one way an error leaves the server: `{"detail", "code"[, "request_id"]}`.

use std::{borrow::Cow, fmt};

use agnes_contract::error::{Code, ErrorBody, FieldError};
use axum::{
    Json,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use crate::shell::request_id;

/// What a client is told of an error that is ours.
pub const INTERNAL: &str = "Internal server error";

/// An error on its way to the client.
pub struct ApiError {
    /// Names the cause; its status is the answer's.
    pub code: Code,
    detail: Value,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// Left on an error response, so that the shell can make a page or a redirect of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed(pub Code);

impl ApiError {
    /// An error with a sentence for the client.
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: Value::String(detail.into().into_owned()), headers: Vec::new() }
    }

    /// An error of ours: logged here, once, with its chain; the client gets no word of it.
    pub fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        let mut chain = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            chain.push_str(": ");
            chain.push_str(&cause.to_string());
            source = cause.source();
        }
        tracing::error!(error = %chain, "A request failed on our side");
        Self::new(Code::Internal, INTERNAL)
    }

    /// Fields that could not be taken.
    pub fn fields(fields: &[FieldError]) -> Self {
        let detail = fields
            .iter()
            .map(|field| {
                serde_json::json!({"type": field.kind, "loc": field.loc, "msg": field.msg, "input": field.input})
            })
            .collect();
        Self { code: Code::ValidationFailed, detail: Value::Array(detail), headers: Vec::new() }
    }

    /// The same error with a header beside it.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<agnes_service::Error> for ApiError {
    fn from(error: agnes_service::Error) -> Self {
        if let agnes_service::Error::Invalid { field, message } = &error {
            return Self::fields(&[FieldError {
                kind: "value_error".to_owned(),
                loc: vec!["body".into(), (*field).into()],
                msg: message.clone(),
                input: Value::Null,
            }]);
        }
        match error.code() {
            Code::Internal => Self::internal(&error),
            code @ (Code::Busy | Code::Stopping | Code::RateLimited) => {
                Self::new(code, error.detail()).with(header::RETRY_AFTER, HeaderValue::from_static("5"))
            }
            code => Self::new(code, error.detail()),
        }
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ApiError({})", self.code)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        let request_id = status.is_server_error().then(request_id::current).flatten();
        let body = ErrorBody { detail: self.detail, code: self.code.as_str().to_owned(), request_id };
        let mut response = (status, Json(body)).into_response();
        response.extensions_mut().insert(Failed(self.code));
        response.headers_mut().extend(self.headers);
        response
    }
}

/// 404 for a path nobody serves.
pub fn not_found() -> ApiError {
    ApiError::new(Code::NotFound, "Not Found")
}

/// 405; axum adds the `Allow` header.
pub async fn method_not_allowed() -> ApiError {
    ApiError::new(Code::MethodNotAllowed, "Method Not Allowed")
}
