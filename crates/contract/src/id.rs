//! Names and ids that were checked: a constructor that can say no is the only way in.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a text is not the id it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {kind}")]
pub struct InvalidId {
    /// What the text should have been, in words.
    pub kind: &'static str,
}

macro_rules! checked {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id of a text.
            ///
            /// # Errors
            /// [`InvalidId`] when the text breaks the rule above.
            pub fn new(text: impl Into<String>) -> Result<Self, InvalidId> {
                let text = text.into();
                let check: fn(&str) -> bool = $check;
                if check(&text) { Ok(Self(text)) } else { Err(InvalidId { kind: $kind }) }
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

fn strict(text: &str) -> bool {
    let mut bytes = text.bytes();
    text.len() <= 64
        && bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn relaxed(text: &str) -> bool {
    let mut bytes = text.bytes();
    text.len() <= 128
        && bytes.next().is_some_and(|first| first.is_ascii_alphanumeric() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}

fn hex64(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

checked!(
    /// A name that may stand in SQL: `[A-Za-z_][A-Za-z0-9_]{0,63}`. Views, sources, aliases.
    SqlIdent, "identifier", strict
);
checked!(
    /// The folder of a source under `extracts/`: a [`SqlIdent`] no DuckDB catalog is called.
    SourceName,
    "source name",
    |text| strict(text)
        && !["main", "temp", "system", "memory", "server"].contains(&text.to_ascii_lowercase().as_str())
);
checked!(
    /// What may be asked for as a table in a path: `[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}`.
    TableKey, "table", relaxed
);
checked!(
    /// SHA-256 of a part's bytes, 64 lower-case hex digits. Written `sha256:<hex>` on the wire.
    Digest, "digest", hex64
);

impl SqlIdent {
    /// The identifier as SQL: quoted, so that a keyword is a name too.
    #[must_use]
    pub fn quoted(&self) -> String {
        format!("\"{}\"", self.0)
    }
}

impl Digest {
    /// `sha256:<hex>`.
    #[must_use]
    pub fn prefixed(&self) -> String {
        format!("sha256:{}", self.0)
    }

    /// The digest in `sha256:<hex>`, or in the bare hex digits.
    ///
    /// # Errors
    /// [`InvalidId`] when it is neither.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        Self::new(text.strip_prefix("sha256:").unwrap_or(text))
    }
}

/// The registry id of a table with this name: trimmed, lower case, blanks as `_`.
#[must_use]
pub fn table_id(name: &str) -> String {
    name.trim().to_lowercase().replace(' ', "_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_that_would_escape_are_refused() {
        for text in ["", "1a", "a b", "a\n", "a;b", "a\"b", "é", "a.b", "../x", "a\0"] {
            assert!(SqlIdent::new(text).is_err(), "{text:?}");
        }
        for text in ["", ".a", "-a", "a b", "a/b", "..", "a\n", "a'b", "a%"] {
            assert!(TableKey::new(text).is_err(), "{text:?}");
        }
        for text in ["main", "TEMP", "system", "Memory", "server"] {
            assert!(SourceName::new(text).is_err(), "{text:?}");
        }
        assert!(SqlIdent::new("a".repeat(64)).is_ok() && SqlIdent::new("a".repeat(65)).is_err());
    }

    proptest! {
        #[test]
        fn an_identifier_has_no_character_sql_or_a_path_could_read_differently(text in ".{0,80}") {
            if let Ok(ident) = SqlIdent::new(text.clone()) {
                prop_assert!(ident.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
                prop_assert_eq!(ident.quoted(), format!("\"{text}\""));
            }
            if let Ok(key) = TableKey::new(text) {
                prop_assert!(!key.as_str().contains(['/', '\\', '\'', '"', ' ', '\n']));
                prop_assert!(!key.as_str().starts_with('.'));
            }
        }
    }
}
