//! Numbers for a monitoring system: for this machine, or for who holds the token.

use std::sync::OnceLock;

use agnes_contract::error::ErrorBody;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use subtle::ConstantTimeEq;

use crate::{errors, shell::client::Peer, state::AppState};

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Starts counting. Once a process; later calls change nothing.
pub fn start() {
    RECORDER.get_or_init(|| {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("Somebody else counts already; /metrics stays empty");
        }
        handle
    });
}

/// Counters and histograms as Prometheus reads them.
#[utoipa::path(get, path = "/metrics", tag = "health",
    responses((status = 200, content_type = "text/plain"), (status = 404, body = ErrorBody)))]
pub async fn metrics(State(state): State<AppState>, request: Request) -> Response {
    if !may_read(state.config.metrics_token.as_deref(), &request) {
        // Whether there is anything here is nobody's business.
        return errors::not_found().into_response();
    }
    let text = RECORDER.get().map(PrometheusHandle::render).unwrap_or_default();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}

fn may_read(token: Option<&str>, request: &Request) -> bool {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer "));
    let holds = match (token, given) {
        (Some(token), Some(given)) => token.as_bytes().ct_eq(given.as_bytes()).into(),
        _ => false,
    };
    holds || is_here(request)
}

/// A request of this machine itself: a proxy's carries where it came from.
fn is_here(request: &Request) -> bool {
    let forwarded = |headers: &HeaderMap| headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded");
    let peer = request.extensions().get::<Peer>();
    peer.is_some_and(|peer| peer.0.ip().to_canonical().is_loopback()) && !forwarded(request.headers())
}
