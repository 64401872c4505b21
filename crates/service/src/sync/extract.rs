//! A connector as a child process: its request on stdin, its progress line by line on stdout.

use std::process::Stdio;
use std::time::Duration;

use agnes_connectors::{ExtractRequest, Line, Progress, Report};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::Command;

use crate::settings::Subprocess;

/// The most of a child's complaints that is kept, in bytes.
const KEPT_STDERR: u64 = 16 << 10;
/// What a child may know of our environment: nothing that could be a secret.
const ENVIRONMENT: [&str; 6] = ["PATH", "HOME", "TMPDIR", "LANG", "TZ", "LD_LIBRARY_PATH"];

/// Why a connector gave no report.
#[derive(Debug, thiserror::Error)]
pub(super) enum ExtractError {
    #[error("could not start the connector")]
    Start(#[source] std::io::Error),
    #[error("could not talk to the connector")]
    Talk(#[source] std::io::Error),
    #[error("could not write the connector's request")]
    Request(#[source] serde_json::Error),
    #[error("the connector did not end within {} seconds", .0.as_secs())]
    Timeout(Duration),
    #[error("the connector refused its request: {0}")]
    Refused(String),
    #[error("the connector ended without a report ({0})")]
    NoReport(std::process::ExitStatus),
}

/// Runs `agnes extract` to its end. The child is killed when this future is dropped or the time is over.
pub(super) async fn run(
    subprocess: &Subprocess,
    request: &ExtractRequest,
    timeout: Duration,
    progress: impl FnMut(Progress),
) -> Result<Report, ExtractError> {
    tokio::time::timeout(timeout, talk(subprocess, request, progress))
        .await
        .unwrap_or(Err(ExtractError::Timeout(timeout)))
}

async fn talk(
    subprocess: &Subprocess,
    request: &ExtractRequest,
    mut progress: impl FnMut(Progress),
) -> Result<Report, ExtractError> {
    let request = serde_json::to_vec(request).map_err(ExtractError::Request)?;
    let mut child = Command::new(&subprocess.program)
        .args(&subprocess.args)
        .env_clear()
        .envs(ENVIRONMENT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(ExtractError::Start)?;
    let (Some(mut stdin), Some(stdout), Some(mut stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(ExtractError::Start(std::io::Error::other("no pipes")));
    };
    let complaints = tokio::spawn(async move {
        let mut text = Vec::new();
        let kept = (&mut stderr).take(KEPT_STDERR).read_to_end(&mut text).await;
        // Read on, or the child would wait for room in the pipe for ever.
        let drained = tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await;
        (kept.is_ok() && drained.is_ok(), String::from_utf8_lossy(&text).into_owned())
    });
    stdin.write_all(&request).await.map_err(ExtractError::Talk)?;
    drop(stdin);

    let mut report = None;
    let mut lines = BufReader::new(stdout).lines();
    while let Some(line) = lines.next_line().await.map_err(ExtractError::Talk)? {
        match serde_json::from_str::<Line>(&line) {
            Ok(Line::Progress(step)) => progress(step),
            Ok(Line::Report(end)) => report = Some(end),
            Ok(Line::Error(text)) => return Err(ExtractError::Refused(text)),
            // Anything else a library printed.
            Err(_) => tracing::debug!("A connector printed a line that is no progress"),
        }
    }
    let status = child.wait().await.map_err(ExtractError::Talk)?;
    if let Ok((_, text)) = complaints.await
        && !text.trim().is_empty()
    {
        tracing::warn!(stderr = text.trim(), "A connector complained");
    }
    report.ok_or(ExtractError::NoReport(status))
}
