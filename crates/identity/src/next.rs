//! Where to go after signing in: only ever back to a page of our own.

/// The path when it is safe to redirect to: begins with one `/`, and nothing a browser could read as another host.
#[must_use]
pub fn safe(next: &str) -> Option<&str> {
    // A browser reads `\` as `/`, and drops tabs and line ends before it looks.
    let clean = !next.chars().any(|character| character.is_control() || character == '\\');
    let own = next.starts_with('/') && !next.starts_with("//");
    // `/%2f/host` and `/%5chost` become another host where somebody decodes once more.
    let lower = next.get(1..4).unwrap_or_default().to_ascii_lowercase();
    let encoded = matches!(lower.as_str(), "%2f" | "%5c" | "%09" | "%0a" | "%0d");
    (clean && own && !encoded && next.len() <= 2048).then_some(next)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::safe;

    #[test]
    fn only_paths_of_our_own_are_followed() {
        for next in ["/", "/catalog", "/catalog/tables/orders?x=1#y", "/foo?bar=baz", "/a//b"] {
            assert_eq!(safe(next), Some(next));
        }
        for next in [
            "",
            "dashboard",
            "//evil.example/",
            "///evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "/%2fevil.example",
            "/%5Cevil.example",
            "/%09/evil.example",
            "http://evil.example/",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: x",
            "\\\\evil.example",
            " /catalog",
        ] {
            assert_eq!(safe(next), None, "{next:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_followed_stays_on_this_host(next in ".{0,40}") {
            if let Some(path) = safe(&next) {
                prop_assert!(path.starts_with('/') && !path.starts_with("//") && !path.contains('\\'));
            }
        }
    }
}
