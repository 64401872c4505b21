//! An empty home, and `da` in it.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{TestServer, jwt};

/// A machine somebody has just started to use.
pub struct Home {
    folder: tempfile::TempDir,
    server: String,
    token: Option<String>,
}

/// What `da` did.
pub struct Da {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Home {
    /// Signed in at a server.
    pub fn at(server: &TestServer) -> Self {
        Self { token: Some(token()), ..Self::signed_out(server) }
    }

    /// Not signed in yet.
    pub fn signed_out(server: &TestServer) -> Self {
        Self::offline(&server.url())
    }

    /// Where nobody answers at that address.
    pub fn offline(server: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("work")).unwrap();
        Self { folder, server: server.to_owned(), token: None }
    }

    /// The workspace.
    pub fn work(&self) -> PathBuf {
        std::fs::canonicalize(self.folder.path().join("work")).unwrap()
    }

    /// Where configuration is.
    pub fn config(&self) -> PathBuf {
        self.folder.path().join("config")
    }

    /// A synced file.
    pub fn parquet(&self, name: &str) -> PathBuf {
        self.work().join(format!("server/parquet/{name}.parquet"))
    }

    /// The local database.
    pub fn database(&self) -> PathBuf {
        self.work().join("user/duckdb/analytics.duckdb")
    }

    /// Runs `da`.
    pub fn da(&self, arguments: &[&str]) -> Da {
        Da::of(self.command(arguments).stdin(Stdio::null()).output().unwrap(), self)
    }

    /// Runs `da` with something on stdin.
    pub fn da_with(&self, arguments: &[&str], stdin: &str) -> Da {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        Da::of(child.wait_with_output().unwrap(), self)
    }

    /// `da`, ready to run: nothing of the tester's own environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_da"));
        command.args(arguments).env_clear().current_dir(self.work());
        command.env("HOME", self.folder.path()).env("DA_CONFIG_DIR", self.config());
        command.env("DA_SERVER", &self.server).env("DA_NO_UPDATE_CHECK", "1");
        if let Some(token) = &self.token {
            command.env("DA_TOKEN", token);
        }
        command
    }

    /// A connection of the user's own to the local database.
    pub fn own_connection(&self) -> duckdb::Connection {
        duckdb::Connection::open(self.database()).unwrap()
    }

    fn redact(&self, text: &str) -> String {
        let home = self.folder.path();
        let real = std::fs::canonicalize(home).unwrap();
        let show = |path: &Path| path.display().to_string();
        text.replace(&self.server, "[server]").replace(&show(&real), "[home]").replace(&show(home), "[home]")
    }
}

/// The token of the analyst the server knows.
pub fn token() -> String {
    jwt(&serde_json::json!({"sub": "u1", "email": "ana@example.com", "role": "user", "typ": "pat"}))
}

impl Da {
    pub fn of(output: std::process::Output, home: &Home) -> Self {
        let text = |bytes: Vec<u8>| home.redact(&String::from_utf8(bytes).unwrap());
        Self { code: output.status.code().unwrap_or(-1), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Everything a caller sees, for a snapshot.
    pub fn shown(&self) -> String {
        format!("exit: {}\n--- stdout\n{}--- stderr\n{}", self.code, self.stdout, self.stderr)
    }

    /// stdout as the one JSON document it has to be.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.shown()))
    }

    /// The same when it is supposed to work.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{}", self.shown());
        self
    }
}
