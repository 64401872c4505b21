//! Records of a delimited text file, one at a time, in bounded memory.
//!
//! RFC 4180 with the tolerance people expect: any line end, quotes inside an unquoted field are
//! text, blank lines are nothing. What breaks the format is one bad record, and reading goes on
//! with the next line: a quote that is never closed must not swallow the rest of the file. That
//! and the bound on a record are why this is not the `csv` crate.

use std::io::{self, Read};

use super::window::Window;

/// Fields of one record kept at most; more are counted only.
const FIELDS_KEPT: usize = 1 << 16;

/// The fields of a record.
#[derive(Debug, Default)]
pub(super) struct Row {
    text: Vec<u8>,
    ends: Vec<usize>,
    fields: usize,
}

impl Row {
    /// How many fields the record has.
    pub(super) fn len(&self) -> usize {
        self.fields
    }

    /// The fields as text; `None` when one of them is not UTF-8.
    pub(super) fn texts(&self) -> Option<impl Iterator<Item = &str>> {
        let text = std::str::from_utf8(&self.text).ok()?;
        // Halves of a character on both sides of a delimiter are valid together only.
        if !self.ends.iter().all(|end| text.is_char_boundary(*end)) {
            return None;
        }
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        Some(starts.zip(&self.ends).map(move |(start, end)| &text[start..*end]))
    }

    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.fields = 0;
    }

    fn end_field(&mut self) {
        self.fields += 1;
        if self.ends.len() < FIELDS_KEPT {
            self.ends.push(self.text.len());
        } else if let Some(end) = self.ends.last() {
            self.text.truncate(*end);
        }
    }
}

/// What breaks a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The file ends inside of quotes.
    OpenQuote,
    /// After a closing quote comes neither a delimiter nor a line end.
    TextAfterQuote,
    /// More bytes than a record may have.
    TooLong,
}

/// What came next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The row holds a record.
    Record,
    /// A line that is not the start of a record.
    Bad(Fault),
    /// Nothing.
    End,
}

/// Reads records.
pub(super) struct Records<R> {
    window: Window<R>,
    delimiter: u8,
    limit: usize,
    line: u64,
    next_line: u64,
}

impl<R: Read> Records<R> {
    /// Records from the window's start on, of at most `limit` bytes each.
    pub(super) fn new(window: Window<R>, delimiter: u8, limit: usize) -> Self {
        Self { window, delimiter, limit, line: 0, next_line: 1 }
    }

    /// The line the last record began on, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Reads the next record into `row`.
    pub(super) fn next(&mut self, row: &mut Row) -> io::Result<Next> {
        loop {
            let blank = self.window.line_end(0)?;
            if blank == 0 {
                break;
            }
            self.window.consume(blank);
            self.next_line += 1;
        }
        row.clear();
        self.line = self.next_line;
        if self.window.byte(0)?.is_none() {
            return Ok(Next::End);
        }
        match self.record(row)? {
            Ok((length, lines)) => {
                self.window.consume(length);
                self.next_line += lines;
                Ok(Next::Record)
            }
            Err(fault) => {
                self.window.skip_line()?;
                self.next_line += 1;
                Ok(Next::Bad(fault))
            }
        }
    }

    /// The record at the window's start: its bytes and how many lines it spans.
    fn record(&mut self, row: &mut Row) -> io::Result<Result<(usize, u64), Fault>> {
        let (mut at, mut lines) = (0, 1);
        loop {
            at = if self.window.byte(at)? == Some(b'"') {
                match self.quoted(at + 1, row, &mut lines)? {
                    Ok(at) => at,
                    Err(fault) => return Ok(Err(fault)),
                }
            } else {
                match self.unquoted(at, row)? {
                    Ok(at) => at,
                    Err(fault) => return Ok(Err(fault)),
                }
            };
            row.end_field();
            match self.window.byte(at)? {
                Some(byte) if byte == self.delimiter => at += 1,
                Some(_) => return Ok(Ok((at + self.window.line_end(at)?, lines))),
                None => return Ok(Ok((at, lines))),
            }
        }
    }

    /// Reads an unquoted field; gives where it ends.
    fn unquoted(&mut self, mut at: usize, row: &mut Row) -> io::Result<Result<usize, Fault>> {
        let delimiter = self.delimiter;
        loop {
            let rest = self.window.rest(at)?;
            let end = rest.iter().position(|byte| *byte == delimiter || matches!(byte, b'\n' | b'\r'));
            row.text.extend_from_slice(&rest[..end.unwrap_or(rest.len())]);
            at += end.unwrap_or(rest.len());
            if at > self.limit {
                return Ok(Err(Fault::TooLong));
            }
            if end.is_some() || self.window.byte(at)?.is_none() {
                return Ok(Ok(at));
            }
        }
    }

    /// Reads a quoted field from behind its first quote; gives where it ends.
    fn quoted(&mut self, mut at: usize, row: &mut Row, lines: &mut u64) -> io::Result<Result<usize, Fault>> {
        loop {
            let rest = self.window.rest(at)?;
            if rest.is_empty() {
                return Ok(Err(Fault::OpenQuote));
            }
            let quote = rest.iter().position(|byte| *byte == b'"');
            let text = &rest[..quote.unwrap_or(rest.len())];
            *lines += text.iter().filter(|byte| **byte == b'\n').count() as u64;
            row.text.extend_from_slice(text);
            at += text.len();
            if at > self.limit {
                return Ok(Err(Fault::TooLong));
            }
            if quote.is_none() {
                continue;
            }
            match self.window.byte(at + 1)? {
                Some(b'"') => {
                    row.text.push(b'"');
                    at += 2;
                }
                Some(byte) if byte != self.delimiter && !matches!(byte, b'\n' | b'\r') => {
                    return Ok(Err(Fault::TextAfterQuote));
                }
                _ => return Ok(Ok(at + 1)),
            }
        }
    }
}
