//! What the test server knows, what it was told to do wrong, and what it saw.

use std::collections::{BTreeMap, VecDeque};

use agnes_contract::sync::{Manifest, ManifestPart, ManifestTable};
use chrono::DateTime;
use md5::Digest as _;

/// A published table.
#[derive(Clone, Default)]
pub struct Table {
    pub bytes: Vec<u8>,
    pub rows: u64,
    pub remote: bool,
    /// Sends no digest and parts, like servers before there were any.
    pub old: bool,
    /// Says the bytes are others than they are.
    pub lies: bool,
    /// Gives neither checksum nor digest.
    pub no_hash: bool,
    /// Made of several parts: no single file has its digest.
    pub many_parts: bool,
}

impl Table {
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, rows: 10, ..Self::default() }
    }

    pub fn md5(&self) -> String {
        hex::encode(md5::Md5::digest(&self.bytes))
    }

    pub fn digest(&self) -> String {
        format!("sha256:{}", hex::encode(sha2::Sha256::digest(&self.bytes)))
    }

    fn entry(&self) -> ManifestTable {
        let md5 = if self.lies { "0".repeat(32) } else { self.md5() };
        let size_bytes = self.bytes.len() as u64;
        let part = ManifestPart { digest: self.digest(), size_bytes, md5: md5.clone(), rows: self.rows };
        let single = !self.old && !self.no_hash && !self.many_parts && !self.remote;
        let half = ManifestPart { size_bytes: size_bytes / 2, ..part.clone() };
        ManifestTable {
            hash: if self.no_hash || self.remote { String::new() } else { md5 },
            updated: None,
            size_bytes,
            rows: self.rows,
            query_mode: if self.remote { "remote" } else { "local" }.to_owned(),
            source_type: "csv".to_owned(),
            digest: if single || self.many_parts { self.digest() } else { String::new() },
            parts: match (single, self.many_parts) {
                (true, _) => vec![part],
                (_, true) => vec![half.clone(), half],
                _ => Vec::new(),
            },
            published_at: None,
        }
    }
}

/// An answer instead of the right one.
#[derive(Clone)]
pub struct Canned {
    pub status: u16,
    pub kind: &'static str,
    pub body: String,
    pub location: Option<String>,
    pub delay_ms: u64,
}

impl Canned {
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self { status, kind: "application/json", body: body.to_string(), location: None, delay_ms: 0 }
    }

    pub fn refusal(status: u16, code: &str, detail: &str) -> Self {
        Self::json(status, &serde_json::json!({"detail": detail, "code": code}))
    }

    pub fn html(status: u16) -> Self {
        let body = "<html>\n<body><h1>Bad Gateway</h1></body></html>".to_owned();
        Self { kind: "text/html", body, ..Self::refusal(status, "", "") }
    }
}

/// Everything behind the server.
#[derive(Default)]
pub struct World {
    pub tables: BTreeMap<String, Table>,
    pub generation: u64,
    /// By path: answers for the next requests, then the right ones again.
    pub next: BTreeMap<String, VecDeque<Canned>>,
    /// By path: answers from now on.
    pub always: BTreeMap<String, Canned>,
    /// Connections of downloads to cut after so many bytes, in turn.
    pub cuts: VecDeque<usize>,
    /// Published when the first download begins.
    pub soon: Option<(String, Table)>,
    /// Ignores ranges, as plain servers do.
    pub no_ranges: bool,
    /// Between two pieces of a download.
    pub slow_ms: u64,
    /// `METHOD path`, in order.
    pub requests: Vec<String>,
    /// Bodies of POSTs.
    pub bodies: Vec<String>,
    /// `User-Agent`s seen.
    pub agents: Vec<String>,
    /// Bytes of downloads sent.
    pub sent: u64,
}

impl World {
    pub fn publish(&mut self, name: &str, table: Table) {
        self.tables.insert(name.to_owned(), table);
        self.generation += 1;
    }

    pub fn withdraw(&mut self, name: &str) {
        self.tables.remove(name);
        self.generation += 1;
    }

    pub fn manifest(&self) -> Manifest {
        Manifest {
            tables: self.tables.iter().map(|(name, table)| (name.clone(), table.entry())).collect(),
            assets: BTreeMap::new(),
            server_time: DateTime::UNIX_EPOCH,
            generation: self.generation,
        }
    }

    /// How often this was asked for.
    pub fn count(&self, request: &str) -> usize {
        self.requests.iter().filter(|seen| seen.contains(request)).count()
    }
}
