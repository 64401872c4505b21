//! A panic in a handler is one failed request, answered like any other error of ours.

use std::any::Any;

use agnes_contract::error::Code;
use axum::response::{IntoResponse, Response};

use crate::errors::{ApiError, INTERNAL};

/// For `CatchPanicLayer::custom`.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the payload over")]
pub fn answer(payload: Box<dyn Any + Send + 'static>) -> Response {
    let message = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(panic = message, "A handler panicked");
    ApiError::new(Code::Internal, INTERNAL).into_response()
}
