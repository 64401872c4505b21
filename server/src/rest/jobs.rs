//! Long work and how far it is.

use std::{convert::Infallible, time::Duration};

use agnes_contract::{
    error::ErrorBody,
    job::{Job, Jobs},
    lenient,
};
use agnes_service::Service;
use axum::{
    Json,
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures::{Stream, StreamExt, stream};
use serde::Deserialize;
use tokio_stream::wrappers::BroadcastStream;
use utoipa::IntoParams;

use crate::{
    errors::ApiError,
    extract::{Caller, PathOf, QueryOf},
    state::AppState,
};

/// A stream ends after this and the browser opens it again: who lost the right meanwhile cannot.
const STREAM: Duration = Duration::from_secs(600);

/// Jobs shown to who opens the stream, so that they need not ask twice.
const FIRST: usize = 20;

/// How much of the list.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Page {
    /// The most jobs to answer with, 1 to 500.
    #[serde(default = "fifty", deserialize_with = "lenient::int")]
    limit: i64,
}

fn fifty() -> i64 {
    50
}

/// Runs, newest first.
#[utoipa::path(get, path = "/api/admin/jobs", tag = "jobs", params(Page),
    responses((status = 200, body = Jobs), (status = "4XX", body = ErrorBody)))]
pub async fn list(
    State(service): State<Service>,
    Caller(actor): Caller,
    QueryOf(page): QueryOf<Page>,
) -> Result<Json<Jobs>, ApiError> {
    let limit = usize::try_from(page.limit.clamp(1, 500)).unwrap_or(1);
    Ok(Json(service.job_list(&actor, limit).await?))
}

/// One run.
#[utoipa::path(get, path = "/api/admin/jobs/{id}", tag = "jobs", params(("id" = String, Path)),
    responses((status = 200, body = Job), (status = "4XX", body = ErrorBody)))]
pub async fn find(
    State(service): State<Service>,
    Caller(actor): Caller,
    PathOf(id): PathOf<String>,
) -> Result<Json<Job>, ApiError> {
    Ok(Json(service.job_find(&actor, &id).await?))
}

/// Runs as they proceed: server-sent events called `job`, each with a whole job.
#[utoipa::path(get, path = "/api/admin/jobs/stream", tag = "jobs",
    responses((status = 200, content_type = "text/event-stream"), (status = "4XX", body = ErrorBody)))]
pub async fn stream(
    State(state): State<AppState>,
    Caller(actor): Caller,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>> + use<>>, ApiError> {
    // Subscribed first: what happens between the two is told twice rather than not at all.
    let changes = BroadcastStream::new(state.service.job_subscribe(&actor).await?);
    let known = state.service.job_list(&actor, FIRST).await?.jobs;
    let known = stream::iter(known.into_iter().rev());
    // A reader that was too slow misses steps; the next one tells it where things are.
    let changes = changes.filter_map(|job| async { job.ok() });
    let ended = state.stopping.clone();
    let end = async move {
        tokio::select! {
            () = ended.cancelled() => {}
            () = tokio::time::sleep(STREAM) => {}
        }
    };
    let events = known
        .chain(changes)
        .take_until(Box::pin(end))
        .filter_map(|job| async move { Event::default().event("job").json_data(&job).ok().map(Ok) });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}
