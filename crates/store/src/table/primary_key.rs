//! The columns that tell a table's rows apart, as one text.

/// A primary key as it is stored: a JSON array, or nothing.
#[must_use]
pub fn encode_primary_key(columns: Option<&[String]>) -> Option<String> {
    let columns: Vec<&str> = columns?.iter().map(|column| column.trim()).filter(|column| !column.is_empty()).collect();
    if columns.is_empty() { None } else { Some(serde_json::Value::from(columns).to_string()) }
}

/// A stored primary key in any of the ways it was ever stored: a JSON array, a list printed with single quotes,
/// a text with commas, a single name.
#[must_use]
pub fn decode_primary_key(text: &str) -> Option<Vec<String>> {
    let text = text.trim();
    let columns = match serde_json::from_str::<serde_json::Value>(text) {
        Ok(serde_json::Value::Array(items)) => items
            .into_iter()
            .filter_map(|item| match item {
                serde_json::Value::String(name) => Some(name),
                serde_json::Value::Null => None,
                other => Some(other.to_string()),
            })
            .collect(),
        Ok(serde_json::Value::String(name)) => vec![name],
        Ok(serde_json::Value::Null) => Vec::new(),
        _ => split(text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text)),
    };
    let columns: Vec<String> =
        columns.iter().map(|column| column.trim().to_owned()).filter(|column| !column.is_empty()).collect();
    if columns.is_empty() { None } else { Some(columns) }
}

/// Splits at commas outside quotes, and takes the quotes off.
fn split(text: &str) -> Vec<String> {
    let mut columns = vec![String::new()];
    let mut quote = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let blank = columns.last().is_none_or(|column| column.trim().is_empty());
        match quote {
            Some(_) if letter == '\\' => {
                columns.last_mut().into_iter().for_each(|column| column.extend(letters.next()))
            }
            Some(open) if letter == open => quote = None,
            None if letter == ',' => columns.push(String::new()),
            None if blank && (letter == '\'' || letter == '"') => quote = Some(letter),
            _ => columns.last_mut().into_iter().for_each(|column| column.push(letter)),
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_primary_key_is_read_in_every_way_it_was_stored() {
        let cases: &[(&str, Option<&[&str]>)] = &[
            ("", None),
            ("  ", None),
            ("[]", None),
            ("null", None),
            (r#"["id"]"#, Some(&["id"])),
            (r#"["id", "line"]"#, Some(&["id", "line"])),
            (r#"[1, "b", null]"#, Some(&["1", "b"])),
            ("['id']", Some(&["id"])),
            ("['id', 'line no']", Some(&["id", "line no"])),
            ("['a,b', \"c'd\"]", Some(&["a,b", "c'd"])),
            (r"['it\'s', 'b']", Some(&["it's", "b"])),
            ("id, line ,", Some(&["id", "line"])),
            ("id", Some(&["id"])),
            (r#""id""#, Some(&["id"])),
            ("['id", Some(&["['id"])),
        ];
        for (stored, expected) in cases {
            let expected = expected.map(|columns| columns.iter().map(|column| (*column).to_owned()).collect());
            assert_eq!(decode_primary_key(stored), expected, "{stored:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_stored_is_read_without_a_panic(text in ".{0,60}") {
            let decoded = decode_primary_key(&text);
            prop_assert!(decoded.is_none_or(|columns| columns.iter().all(|column| !column.trim().is_empty())));
        }

        #[test]
        fn what_was_encoded_is_decoded(columns in proptest::collection::vec("[^ ].{0,10}[^ ]", 1..4)) {
            let columns: Vec<String> = columns.iter().map(|column| column.trim().to_owned()).collect();
            prop_assume!(columns.iter().all(|column| !column.is_empty()));
            let stored = encode_primary_key(Some(&columns)).unwrap();
            prop_assert_eq!(decode_primary_key(&stored), Some(columns));
        }
    }
}
