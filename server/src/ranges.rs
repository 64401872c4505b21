//! The `Range` header: which bytes of a file a client asks for.

use std::ops::Range;

/// More ranges than a resuming client ever needs; beyond it the whole file is cheaper.
const MOST: usize = 32;

/// What the header asks for, given the size of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// All of it: no header, an unknown unit, or too many ranges.
    Whole,
    /// These, merged where they touch, in the order of the file.
    Parts(Vec<Range<u64>>),
    /// Nothing that exists.
    Unsatisfiable,
    /// Something that is no range.
    Malformed,
}

/// Reads the header.
#[must_use]
pub fn asked(header: Option<&str>, size: u64) -> Asked {
    let Some(header) = header else { return Asked::Whole };
    let Some((unit, list)) = header.split_once('=') else { return Asked::Malformed };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Asked::Whole;
    }
    let mut parts = Vec::new();
    let mut count = 0;
    for spec in list.split(',').map(str::trim).filter(|spec| !spec.is_empty()) {
        count += 1;
        match one(spec, size) {
            Some(part) if part.is_empty() => {}
            Some(part) => parts.push(part),
            None => return Asked::Malformed,
        }
    }
    match (count, parts.is_empty()) {
        (0, _) => Asked::Malformed,
        (count, _) if count > MOST => Asked::Whole,
        (_, true) => Asked::Unsatisfiable,
        (_, false) => Asked::Parts(merged(parts)),
    }
}

/// `a-b`, `a-` or `-n`; empty when it lies beyond the end.
fn one(spec: &str, size: u64) -> Option<Range<u64>> {
    let (first, last) = spec.split_once('-')?;
    let (first, last) = (first.trim(), last.trim());
    if first.is_empty() {
        let count = number(last)?;
        return Some(size.saturating_sub(count)..size);
    }
    let first = number(first)?;
    let end = if last.is_empty() { size } else { number(last)?.saturating_add(1) };
    // Inverted is malformed; beyond the end is merely empty.
    (last.is_empty() || end > first).then(|| first.min(size)..end.min(size).max(first.min(size)))
}

fn number(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Longer than any file: the same as the end.
    Some(text.parse().unwrap_or(u64::MAX))
}

fn merged(mut parts: Vec<Range<u64>>) -> Vec<Range<u64>> {
    parts.sort_unstable_by_key(|part| part.start);
    let mut result: Vec<Range<u64>> = Vec::with_capacity(parts.len());
    for part in parts {
        match result.last_mut() {
            Some(last) if part.start <= last.end => last.end = last.end.max(part.end),
            _ => result.push(part),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::{Asked::*, *};

    fn parts(parts: &[(u64, u64)]) -> Asked {
        Parts(parts.iter().map(|(start, end)| *start..*end).collect())
    }

    #[test]
    fn ranges_are_read_as_http_says() {
        let check = |header: &str, expected: Asked| assert_eq!(asked(Some(header), 100), expected, "{header}");
        assert_eq!(asked(None, 100), Whole);
        check("bytes=0-9", parts(&[(0, 10)]));
        check("bytes=90-", parts(&[(90, 100)]));
        check("bytes=-10", parts(&[(90, 100)]));
        check("bytes=-1000", parts(&[(0, 100)]));
        check("bytes=0-1000", parts(&[(0, 100)]));
        check("Bytes= 0-0 , 5-6", parts(&[(0, 1), (5, 7)]));
        check("bytes=0-9,5-20", parts(&[(0, 21)]));
        check("bytes=50-60,0-9", parts(&[(0, 10), (50, 61)]));
        check("bytes=0-9,200-", parts(&[(0, 10)]));
        check("bytes=100-", Unsatisfiable);
        check("bytes=-0", Unsatisfiable);
        check("bytes=99999999999999999999-", Unsatisfiable);
        check("bytes=9-0", Malformed);
        check("bytes=a-b", Malformed);
        check("bytes=", Malformed);
        check("bytes", Malformed);
        check("bytes=1", Malformed);
        check("bytes=+1-2", Malformed);
        check("items=0-9", Whole);
        check(&format!("bytes={}", vec!["0-0"; 33].join(",")), Whole);
        assert_eq!(asked(Some("bytes=0-"), 0), Unsatisfiable);
    }
}
