//! The server's life: listen, serve, drain, stop.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use agnes_service::Service;
use axum::{Router, body::Body, extract::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use tower::Service as _;

use crate::{
    config::Config,
    console,
    dist::Dist,
    rest::{metrics, sync::ManifestBodies, uploads},
    router,
    shell::{client::Peer, cors::Cors},
    site::Site,
    state::{AppState, Shared},
    throttling::Throttling,
};

/// How long requests under way may take to end.
const DRAIN: Duration = Duration::from_secs(8);

/// How long a client may take to send the head of a request, and to send nothing between two.
const HEAD: Duration = Duration::from_secs(30);

/// Bytes of one request's head, and of what is buffered for one connection.
const BUFFER: usize = 128 * 1024;

/// Connections at once; further ones wait in the system's queue.
const CONNECTIONS: usize = 4096;

/// A running server.
pub struct Server {
    address: SocketAddr,
    url: String,
    service: Service,
    config: Config,
    stopping: CancellationToken,
    accepting: JoinHandle<()>,
}

/// Why the server does not start, or did not stop well.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address is taken, or not ours.
    #[error("could not listen on {address}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// The data directory cannot be used.
    #[error("could not open {data_dir}")]
    Open {
        /// Which.
        data_dir: String,
        /// Why not.
        source: agnes_service::Error,
    },
    /// The last checkpoint failed.
    #[error("could not close the data directory")]
    Close(#[source] agnes_service::Error),
}

/// Listens, opens the data directory, and serves.
///
/// # Errors
/// When the address or the data directory cannot be used.
pub async fn start(config: Config) -> Result<Server, Error> {
    let bind = config.bind;
    let listen = |source| Error::Listen { address: bind, source };
    // Before anything slow: who connects now waits instead of being refused.
    let listener = TcpListener::bind(bind).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    metrics::start();
    let site = tokio::task::spawn_blocking({
        let folder = config.site_dir.clone();
        move || load_site(folder.as_deref())
    });
    let service = Service::start(config.service.clone())
        .await
        .map_err(|source| Error::Open { data_dir: config.data_dir.display().to_string(), source })?;
    uploads::sweep(&config.data_dir.join("uploads"));
    let site = site.await.unwrap_or_default();
    let stopping = CancellationToken::new();
    let state = AppState::new(Shared {
        console: Arc::new(console::site(&config, &site)),
        cors: Cors::new(&config.cors_origins),
        dist: Dist::new(config.cli_dist_dir.clone()),
        throttling: Throttling::new(config.sign_in_per_minute, config.service.clock.clone()),
        manifests: ManifestBodies::default(),
        service: service.clone(),
        site,
        stopping: stopping.clone(),
        config: config.clone(),
    });
    let accepting = tokio::spawn(accept(listener, router::build(state), stopping.clone()));
    let url = config.server_url.clone().unwrap_or_else(|| format!("http://{}", reachable(address)));
    tracing::info!(%address, version = agnes_contract::VERSION, "Serving on {url}");
    Ok(Server { address, url, service, config, stopping, accepting })
}

/// The address somebody on this machine can open.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = if address.ip().is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { address.ip() };
    SocketAddr::new(ip, address.port())
}

fn load_site(folder: Option<&std::path::Path>) -> Site {
    let Some(folder) = folder else {
        tracing::warn!("No built site: pages come without style. `cargo xtask run` builds it, or set AGNES_SITE_DIR");
        return Site::default();
    };
    Site::load(folder).unwrap_or_else(|error| {
        tracing::warn!(folder = %folder.display(), %error, "The site cannot be read: pages come without style");
        Site::default()
    })
}

impl Server {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address for people, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The use cases.
    #[must_use]
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// What it was started with.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Takes no further connection, lets requests under way end for a while, and closes the data directory.
    ///
    /// # Errors
    /// When the last checkpoint fails.
    pub async fn stop(self) -> Result<(), Error> {
        tracing::info!("Stopping");
        self.stopping.cancel();
        if self.accepting.await.is_err() {
            tracing::error!("The listener ended before it was told to");
        }
        self.service.stop().await.map_err(Error::Close)
    }
}

/// Waits for SIGTERM, or for Ctrl-C.
pub async fn until_told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};

    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                tracing::warn!(%error, "SIGTERM cannot be waited for");
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        () = terminated => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

async fn accept(listener: TcpListener, router: Router, stopping: CancellationToken) {
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let next = async {
            let permit = Arc::clone(&room).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            next = next => next,
            () = stopping.cancelled() => break,
        };
        let Ok(permit) = permit else { break };
        match accepted {
            Ok((stream, peer)) => connect(stream, peer, permit, &router, &graceful),
            Err(error) => {
                // Too many open files, mostly: others have to end first.
                tracing::warn!(%error, "A connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("Requests still under way were cut off");
    }
}

fn connect(
    stream: TcpStream,
    peer: SocketAddr,
    permit: OwnedSemaphorePermit,
    router: &Router,
    graceful: &GracefulShutdown,
) {
    // Answers are written whole; waiting for more to send only delays them.
    let _ = stream.set_nodelay(true);
    let router = router.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer));
        router.clone().call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), service);
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        // Clients that break off are no news.
        if let Err(error) = connection.await {
            tracing::debug!(%error, "A connection ended early");
        }
        drop(permit);
    });
}
