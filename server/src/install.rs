//! The script behind `curl … | bash`: everything in it is checked and quoted, because a shell runs it.

use std::fmt::Write;

use axum::http::{HeaderMap, Uri};

use crate::{
    dist::{Artifact, Kind},
    shell::client,
};

/// The address people use: the configured one, or what they asked for if it can be an address.
#[must_use]
pub fn base_url(server_url: Option<&str>, headers: &HeaderMap, uri: &Uri, https: bool) -> Option<String> {
    let base = match server_url {
        Some(configured) => configured.to_owned(),
        None => format!("{}://{}", if https { "https" } else { "http" }, client::host(headers, uri)?),
    };
    is_plain(&base).then_some(base)
}

/// `http` or `https`, a host, perhaps a port, perhaps a path: nothing a shell or a page could read otherwise.
#[must_use]
pub fn is_plain(base: &str) -> bool {
    let Some(rest) = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://")) else { return false };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let all = |text: &str, also: &[u8]| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || also.contains(&byte));
    !authority.is_empty() && all(authority, b"._-[]:") && all(path, b"._-/")
}

/// Texts with nothing but letters, digits, dots, dashes and underscores.
fn plain_or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    if plain { text } else { otherwise }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The script, for this server and the files it has.
#[must_use]
pub fn script(base: &str, release: &str, artifacts: &[Artifact]) -> String {
    let mut files = String::new();
    let mut platforms = Vec::new();
    for artifact in artifacts.iter().filter(|artifact| artifact.kind == Kind::Plain) {
        let CliFile { platform, filename, sha256 } = CliFile::of(artifact);
        // Newest first: of two for a platform the first counts.
        if !platforms.contains(&platform) && filename.ends_with(".tar.gz") {
            let _ = writeln!(files, "    {platform}) file={} sum={} ;;", quoted(filename), quoted(sha256));
            platforms.push(platform);
        }
    }
    TEMPLATE
        .replace("@SERVER@", &quoted(base))
        .replace("@RELEASE@", &quoted(plain_or(release, "dev")))
        .replace("    @FILES@\n", &files)
}

struct CliFile<'a> {
    platform: &'a str,
    filename: &'a str,
    sha256: &'a str,
}

impl<'a> CliFile<'a> {
    fn of(artifact: &'a Artifact) -> Self {
        let wire = &artifact.wire;
        Self { platform: plain_or(&wire.platform, "none"), filename: &wire.filename, sha256: &wire.sha256 }
    }
}

const TEMPLATE: &str = include_str!("install.sh");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_a_shell_could_misread_is_refused() {
        for base in ["https://host/agnes", "http://[::1]:8000", "https://my_host.example:8443", "http://a"] {
            assert!(is_plain(base), "{base}");
        }
        for base in ["ftp://a", "http://", "http://a b", "http://a\n", "http://a'b", "http://a$(id)", "http://a?x", "a"]
        {
            assert!(!is_plain(base), "{base:?}");
        }
    }

    #[test]
    fn the_script_names_the_server_and_falls_back_to_python_tools() {
        let script = script("https://data.example", "1.0\n; rm", &[]);
        assert!(script.contains("server='https://data.example'"));
        assert!(script.contains("release='dev'"));
        assert!(script.contains("uv tool install") && script.contains("pip install"));
        assert!(!script.contains('@') || !script.contains("@FILES@"));
        assert!(script.trim_end().ends_with("main \"$@\""));
    }
}
