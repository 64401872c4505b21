//! Telling our views from everybody else's by their definition.

use std::path::PathBuf;

/// The file a view reads, if all it does is read one: `… AS SELECT * FROM read_parquet('<path>');`.
pub fn target_of(sql: &str) -> Option<PathBuf> {
    let (_, rest) = sql.split_once(" AS SELECT * FROM read_parquet(")?;
    // Some versions write one file as a list of one.
    let rest = rest.trim_start().trim_start_matches("main.list_value(").trim_start_matches('[');
    let (path, rest) = literal(rest)?;
    let rest: String = rest.chars().filter(|character| !character.is_whitespace()).collect();
    matches!(rest.as_str(), ")" | ");" | "])" | "]);" | "))" | "));").then(|| PathBuf::from(path))
}

/// The text of a literal, and what follows it.
fn literal(sql: &str) -> Option<(String, &str)> {
    let body = sql.strip_prefix('\'')?;
    let mut text = String::new();
    let mut characters = body.char_indices().peekable();
    while let Some((index, character)) = characters.next() {
        match character {
            '\'' if characters.peek().is_some_and(|(_, next)| *next == '\'') => {
                text.push('\'');
                characters.next();
            }
            '\'' => return Some((text, &body[index + 1..])),
            character => text.push(character),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::target_of;

    #[test]
    fn only_a_bare_read_of_one_file_is_ours() {
        let check = |sql: &str, expected: Option<&str>| {
            assert_eq!(target_of(sql).as_deref().and_then(std::path::Path::to_str), expected, "{sql}");
        };
        check("CREATE VIEW orders AS SELECT * FROM read_parquet('/w/a.parquet');", Some("/w/a.parquet"));
        check("CREATE VIEW \"o'x\" AS SELECT * FROM read_parquet('/w/it''s.parquet')", Some("/w/it's.parquet"));
        check("CREATE VIEW v AS SELECT a FROM read_parquet('/w/a.parquet');", None);
        check("CREATE VIEW v AS SELECT * FROM read_parquet('/w/a.parquet') WHERE x;", None);
        check("CREATE VIEW v AS SELECT * FROM read_parquet('/w/a.parquet', union_by_name = true);", None);
        check("CREATE VIEW v AS SELECT * FROM orders;", None);
    }
}
