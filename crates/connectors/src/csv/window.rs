//! The part of a stream a record is looked for in; grows with the record, up to a bound.

use std::io::{self, Read};

/// Bytes asked for at a time.
const STEP: usize = 256 << 10;

/// A stream seen through a window that starts at the current record.
pub(super) struct Window<R> {
    input: R,
    bytes: Vec<u8>,
    start: usize,
    ended: bool,
}

impl<R: Read> Window<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, bytes: Vec::new(), start: 0, ended: false }
    }

    /// The bytes from `at` on that are here already; reads more when there are none. Empty at
    /// the end of the stream.
    pub(super) fn rest(&mut self, at: usize) -> io::Result<&[u8]> {
        while self.start + at >= self.bytes.len() && !self.ended {
            self.fill()?;
        }
        Ok(self.bytes.get(self.start + at..).unwrap_or_default())
    }

    /// The byte at `at`; `None` behind the end of the stream.
    pub(super) fn byte(&mut self, at: usize) -> io::Result<Option<u8>> {
        Ok(self.rest(at)?.first().copied())
    }

    /// At least the first `wanted` bytes, or all there are.
    pub(super) fn peek(&mut self, wanted: usize) -> io::Result<&[u8]> {
        while self.bytes.len() - self.start < wanted && !self.ended {
            self.fill()?;
        }
        Ok(&self.bytes[self.start..])
    }

    /// The first `length` bytes, which were read before.
    pub(super) fn seen(&self, length: usize) -> &[u8] {
        &self.bytes[self.start..self.start + length]
    }

    /// Starts the window `length` bytes later.
    pub(super) fn consume(&mut self, length: usize) {
        self.start += length;
    }

    /// Starts the window behind the next line end, however far that is, in constant memory.
    pub(super) fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let here = self.rest(0)?;
            match here.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
                Some(at) => {
                    let length = self.line_end(at)?;
                    self.consume(at + length);
                    return Ok(());
                }
                None if here.is_empty() => return Ok(()),
                None => {
                    let length = here.len();
                    self.consume(length);
                }
            }
        }
    }

    /// Bytes of the line end at `at`: 2 for CRLF, 1 for LF or CR, 0 where there is none.
    pub(super) fn line_end(&mut self, at: usize) -> io::Result<usize> {
        Ok(match self.byte(at)? {
            Some(b'\n') => 1,
            Some(b'\r') => 1 + usize::from(self.byte(at + 1)? == Some(b'\n')),
            _ => 0,
        })
    }

    fn fill(&mut self) -> io::Result<()> {
        if self.start > 0 {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        let length = self.bytes.len();
        self.bytes.resize(length + STEP, 0);
        let read = loop {
            match self.input.read(&mut self.bytes[length..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.bytes.truncate(length + *read.as_ref().unwrap_or(&0));
        self.ended = read? == 0;
        Ok(())
    }
}
