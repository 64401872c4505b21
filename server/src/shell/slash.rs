//! `/api/users/` is sent on to `/api/users`, when that is a path we serve.

use axum::{
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

use crate::{errors, shell::client};

/// The patterns of all routes, for the question whether a path is served.
#[derive(Clone, Debug, Default)]
pub struct Patterns(Vec<Vec<String>>);

impl Patterns {
    /// Takes axum's patterns: `/a/{id}/b`, `/static/{*rest}`.
    pub fn new<'a>(patterns: impl Iterator<Item = &'a str>) -> Self {
        Self(patterns.map(|pattern| pattern.split('/').skip(1).map(str::to_owned).collect()).collect())
    }

    fn serve(&self, path: &str) -> bool {
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        self.0.iter().any(|pattern| {
            pattern.len() == parts.len()
                && pattern
                    .iter()
                    .zip(&parts)
                    .all(|(wanted, part)| wanted == part || (wanted.starts_with('{') && !part.is_empty()))
        })
    }

    /// Where a path with a superfluous slash leads.
    #[must_use]
    pub fn without_slash<'a>(&self, path: &'a str) -> Option<&'a str> {
        let bare = path.strip_suffix('/').filter(|bare| !bare.is_empty() && !bare.ends_with('/'))?;
        self.serve(bare).then_some(bare)
    }
}

/// The answer to a path no route has.
pub fn fallback(patterns: &Patterns, uri: &Uri, headers: &HeaderMap, https: bool) -> Response {
    let Some(bare) = patterns.without_slash(uri.path()) else {
        return errors::not_found().into_response();
    };
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let scheme = if https { "https" } else { "http" };
    let location = match client::host(headers, uri) {
        Some(host) => format!("{scheme}://{host}{bare}{query}"),
        None => format!("{bare}{query}"),
    };
    (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location)]).into_response()
}

#[cfg(test)]
mod tests {
    use super::Patterns;

    #[test]
    fn only_served_paths_lose_their_slash() {
        let patterns = Patterns::new(["/api/users", "/api/users/{id}", "/"].into_iter());
        for (path, expected) in [
            ("/api/users/", Some("/api/users")),
            ("/api/users/u1/", Some("/api/users/u1")),
            ("/api/users//", None),
            ("/api/other/", None),
            ("//evil.example/", None),
            ("/", None),
        ] {
            assert_eq!(patterns.without_slash(path), expected, "{path}");
        }
    }
}
