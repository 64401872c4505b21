//! Asks, beside a command and never in its way, whether a newer `da` exists.

use std::{path::Path, str::FromStr, time::Duration};

use agnes_contract::{VERSION, cli::CliLatest};
use pep440_rs::Version;
use serde::{Deserialize, Serialize};

use crate::{
    api::Api,
    clock, files,
    output::text::is_control,
    printer::Printer,
    settings::{ServerUrl, Settings},
};

/// How long an answer is good for.
const FRESH_SECONDS: f64 = 86_400.0;
/// How long after no answer nobody asks again.
const SILENCE_SECONDS: f64 = 300.0;
/// A probe is given up after this.
const PROBE_SECONDS: u64 = 3;
/// A probe that is about to finish when the command is done gets this long, at most once in five minutes.
const GRACE: Duration = Duration::from_millis(100);

/// `update_check.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Cache {
    installed: String,
    server_url: String,
    latest: Option<String>,
    download_url: Option<String>,
    checked_at: f64,
}

/// A check under way.
#[derive(Debug)]
pub struct UpdateCheck {
    state: State,
}

#[derive(Debug)]
enum State {
    Nothing,
    Known(Cache),
    Asking(tokio::task::JoinHandle<Option<Cache>>),
}

impl UpdateCheck {
    /// Starts asking, unless nobody wants to know or the answer is known.
    pub fn start(settings: &Settings) -> Self {
        Self { state: begin(settings).unwrap_or(State::Nothing) }
    }

    /// Says so when there is something newer. A probe still under way is left behind.
    pub async fn finish(self, printer: &Printer) {
        let cache = match self.state {
            State::Nothing => None,
            State::Known(cache) => Some(cache),
            State::Asking(task) => tokio::time::timeout(GRACE, task).await.ok().and_then(Result::ok).flatten(),
        };
        if let Some(line) = cache.as_ref().and_then(message) {
            printer.note(&line);
        }
    }
}

fn begin(settings: &Settings) -> Option<State> {
    if !settings.update_check {
        return None;
    }
    let server = settings.server().ok()?;
    let file = settings.config_dir.join("update_check.json");
    #[expect(clippy::cast_precision_loss, reason = "seconds with a fraction, as old clients write them")]
    let now = clock::now().timestamp_millis() as f64 / 1000.0;
    if let Some(cache) = known(&file, &server, now) {
        return Some(if cache.latest.is_some() { State::Known(cache) } else { State::Nothing });
    }
    let silence = Cache {
        installed: VERSION.to_owned(),
        server_url: server.to_string(),
        latest: None,
        download_url: None,
        checked_at: now,
    };
    // Written before asking: a probe that the end of the command cuts off counts as asked.
    save(settings, &file, &silence)?;
    let api = Api::with(server, None).ok()?;
    Some(State::Asking(tokio::spawn(async move {
        let latest: CliLatest = api.get("/cli/latest").within(PROBE_SECONDS).read().await.ok()?;
        let cache = Cache {
            download_url: path_of(&latest).and_then(|path| download_url(api.server(), path)),
            latest: Some(latest.version?),
            ..silence
        };
        let text = serde_json::to_vec(&cache).ok()?;
        files::write_private(&file, &text).ok()?;
        Some(cache)
    })))
}

fn known(file: &Path, server: &ServerUrl, now: f64) -> Option<Cache> {
    let cache: Cache = serde_json::from_str(&files::read_optional(file).ok()??).ok()?;
    let age = now - cache.checked_at;
    let limit =
        if cache.latest.as_deref().is_some_and(|latest| !latest.is_empty()) { FRESH_SECONDS } else { SILENCE_SECONDS };
    (cache.installed == VERSION && cache.server_url == server.to_string() && (0.0..limit).contains(&age))
        .then_some(cache)
}

fn save(settings: &Settings, file: &Path, cache: &Cache) -> Option<()> {
    files::private_dir(&settings.config_dir).ok()?;
    files::write_private(file, &serde_json::to_vec(cache).ok()?).ok()
}

/// A program for this machine before a wheel, which needs Python.
fn path_of(latest: &CliLatest) -> Option<&str> {
    let fits = |platform: &str| platform == this_platform();
    let plain = latest.artifacts.iter().find(|file| !file.filename.ends_with(".whl") && fits(&file.platform));
    plain.map(|file| file.url_path.as_str()).or(latest.download_url_path.as_deref())
}

/// As `uname` calls it, lower case.
fn this_platform() -> &'static str {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "linux-x86_64",
        ("linux", "aarch64") => "linux-aarch64",
        ("macos", "aarch64") => "darwin-arm64",
        ("macos", "x86_64") => "darwin-x86_64",
        _ => "",
    }
}

/// The address to install from; it lands in a command people paste, so it must be plain.
fn download_url(server: &ServerUrl, path: &str) -> Option<String> {
    let plain = path.starts_with("/cli/")
        && !path.chars().any(|character| {
            is_control(character) || character.is_whitespace() || "'\"`$\\;&|<>(){}*?#!".contains(character)
        });
    plain.then(|| format!("{server}{path}"))
}

fn message(cache: &Cache) -> Option<String> {
    let latest = cache.latest.as_deref()?;
    if !is_newer(latest, VERSION) {
        return None;
    }
    let line = format!("[update] da {latest} is available, this is {VERSION}");
    Some(match &cache.download_url {
        Some(url) if url.ends_with(".whl") => format!("{line}: uv tool install --force {url}"),
        Some(_) => format!("{line}: curl -fsSL {}/cli/install.sh | bash", cache.server_url),
        None => line,
    })
}

/// By PEP 440, else by dotted integers; what is neither is not newer.
fn is_newer(latest: &str, installed: &str) -> bool {
    match (Version::from_str(latest), Version::from_str(installed)) {
        (Ok(latest), Ok(installed)) => latest > installed,
        _ => matches!((dotted(latest), dotted(installed)), (Some(latest), Some(installed)) if latest > installed),
    }
}

fn dotted(version: &str) -> Option<Vec<u64>> {
    version.split('.').map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        for (latest, installed, newer) in [
            ("10.0.0", "2.1.0", true),
            ("2.1.0", "10.0.0", false),
            ("1.0", "1.0.0", false),
            ("1.0rc1", "1.0", false),
            ("1.0", "1.0rc1", true),
            ("nonsense", "1.0", false),
        ] {
            assert_eq!(is_newer(latest, installed), newer, "{latest} {installed}");
        }
    }

    #[test]
    fn an_address_that_could_do_more_than_name_a_file_is_not_printed() {
        let server = ServerUrl::parse("https://x/a", "x").unwrap();
        assert_eq!(download_url(&server, "/cli/wheel/a-1.whl").as_deref(), Some("https://x/a/cli/wheel/a-1.whl"));
        for path in ["/clix", "cli/x", "/cli/a b", "/cli/a\u{1b}", "/cli/$(x)", "/cli/a;b", "//evil/cli/"] {
            assert_eq!(download_url(&server, path), None, "{path}");
        }
    }
}
