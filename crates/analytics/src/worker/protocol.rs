//! What goes through a worker's pipes: frames of a length, a kind and that many bytes.

use std::{
    io::{self, Read, Write},
    path::PathBuf,
};

use serde::{Deserialize, Serialize};

use super::sandbox::Enforced;
use crate::{Statement, StatementError, publish::Column};

/// No frame is longer: neither side takes memory for what the other merely announces.
pub(crate) const MAX_FRAME: usize = 256 << 20;

/// What a frame holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Json = 0,
    /// A piece of an Arrow IPC stream.
    Arrow = 1,
}

impl Kind {
    pub(crate) fn of(byte: u8) -> io::Result<Self> {
        match byte {
            0 => Ok(Self::Json),
            1 => Ok(Self::Arrow),
            _ => Err(io::Error::new(io::ErrorKind::InvalidData, "a frame of no known kind")),
        }
    }
}

/// The first request: what the worker is for, and what it may use.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Prepare {
    pub(crate) role: Role,
    pub(crate) memory_mb: u64,
    pub(crate) threads: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Role {
    /// Parses statements; sees no file.
    Parse,
    /// Answers statements over these views, and sees only their files.
    Query { views: Vec<ViewFiles> },
    /// Reads what connectors left in `read`, leaves results in `write`.
    Files { read: Vec<PathBuf>, write: Vec<PathBuf> },
}

/// A view and the parquet files beneath it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ViewFiles {
    pub(crate) name: String,
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Request {
    Prepare(Prepare),
    /// Is this one SELECT, and over what?
    Check {
        sql: String,
    },
    /// Answer a statement: Arrow frames, then [`Response::Rows`].
    Query {
        sql: String,
        rows: u64,
        bytes: u64,
    },
    /// What does this extract.duckdb promise?
    Inspect {
        extract: PathBuf,
    },
    /// Write a table or view of an extract as parquet.
    Export {
        extract: PathBuf,
        table: String,
        out: PathBuf,
    },
    /// Write several parquet files as one.
    Merge {
        files: Vec<PathBuf>,
        out: PathBuf,
    },
    /// What is in this parquet file?
    Facts {
        file: PathBuf,
    },
    /// Write a database of views.
    Catalog {
        views: Vec<ViewFiles>,
        out: PathBuf,
    },
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Response {
    Ready { sandbox: Enforced },
    Checked(Result<Statement, StatementError>),
    Rows { truncated: bool },
    Inspected(Contents),
    Facts(Facts),
    Done,
    Failed(Failure),
}

/// Why a request failed inside a worker that lives on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Failure {
    /// DuckDB's words.
    Engine(String),
    /// More memory or more bytes of answer than allowed.
    Limit(String),
}

impl Failure {
    pub(crate) fn text(self) -> String {
        match self {
            Self::Engine(text) | Self::Limit(text) => text,
        }
    }
}

/// What an extract.duckdb promises.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Contents {
    /// The rows of `_meta`.
    pub(crate) rows: Vec<MetaRow>,
    /// Names of tables in it.
    pub(crate) tables: Vec<String>,
    /// Names of views in it.
    pub(crate) views: Vec<String>,
}

/// A row of `_meta`. Its counts and sizes are not read: the parquet says what is true.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct MetaRow {
    pub(crate) table: String,
    pub(crate) query_mode: Option<String>,
    /// Microseconds since 1970, UTC.
    pub(crate) extracted_at: Option<i64>,
}

/// What a parquet file says of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Facts {
    pub(crate) rows: u64,
    pub(crate) columns: Vec<Column>,
}

/// One frame; nothing at a clean end.
pub(crate) fn read_frame(input: &mut impl Read) -> io::Result<Option<(Kind, Vec<u8>)>> {
    let mut head = [0; 5];
    match input.read(&mut head[..1])? {
        0 => return Ok(None),
        _ => input.read_exact(&mut head[1..])?,
    }
    let (length, kind) = header(head)?;
    let mut bytes = vec![0; length];
    input.read_exact(&mut bytes)?;
    Ok(Some((kind, bytes)))
}

/// Length and kind of the frame a header announces.
pub(crate) fn header(head: [u8; 5]) -> io::Result<(usize, Kind)> {
    let length = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
    if length > MAX_FRAME {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a frame longer than any should be"));
    }
    Ok((length, Kind::of(head[4])?))
}

/// The header of a frame.
pub(crate) fn head(kind: Kind, length: usize) -> io::Result<[u8; 5]> {
    let length = u32::try_from(length).ok().filter(|length| *length as usize <= MAX_FRAME);
    let [a, b, c, d] = length.ok_or_else(|| io::Error::other("a frame would be too long"))?.to_le_bytes();
    Ok([a, b, c, d, kind as u8])
}

pub(crate) fn write_frame(output: &mut impl Write, kind: Kind, bytes: &[u8]) -> io::Result<()> {
    output.write_all(&head(kind, bytes.len())?)?;
    output.write_all(bytes)?;
    output.flush()
}

pub(crate) fn write_json(output: &mut impl Write, response: &Response) -> io::Result<()> {
    write_frame(output, Kind::Json, &serde_json::to_vec(response).map_err(io::Error::other)?)
}
