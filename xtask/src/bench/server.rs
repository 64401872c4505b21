//! The server under measurement, as a client sees it.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(120);

/// A running `agnes demo` and a token of its admin.
pub struct Server {
    child: Child,
    address: String,
    /// The header every measured request carries.
    pub authorization: String,
    scratch: PathBuf,
}

impl Server {
    /// Starts the demo in a data directory below `scratch`.
    pub fn start(executable: &Path, scratch: &Path) -> Result<Self> {
        let port = free_port()?;
        let log = scratch.join("agnes.log");
        let output = fs::File::create(&log)?;
        let child = Command::new(executable)
            .arg("demo")
            .env("AGNES_BIND", format!("127.0.0.1:{port}"))
            .env("DATA_DIR", scratch.join("data"))
            .env("LOG_LEVEL", "warn")
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .context("start agnes")?;
        let address = format!("http://127.0.0.1:{port}");
        let mut server = Self { child, address, authorization: String::new(), scratch: scratch.to_owned() };
        let link = server.sign_in_link(&log)?;
        server.authorization = format!("Authorization: Bearer {}", server.token(&link)?);
        Ok(server)
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    fn sign_in_link(&mut self, log: &Path) -> Result<String> {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            let said = fs::read_to_string(log)?;
            let link = said.lines().find_map(|line| line.split_once("Sign-in link for admin@")?.1.split_once(": "));
            if let Some((_, link)) = link {
                return Ok(link.trim().to_owned());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("agnes ended with {status}: {said}");
            }
            thread::sleep(Duration::from_millis(200));
        }
        bail!("agnes printed no sign-in link in time")
    }

    fn token(&self, link: &str) -> Result<String> {
        let jar = self.scratch.join("cookies");
        curl(&["--location", "--cookie-jar", &text(&jar), "--cookie", &text(&jar), "--output", "/dev/null", link])?;
        let created = curl(&[
            "--cookie",
            &text(&jar),
            "--header",
            &format!("Origin: {}", self.address),
            "--json",
            &json!({"name": "bench", "expires_in_days": 1}).to_string(),
            &self.url("/auth/tokens"),
        ])?;
        let created: Value = serde_json::from_str(&created).context("read the created token")?;
        Ok(created["token"].as_str().context("the answer holds no token")?.to_owned())
    }

    /// The strong validator an answer carries.
    pub fn etag(&self, path: &str) -> Result<String> {
        let url = self.url(path);
        let headers = curl(&["--header", &self.authorization, "--dump-header", "-", "--output", "/dev/null", &url])?;
        headers
            .lines()
            .find_map(|line| line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("etag")))
            .map(|(_, value)| value.trim().to_owned())
            .with_context(|| format!("{path} has no ETag"))
    }

    /// Id and bytes of the largest table there is to download.
    pub fn largest_table(&self) -> Result<(String, u64)> {
        let manifest = curl(&["--header", &self.authorization, &self.url("/api/sync/manifest")])?;
        let manifest: Value = serde_json::from_str(&manifest).context("read the manifest")?;
        let tables = manifest["tables"].as_object().context("the manifest has no tables")?;
        tables
            .iter()
            .filter_map(|(id, table)| Some((id.clone(), table["size_bytes"].as_u64()?)))
            .max_by_key(|(_, size)| *size)
            .context("the manifest lists no table with a size")
    }

    pub fn download(&self, path: &str, place: &Path) -> Result<()> {
        curl(&["--header", &self.authorization, "--output", &text(place), &self.url(path)])?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// A port nobody listens on at this moment.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

fn curl(arguments: &[&str]) -> Result<String> {
    let output = Command::new("curl")
        .args(["--fail", "--silent", "--show-error", "--max-time", "30"])
        .args(arguments)
        .output()
        .context("start curl")?;
    if !output.status.success() {
        bail!("curl failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
