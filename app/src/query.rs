//! Addresses: what a page reads from its query and how it writes links to itself.

use leptos_router::{location::Url, params::ParamsMap};

/// Keys that say what just happened. They do not belong into links to other states.
const PASSING: &[&str] = &["__path", "__err", "done", "subject"];

/// A path with a query, value by value escaped. Empty values are left out.
#[must_use]
pub fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    let query: Vec<String> = pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| format!("{key}={}", Url::escape(value)))
        .collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// One value of the query, empty when absent.
#[must_use]
pub fn value(query: &ParamsMap, key: &str) -> String {
    query.get(key).unwrap_or_default()
}

/// The page number of the query, from 1.
#[must_use]
pub fn page(query: &ParamsMap) -> u32 {
    query.get("page").and_then(|text| text.parse().ok()).filter(|page| *page > 0).unwrap_or(1)
}

/// The path and query of an address without what just happened; never another origin.
#[must_use]
pub fn settled(address: &str) -> String {
    let after_scheme = address.split_once("://").map_or(address, |(_, rest)| rest);
    let local = after_scheme.find('/').map_or("/", |start| &after_scheme[start..]);
    let local = local.split('#').next().unwrap_or("/");
    let (path, query) = local.split_once('?').unwrap_or((local, ""));
    let path = format!("/{}", path.trim_start_matches(['/', '\\']));
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !PASSING.contains(&pair.split('=').next().unwrap_or_default()))
        .collect();
    if kept.is_empty() { path } else { format!("{path}?{}", kept.join("&")) }
}

/// An address with further pairs at its end.
#[must_use]
pub fn extended(address: &str, pairs: &[(&str, &str)]) -> String {
    let more = self::address("", pairs);
    match more.strip_prefix('?') {
        None => address.to_owned(),
        Some(more) if address.contains('?') => format!("{address}&{more}"),
        Some(more) => format!("{address}?{more}"),
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_and_empty_ones_left_out() {
        assert_eq!(address("/catalog", &[("q", "a&b c"), ("status", "")]), "/catalog?q=a%26b%20c");
        assert_eq!(address("/catalog", &[("q", "")]), "/catalog");
        assert_eq!(extended("/a?b=1", &[("c", "2")]), "/a?b=1&c=2");
    }

    #[test]
    fn what_just_happened_is_dropped_and_the_origin_too() {
        for (from, to) in [
            ("http://host:8000/admin/tables?q=x&__err=e&__path=p", "/admin/tables?q=x"),
            ("https://host/tokens?done=token_revoked&subject=a", "/tokens"),
            ("https://host", "/"),
            ("/a?b=1#c", "/a?b=1"),
            ("https://host//evil.example/x", "/evil.example/x"),
        ] {
            assert_eq!(settled(from), to, "{from}");
        }
    }
}
