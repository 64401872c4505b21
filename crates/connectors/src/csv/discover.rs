//! From a registry row to the files of its table, none of them outside of the root.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::TableSpec;
use super::read::{Format, Input, Packing};
use crate::error::Error;

const ENDINGS: [(&str, Format); 8] = [
    (".csv", Format::Csv),
    (".tsv", Format::Tsv),
    (".tab", Format::Tsv),
    (".jsonl", Format::JsonLines),
    (".ndjson", Format::JsonLines),
    (".json", Format::JsonLines),
    (".parquet", Format::Parquet),
    (".pq", Format::Parquet),
];
const PACKINGS: [(&str, Packing); 4] =
    [(".gz", Packing::Gzip), (".gzip", Packing::Gzip), (".zst", Packing::Zstd), (".zstd", Packing::Zstd)];

/// The files of a table in name order; at least one. `root` is a real path.
pub(super) fn discover(root: &Path, spec: &TableSpec) -> Result<Vec<Input>, Error> {
    let bucket = relative(spec.bucket.as_deref().unwrap_or_default())?;
    let folder = bucket.join(relative(&parent(spec))?);
    let wanted = wanted(spec);
    if Path::new(&wanted).file_name().is_none_or(|name| name != wanted.as_str()) || wanted.contains('\0') {
        return Err(Error::UnsafePath(wanted));
    }
    let missing = || Error::NoMatch(folder.join(&wanted).display().to_string());
    let Ok(real) = root.join(&folder).canonicalize() else { return Err(missing()) };
    if !real.starts_with(root) {
        return Err(Error::UnsafePath(folder.display().to_string()));
    }
    let mut names = if real.join(&wanted).symlink_metadata().is_ok() {
        vec![wanted.clone()]
    } else if spec.source_table.is_none() {
        called(&real, &wanted)?
    } else {
        matching(&real, &wanted)?
    };
    if names.is_empty() {
        return Err(missing());
    }
    names.sort();
    names.iter().map(|name| input(root, &folder.join(name), &real.join(name))).collect()
}

/// The folder part of `source_table`.
fn parent(spec: &TableSpec) -> String {
    let source = spec.source_table.as_deref().unwrap_or_default();
    source.rsplit_once('/').map(|(parent, _)| parent.to_owned()).filter(|parent| !parent.is_empty()).unwrap_or_else(
        // `/name` is absolute; let the check below see it.
        || if source.starts_with('/') { "/".to_owned() } else { String::new() },
    )
}

/// The name part of `source_table`, or the table's own name.
fn wanted(spec: &TableSpec) -> String {
    let source = spec.source_table.as_deref().unwrap_or(&spec.name);
    source.rsplit('/').next().unwrap_or_default().to_owned()
}

/// A path that goes down only.
fn relative(text: &str) -> Result<PathBuf, Error> {
    let path = Path::new(text);
    let goes_down = path.components().all(|part| matches!(part, Component::Normal(_)));
    if goes_down && !text.contains('\0') { Ok(path.to_owned()) } else { Err(Error::UnsafePath(text.to_owned())) }
}

/// The file called like the table, whatever its ending.
fn called(folder: &Path, table: &str) -> Result<Vec<String>, Error> {
    let found: Vec<String> = list(folder)?
        .into_iter()
        .filter(|name| kind(name).is_some() && name.split('.').next() == Some(table))
        .collect();
    if found.len() > 1 { Err(Error::Ambiguous(found.join("`, `"))) } else { Ok(found) }
}

fn matching(folder: &Path, pattern: &str) -> Result<Vec<String>, Error> {
    if !pattern.contains(['*', '?']) {
        return Ok(Vec::new());
    }
    let pattern: Vec<char> = pattern.chars().collect();
    let fits = |name: &str| matches(&pattern, &name.chars().collect::<Vec<_>>());
    Ok(list(folder)?.into_iter().filter(|name| !name.starts_with('.') && fits(name)).collect())
}

/// Names of what is not a folder.
fn list(folder: &Path) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::io("list", folder))? {
        let entry = entry.map_err(Error::io("list", folder))?;
        if entry.file_type().is_ok_and(|kind| !kind.is_dir()) {
            // A name that is not UTF-8 is not found under this one, and so reported.
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

/// Whether a name fits a pattern of `*`, `?` and plain characters.
fn matches(pattern: &[char], name: &[char]) -> bool {
    let (mut at, mut from) = (0, 0);
    // Where to go on with one character more for the last `*`.
    let mut retry = None;
    while from < name.len() {
        match pattern.get(at) {
            Some('*') => {
                retry = Some((at, from + 1));
                at += 1;
            }
            Some(expected) if *expected == '?' || *expected == name[from] => {
                at += 1;
                from += 1;
            }
            _ => match retry {
                Some((star, next)) => {
                    retry = Some((star, next + 1));
                    at = star + 1;
                    from = next;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|rest| *rest == '*')
}

fn input(root: &Path, shown: &Path, path: &Path) -> Result<Input, Error> {
    let name = shown.display().to_string();
    let Some((format, packing)) = kind(&name) else { return Err(Error::UnknownFormat(name)) };
    let Ok(real) = path.canonicalize() else { return Err(Error::NoMatch(name)) };
    if !real.starts_with(root) {
        return Err(Error::UnsafePath(name));
    }
    if !real.is_file() {
        return Err(Error::NotAFile(name));
    }
    Ok(Input { name, path: real, format, packing })
}

/// Format and packing by the file's endings.
fn kind(name: &str) -> Option<(Format, Packing)> {
    let name = name.to_lowercase();
    let (bare, packing) = PACKINGS
        .iter()
        .find_map(|(ending, packing)| Some((name.strip_suffix(ending)?, *packing)))
        .unwrap_or((&name, Packing::None));
    ENDINGS.iter().find(|(ending, _)| bare.ends_with(ending)).map(|(_, format)| (*format, packing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_names() {
        let check = |pattern: &str, name: &str, expected: bool| {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            assert_eq!(matches(&chars(pattern), &chars(name)), expected, "{pattern} {name}");
        };
        check("*.csv", "a.csv", true);
        check("*.csv", "a.csv.gz", false);
        check("sales-????.csv*", "sales-2026.csv.gz", true);
        check("sales-????.csv*", "sales-26.csv", false);
        check("*a*b*c", "xxaxxbxxbc", true);
        check("*a*b*c", "xxaxxbxxb", false);
        check("**", "", true);
        check("ž?t.csv", "žít.csv", true);
    }

    #[test]
    fn endings_say_what_a_file_is() {
        assert_eq!(kind("A.CSV"), Some((Format::Csv, Packing::None)));
        assert_eq!(kind("a.b.tsv.gz"), Some((Format::Tsv, Packing::Gzip)));
        assert_eq!(kind("a.ndjson.zst"), Some((Format::JsonLines, Packing::Zstd)));
        assert_eq!(kind("a.parquet"), Some((Format::Parquet, Packing::None)));
        for name in ["a.pdf", "csv", "a.csv.bz2", "a.gz", ""] {
            assert_eq!(kind(name), None, "{name}");
        }
    }
}
