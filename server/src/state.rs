//! What handlers share.

use std::sync::Arc;

use agnes_service::Service;
use axum::extract::FromRef;
use tokio_util::sync::CancellationToken;

use crate::{
    config::Config, dist::Dist, rest::sync::ManifestBodies, shell::cors::Cors, site::Site, throttling::Throttling,
};

/// One cheap handle on everything.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

/// What [`AppState`] is a handle on.
pub struct Shared {
    /// The use cases.
    pub service: Service,
    /// The resolved configuration.
    pub config: Config,
    /// The built site, in memory.
    pub site: Site,
    /// The command line's files.
    pub dist: Dist,
    /// Attempts to sign in.
    pub throttling: Throttling,
    /// Manifests as bytes.
    pub manifests: ManifestBodies,
    /// Set when the server stops: streams end.
    pub stopping: CancellationToken,
    /// What is the same on every page of the console.
    pub console: Arc<agnes_app::Site>,
    /// Which other origins may call.
    pub cors: Cors,
}

impl AppState {
    /// A handle on these.
    #[must_use]
    pub fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl std::ops::Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl FromRef<AppState> for Service {
    fn from_ref(state: &AppState) -> Self {
        state.service.clone()
    }
}
