//! Everything the program is told from outside, read once at the start and checked.

mod environment;
mod instance;
mod keys;

use std::{ffi::OsString, net::SocketAddr, path::PathBuf, time::Duration};

use agnes_service::{Build, SeedAdmin, Settings, Subprocess};
use agnes_store::Clock;

pub use environment::Environment;
pub use instance::Instance;

use crate::shell::client::{NotANetwork, PRIVATE, Proxies};

/// How long one source may take to extract.
const EXTRACT_TIMEOUT: Duration = Duration::from_secs(1800);

/// Memory the system database may take: it holds accounts and grants, not data.
const SYSTEM_MEMORY_MB: u32 = 256;

/// Why the program does not start. Each is one line that names what to change.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An environment variable with a value it cannot have.
    #[error("{name}: {reason}")]
    Variable {
        /// The variable.
        name: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A configuration file that cannot be read or taken.
    #[error("{}: {reason}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What is wrong, with the key.
        reason: String,
    },
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// For a person at a terminal.
    Human,
}

/// The resolved configuration.
#[derive(Clone)]
pub struct Config {
    /// Where to listen.
    pub bind: SocketAddr,
    /// The root of everything this instance keeps.
    pub data_dir: PathBuf,
    /// The address people use, without a slash at the end; none: what they ask for.
    pub server_url: Option<String>,
    /// Whether there is a name in the DNS, and so TLS in front: cookies are `Secure`.
    pub secure_cookies: bool,
    /// Comma-separated origins a browser may call from.
    pub cors_origins: String,
    /// Whose `X-Forwarded-*` headers are believed.
    pub proxies: Proxies,
    /// A bearer that may read `/metrics` from elsewhere.
    pub metrics_token: Option<String>,
    /// The built site.
    pub site_dir: Option<PathBuf>,
    /// What `/cli/*` hands out.
    pub cli_dist_dir: Option<PathBuf>,
    /// The version the install script names.
    pub release: String,
    /// Sign-in attempts per minute and client or account; 0 is no limit.
    pub sign_in_per_minute: u32,
    /// Whether opening a sign-in link is enough: in the demo, whose links stay on this machine.
    pub links_sign_in_at_once: bool,
    /// Whether this is the sample instance.
    pub is_demo: bool,
    /// Largest upload, in bytes.
    pub upload_limit: usize,
    /// `tracing` filter.
    pub log_filter: String,
    /// How log lines look; none: as the terminal suggests.
    pub log_format: Option<LogFormat>,
    /// From `instance.yaml`.
    pub instance: Instance,
    /// What could be wrong but does not stop the start.
    pub warnings: Vec<String>,
    /// For the use cases.
    pub service: Settings,
}

impl Config {
    /// Reads environment, `.env_overlay` and `instance.yaml`.
    ///
    /// # Errors
    /// One line naming the variable, or file and key, that cannot be taken.
    pub fn load(environment: &Environment) -> Result<Self, Error> {
        let data_dir = PathBuf::from(environment.text("DATA_DIR").unwrap_or("./data"));
        let data_dir = std::path::absolute(&data_dir).unwrap_or(data_dir);
        let mut warnings = Vec::new();
        let environment = environment.with_overlay(&data_dir.join("state").join(".env_overlay"), &mut warnings);
        let config_dir = PathBuf::from(environment.text("CONFIG_DIR").unwrap_or("./config"));
        let instance = Instance::load(&config_dir, &data_dir, &environment, &mut warnings)?;
        let service = settings(&environment, &instance, data_dir.clone(), &mut warnings)?;
        let domain = environment.text("DOMAIN");
        Ok(Self {
            bind: environment
                .parsed("AGNES_BIND", "an address with a port such as 0.0.0.0:8000")?
                .unwrap_or_else(local),
            server_url: server_url(&environment)?,
            secure_cookies: domain.is_some(),
            cors_origins: environment
                .text("CORS_ORIGINS")
                .unwrap_or("http://localhost:3000,http://localhost:8000")
                .to_owned(),
            proxies: proxies(&environment)?,
            metrics_token: environment.text("METRICS_TOKEN").map(str::to_owned),
            site_dir: folder(&environment, "AGNES_SITE_DIR", "site"),
            cli_dist_dir: folder(&environment, "AGNES_CLI_DIST_DIR", "cli"),
            release: environment.text("AGNES_VERSION").unwrap_or(agnes_contract::VERSION).to_owned(),
            sign_in_per_minute: environment.parsed("AGNES_SIGN_IN_PER_MINUTE", "a number")?.unwrap_or(10),
            links_sign_in_at_once: environment.flag("LOCAL_DEV_MODE")?.unwrap_or(false),
            is_demo: false,
            upload_limit: environment.parsed("AGNES_UPLOAD_MAX_BYTES", "a number of bytes")?.unwrap_or(2 << 30),
            log_filter: log_filter(&environment)?,
            log_format: log_format(&environment)?,
            instance,
            warnings,
            service,
            data_dir,
        })
    }
}

/// Where to listen when nobody says.
#[must_use]
pub fn local() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8000))
}

fn settings(
    environment: &Environment,
    instance: &Instance,
    data_dir: PathBuf,
    warnings: &mut Vec<String>,
) -> Result<Settings, Error> {
    let jwt_secret = environment.text("JWT_SECRET_KEY").map(str::to_owned);
    if jwt_secret.as_ref().is_some_and(|secret| secret.len() < 32) {
        warnings.push("JWT_SECRET_KEY is shorter than 32 characters: tokens could be forged".to_owned());
    }
    let seed_admin = environment.text("SEED_ADMIN_EMAIL").map(|email| SeedAdmin {
        email: email.to_owned(),
        password: environment.text("SEED_ADMIN_PASSWORD").map(str::to_owned),
    });
    let clock = Clock::system();
    let text = |name: &str, default: &str| environment.text(name).unwrap_or(default).to_owned();
    Ok(Settings {
        csv_root: instance.csv_folder.clone().unwrap_or_else(|| data_dir.join("csv")),
        instance_name: instance.name.clone(),
        table_grants: environment.flag("AGNES_ENABLE_TABLE_GRANTS")?.unwrap_or(true),
        jwt_secret,
        seed_admin,
        worker: itself("worker")?,
        extract: itself("extract")?,
        limits: agnes_analytics::Limits::default(),
        extract_timeout: EXTRACT_TIMEOUT,
        sync_every: sync_every(environment)?,
        system_memory_mb: SYSTEM_MEMORY_MB,
        build: Build {
            version: text("AGNES_VERSION", agnes_contract::VERSION),
            channel: text("RELEASE_CHANNEL", "dev"),
            image_tag: text("AGNES_TAG", "unknown"),
            commit_sha: text("AGNES_COMMIT_SHA", "unknown"),
        },
        started_at: clock.now(),
        clock,
        data_dir,
    })
}

/// How often the sources are asked by themselves; 0 is never.
fn sync_every(environment: &Environment) -> Result<Option<Duration>, Error> {
    let minutes: u64 = environment.parsed("AGNES_SYNC_EVERY_MINUTES", "a number of minutes")?.unwrap_or(15);
    Ok((minutes > 0).then(|| Duration::from_secs(minutes * 60)))
}

/// This program under another command: workers are children that can be killed.
fn itself(command: &str) -> Result<Subprocess, Error> {
    let program = std::env::current_exe()
        .map_err(|error| Error::Variable { name: "the program's own path", reason: error.to_string() })?;
    Ok(Subprocess { program, args: vec![OsString::from(command)] })
}

fn server_url(environment: &Environment) -> Result<Option<String>, Error> {
    let Some(text) = environment.text("SERVER_URL") else { return Ok(None) };
    let address = text.trim_end_matches('/');
    let reason = || format!("`{text}` is not an address such as https://data.example.com");
    match url::Url::parse(address) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() && url.query().is_none() => {
            Ok(Some(address.to_owned()))
        }
        _ => Err(Error::Variable { name: "SERVER_URL", reason: reason() }),
    }
}

fn proxies(environment: &Environment) -> Result<Proxies, Error> {
    let list = environment.text("FORWARDED_ALLOW_IPS").unwrap_or(PRIVATE);
    Proxies::new(list)
        .map_err(|error: NotANetwork| Error::Variable { name: "FORWARDED_ALLOW_IPS", reason: error.to_string() })
}

/// A folder that is named, or that stands beside the program, or in the build directory.
fn folder(environment: &Environment, name: &str, default: &str) -> Option<PathBuf> {
    if let Some(folder) = environment.text(name) {
        return Some(PathBuf::from(folder));
    }
    let program = std::env::current_exe().ok()?;
    let beside = program.parent()?.join(default);
    // `target/debug/agnes` and `target/site`.
    let build = program.parent()?.parent().map(|target| target.join(default));
    [Some(beside), build, Some(PathBuf::from("target").join(default))]
        .into_iter()
        .flatten()
        .find(|folder| folder.is_dir())
}

fn log_filter(environment: &Environment) -> Result<String, Error> {
    let level = environment.text("LOG_LEVEL").unwrap_or("info").to_ascii_lowercase();
    let level = match level.as_str() {
        "warning" => "warn",
        "critical" | "fatal" => "error",
        other => other,
    };
    match level {
        // A plain level is about us; libraries speak up when something is wrong.
        "trace" | "debug" | "info" | "warn" | "error" => Ok(format!(
            "warn,agnes={level},agnes_server={level},agnes_service={level},agnes_store={level},agnes_identity={level},\
             agnes_analytics={level},agnes_connectors={level},agnes_app={level},tower_sessions=error,tower_sessions_core=error"
        )),
        other if tracing_subscriber::EnvFilter::try_new(other).is_ok() => Ok(other.to_owned()),
        other => Err(Error::Variable {
            name: "LOG_LEVEL",
            reason: format!("`{other}` is none of trace, debug, info, warn, error"),
        }),
    }
}

fn log_format(environment: &Environment) -> Result<Option<LogFormat>, Error> {
    match environment.text("LOG_FORMAT") {
        None => Ok(None),
        Some("json") => Ok(Some(LogFormat::Json)),
        Some("human" | "text") => Ok(Some(LogFormat::Human)),
        Some(other) => {
            Err(Error::Variable { name: "LOG_FORMAT", reason: format!("`{other}` is neither json nor human") })
        }
    }
}
