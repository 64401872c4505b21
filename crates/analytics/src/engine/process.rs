//! One worker process, seen from the server: a child with two pipes.

use std::{io, process::Stdio, sync::mpsc};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command},
    runtime::Handle,
    sync::oneshot,
};

use super::WorkerCommand;
use crate::worker::protocol::{Kind, Request, Response, head, header};

/// Of what a worker says on its standard error, as much goes to the log.
const MOST_STDERR_BYTES: u64 = 64 << 10;
const MOST_LINE_CHARS: usize = 160;

/// A running worker. Dropping it kills the process.
pub(crate) struct Worker {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// How many statements it has answered.
    pub(crate) served: u32,
}

impl Worker {
    fn start(command: &WorkerCommand) -> io::Result<Self> {
        let mut process = Command::new(&command.program);
        process
            .args(&command.args)
            .env_clear()
            // Times are UTC here whatever the host's zone; arenas cost address space, which is bounded.
            .envs([("TZ", "UTC"), ("LC_ALL", "C"), ("MALLOC_ARENA_MAX", "2")])
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C in a terminal is for the server, which drains first.
            .process_group(0)
            .kill_on_drop(true);
        if let Some(path) = std::env::var_os("LD_LIBRARY_PATH") {
            process.env("LD_LIBRARY_PATH", path);
        }
        let mut child = process.spawn()?;
        let (Some(input), Some(output), Some(errors)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(io::Error::other("a pipe of the worker is missing"));
        };
        tokio::spawn(log(errors, child.id()));
        Ok(Self { child, input, output: BufReader::new(output), served: 0 })
    }

    /// Asks, and collects the answer with all Arrow bytes before it. An error means the worker is
    /// of no further use.
    pub(crate) async fn call(&mut self, request: &Request, most_bytes: u64) -> io::Result<(Response, Vec<u8>)> {
        let bytes = serde_json::to_vec(request).map_err(io::Error::other)?;
        self.input.write_all(&head(Kind::Json, bytes.len())?).await?;
        self.input.write_all(&bytes).await?;
        self.input.flush().await?;
        let mut arrow = Vec::new();
        loop {
            let mut head = [0; 5];
            self.output.read_exact(&mut head).await?;
            let (length, kind) = header(head)?;
            let start = if kind == Kind::Arrow { arrow.len() } else { 0 };
            if (start + length) as u64 > most_bytes.saturating_add(1 << 20) {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the worker sent more than it may"));
            }
            match kind {
                Kind::Arrow => {
                    arrow.resize(start + length, 0);
                    self.output.read_exact(&mut arrow[start..]).await?;
                }
                Kind::Json => {
                    let mut bytes = vec![0; length];
                    self.output.read_exact(&mut bytes).await?;
                    return Ok((serde_json::from_slice(&bytes).map_err(io::Error::other)?, arrow));
                }
            }
        }
    }

    /// Whether the process still runs.
    pub(crate) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Kills the process and waits until it is gone.
    pub(crate) async fn end(mut self) {
        let _ = self.child.kill().await;
    }
}

async fn log(errors: ChildStderr, pid: Option<u32>) {
    let mut lines = BufReader::new(errors.take(MOST_STDERR_BYTES)).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        // Quoted and cut: what a worker says may hold anything.
        let line: String = line.chars().take(MOST_LINE_CHARS).collect();
        tracing::warn!(worker.pid = pid, "Worker: {line:?}");
    }
}

/// Starts workers, all from one thread that lives as long as they may: the kernel kills a worker
/// when the thread that started it ends.
pub(crate) struct Spawner {
    requests: mpsc::Sender<oneshot::Sender<io::Result<Worker>>>,
}

impl Spawner {
    pub(crate) fn new(command: WorkerCommand) -> Self {
        let (requests, receiver) = mpsc::channel::<oneshot::Sender<io::Result<Worker>>>();
        let runtime = Handle::current();
        let started = std::thread::Builder::new().name("worker-starts".into()).spawn(move || {
            while let Ok(reply) = receiver.recv() {
                let _inside = runtime.enter();
                let _ = reply.send(Worker::start(&command));
            }
        });
        if let Err(error) = started {
            tracing::error!(error = %error, "Could not start the thread that starts workers");
        }
        Self { requests }
    }

    pub(crate) async fn spawn(&self) -> io::Result<Worker> {
        let (reply, answer) = oneshot::channel();
        let gone = || io::Error::other("the thread that starts workers is gone");
        self.requests.send(reply).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}
