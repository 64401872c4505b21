//! The load and the peer.

use std::{
    fs,
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use super::server::free_port;

/// What one measurement gave.
#[derive(Debug, PartialEq)]
pub struct Figures {
    pub per_second: f64,
    pub megabytes_per_second: f64,
    /// As wrk writes it, unit included.
    pub p50: String,
    pub p99: String,
}

/// Runs wrk. An answer that is no success is a failed measurement, not a fast one.
pub fn measure(url: &str, headers: &[&str], seconds: u32, connections: u32) -> Result<Figures> {
    let mut command = Command::new("wrk");
    command.args(["--threads", "1", "--latency", "--connections", &connections.to_string()]);
    command.args(["--duration", &format!("{seconds}s")]);
    for header in headers {
        command.args(["--header", header]);
    }
    let output = command.arg(url).output().context("start wrk")?;
    if !output.status.success() {
        bail!("wrk failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    read(&String::from_utf8_lossy(&output.stdout))
}

fn read(report: &str) -> Result<Figures> {
    for trouble in ["Non-2xx or 3xx responses", "Socket errors"] {
        if let Some(line) = report.lines().find(|line| line.contains(trouble)) {
            bail!("{}", line.trim());
        }
    }
    let value = |name: &str| {
        report
            .lines()
            .find_map(|line| line.trim().strip_prefix(name))
            .map(|value| value.trim().to_owned())
            .with_context(|| format!("wrk named no `{name}`"))
    };
    Ok(Figures {
        per_second: value("Requests/sec:")?.parse().context("requests per second")?,
        megabytes_per_second: megabytes(&value("Transfer/sec:")?)?,
        p50: value("50%")?,
        p99: value("99%")?,
    })
}

/// wrk's units are powers of 1024.
fn megabytes(text: &str) -> Result<f64> {
    let units = [("GB", 1024.0 * 1024.0 * 1024.0), ("MB", 1024.0 * 1024.0), ("KB", 1024.0), ("B", 1.0)];
    let (number, factor) = units
        .iter()
        .find_map(|(unit, factor)| text.strip_suffix(unit).map(|number| (number, factor)))
        .with_context(|| format!("`{text}` has no unit"))?;
    Ok(number.parse::<f64>().context("transfer per second")? * factor / 1e6)
}

/// nginx serving a directory, with what its documentation advises for files.
pub struct Nginx {
    child: Child,
    port: u16,
}

impl Nginx {
    /// Serves `scratch/files`.
    pub fn start(scratch: &Path) -> Result<Self> {
        let port = free_port()?;
        let configuration = scratch.join("nginx.conf");
        fs::write(&configuration, configuration_text(scratch, port))?;
        let child = Command::new("nginx")
            .arg("-p")
            .arg(scratch)
            .arg("-c")
            .arg(&configuration)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("start nginx")?;
        let mut nginx = Self { child, port };
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if let Some(status) = nginx.child.try_wait()? {
                bail!("nginx ended with {status}");
            }
            if started.elapsed() > Duration::from_secs(10) {
                bail!("nginx does not listen");
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(nginx)
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

fn configuration_text(scratch: &Path, port: u16) -> String {
    let scratch = scratch.display();
    // The workers of a nginx started by root give their rights up; they must still reach the files.
    let user = if crate::browser::is_root() { "user root;\n" } else { "" };
    format!(
        "{user}daemon off;\nworker_processes auto;\npid {scratch}/nginx.pid;\nerror_log {scratch}/nginx.log;\n\
         events {{ worker_connections 1024; }}\n\
         http {{\n  access_log off;\n  sendfile on;\n  tcp_nopush on;\n  open_file_cache max=16;\n  \
         client_body_temp_path {scratch}/body;\n  proxy_temp_path {scratch}/proxy;\n  \
         fastcgi_temp_path {scratch}/fastcgi;\n  uwsgi_temp_path {scratch}/uwsgi;\n  scgi_temp_path {scratch}/scgi;\n  \
         server {{ listen 127.0.0.1:{port}; root {scratch}/files; }}\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "Running 1s test @ http://127.0.0.1:8000/api/health
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.29ms    1.01ms  19.31ms   94.16%
    Req/Sec    26.20k     2.41k   29.59k    72.73%
  Latency Distribution
     50%    1.07ms
     75%    1.37ms
     90%    1.97ms
     99%    5.72ms
  28644 requests in 1.10s, 14.26MB read
Requests/sec:  26046.42
Transfer/sec:     12.97MB
";

    #[test]
    fn the_figures_are_read_from_the_report() {
        let figures = read(REPORT).unwrap();
        assert_eq!((figures.p50.as_str(), figures.p99.as_str()), ("1.07ms", "5.72ms"));
        assert!((figures.per_second - 26046.42).abs() < 0.001);
        assert!((figures.megabytes_per_second - 13.6).abs() < 0.01, "{figures:?}");
    }

    #[test]
    fn errors_are_no_fast_answers() {
        let report = format!("{REPORT}  Non-2xx or 3xx responses: 28644\n");
        assert!(read(&report).is_err());
    }
}
