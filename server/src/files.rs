//! A file as an HTTP answer: conditions, ranges, and bytes off an open handle.

use std::{
    collections::VecDeque,
    fs::File,
    io,
    ops::Range,
    os::unix::fs::FileExt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use agnes_contract::error::Code;
use axum::{
    body::{Body, Bytes, HttpBody},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use hyper::body::{Frame, SizeHint};
use tokio::task::JoinHandle;

use crate::{
    errors::ApiError,
    ranges::{Asked, asked},
};

/// How much is read at a time: large, because every read is a trip to another thread.
const CHUNK: u64 = 512 * 1024;

/// An open file and what is said of it. What happens to its name meanwhile does not matter.
#[derive(Debug)]
pub struct OpenFile {
    /// The handle, shared by the reads of one answer.
    pub file: Arc<File>,
    /// Bytes.
    pub size: u64,
    /// Strong, in quotes.
    pub etag: String,
    /// When this content appeared.
    pub modified: Option<DateTime<Utc>>,
    /// The name to save it under.
    pub filename: String,
    /// How long who may keep it.
    pub cache_control: &'static str,
}

impl OpenFile {
    /// The answer to a GET, and to a HEAD, whose body the server leaves away.
    pub fn answer(self, request: &HeaderMap) -> Response {
        if none_match(request, &self.etag) {
            return self.dressed(StatusCode::NOT_MODIFIED, Body::empty()).into_response();
        }
        let range = request.get(header::RANGE).and_then(|value| value.to_str().ok());
        let asked = if range_applies(request, &self) { asked(range, self.size) } else { Asked::Whole };
        match asked {
            Asked::Whole => self.whole(),
            Asked::Parts(parts) => match parts.as_slice() {
                [part] => self.part(part.clone()),
                parts => self.several(parts),
            },
            Asked::Unsatisfiable => {
                ApiError::new(Code::RangeNotSatisfiable, "The range lies beyond the end of the file")
                    .with(header::CONTENT_RANGE, text(&format!("bytes */{}", self.size)))
                    .into_response()
            }
            Asked::Malformed => ApiError::new(Code::InvalidRange, "The Range header is malformed").into_response(),
        }
    }

    fn body(&self, segments: impl IntoIterator<Item = Segment>) -> Body {
        Body::new(FileBody::new(Arc::clone(&self.file), segments.into_iter().collect()))
    }

    fn whole(self) -> Response {
        let body = self.body([Segment::File(0..self.size)]);
        let length = self.size;
        let mut response = self.dressed(StatusCode::OK, body);
        response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
        response
    }

    fn part(self, part: Range<u64>) -> Response {
        let content_range = text(&format!("bytes {}-{}/{}", part.start, part.end - 1, self.size));
        let length = part.end - part.start;
        let body = self.body([Segment::File(part)]);
        let mut response = self.dressed(StatusCode::PARTIAL_CONTENT, body);
        response.headers_mut().insert(header::CONTENT_RANGE, content_range);
        response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
        response
    }

    fn several(self, parts: &[Range<u64>]) -> Response {
        let boundary = uuid::Uuid::new_v4().simple().to_string();
        let mut segments = Vec::with_capacity(parts.len() * 2 + 1);
        for part in parts {
            segments.push(Segment::Text(Bytes::from(format!(
                "--{boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes {}-{}/{}\r\n\r\n",
                part.start,
                part.end - 1,
                self.size
            ))));
            segments.push(Segment::File(part.clone()));
            segments.push(Segment::Text(Bytes::from_static(b"\r\n")));
        }
        segments.push(Segment::Text(Bytes::from(format!("--{boundary}--\r\n"))));
        let length: u64 = segments.iter().map(Segment::len).sum();
        let body = self.body(segments);
        let mut response = self.dressed(StatusCode::PARTIAL_CONTENT, body);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, text(&format!("multipart/byteranges; boundary={boundary}")));
        headers.insert(header::CONTENT_LENGTH, length.into());
        response
    }

    fn dressed(self, status: StatusCode, body: Body) -> Response {
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::ETAG, text(&self.etag));
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.cache_control));
        if let Some(modified) = self.modified {
            headers.insert(header::LAST_MODIFIED, text(&http_date(modified)));
        }
        if status != StatusCode::NOT_MODIFIED {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
            headers.insert(header::CONTENT_DISPOSITION, attachment(&self.filename));
        }
        response
    }
}

fn text(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).unwrap_or(HeaderValue::from_static(""))
}

fn http_date(time: DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// `attachment`, with the name in a form every client reads.
#[must_use]
pub fn attachment(filename: &str) -> HeaderValue {
    let plain: String = filename
        .chars()
        .map(|sign| if sign.is_ascii_graphic() && !"\"\\".contains(sign) { sign } else { '_' })
        .collect();
    text(&format!("attachment; filename=\"{plain}\""))
}

/// Whether `If-None-Match` names this content: a list, weak or strong, or `*`.
#[must_use]
pub fn none_match(request: &HeaderMap, etag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .any(|tag| tag.trim() == "*" || opaque(tag) == opaque(etag))
}

/// `If-Range` with anything but exactly this content asks for all of it.
fn range_applies(request: &HeaderMap, file: &OpenFile) -> bool {
    let condition = |name: HeaderName| request.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    match condition(header::IF_RANGE) {
        None => true,
        Some(tag) if tag.starts_with('"') => tag == file.etag,
        Some(date) => file.modified.is_some_and(|modified| http_date(modified) == date),
    }
}

enum Segment {
    Text(Bytes),
    File(Range<u64>),
}

impl Segment {
    fn len(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::File(range) => range.end - range.start,
        }
    }
}

/// Reads one chunk ahead of what the connection has taken.
struct FileBody {
    file: Arc<File>,
    segments: VecDeque<Segment>,
    reading: Option<JoinHandle<io::Result<Bytes>>>,
    remaining: u64,
}

impl FileBody {
    fn new(file: Arc<File>, segments: VecDeque<Segment>) -> Self {
        let remaining = segments.iter().map(Segment::len).sum();
        Self { file, segments, reading: None, remaining }
    }

    /// Starts the next read, if the next segment is of the file.
    fn read_ahead(&mut self) {
        let Some(Segment::File(range)) = self.segments.front_mut() else { return };
        let chunk = range.start..range.end.min(range.start + CHUNK);
        range.start = chunk.end;
        if range.is_empty() {
            self.segments.pop_front();
        }
        let file = Arc::clone(&self.file);
        self.reading = Some(tokio::task::spawn_blocking(move || {
            let length = usize::try_from(chunk.end - chunk.start).map_err(io::Error::other)?;
            let mut bytes = vec![0; length];
            file.read_exact_at(&mut bytes, chunk.start)?;
            Ok(Bytes::from(bytes))
        }));
    }
}

impl HttpBody for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.reading.is_none() {
            self.read_ahead();
        }
        let chunk = if let Some(reading) = &mut self.reading {
            let chunk = ready!(Pin::new(reading).poll(context)).map_err(io::Error::other).flatten();
            self.reading = None;
            if chunk.is_ok() {
                self.read_ahead();
            }
            chunk
        } else {
            match self.segments.pop_front() {
                Some(Segment::Text(text)) => Ok(text),
                Some(Segment::File(_)) | None => return Poll::Ready(None),
            }
        };
        if let Ok(chunk) = &chunk {
            self.remaining -= chunk.len() as u64;
        }
        Poll::Ready(Some(chunk.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.remaining == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.remaining)
    }
}
