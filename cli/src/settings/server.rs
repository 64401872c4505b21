//! The server's address, checked and in one form.

use std::fmt;

use crate::error::Error;

/// `http` or `https`, a host, maybe a port and a path prefix; never a trailing `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerUrl(String);

impl ServerUrl {
    /// The address of a text; `origin` is who said it, for the error.
    pub fn parse(text: &str, origin: &str) -> Result<Self, Error> {
        let refuse = |reason: &str| {
            Error::unmet(
                format!("{origin} is not a server address: {reason}"),
                "an address looks like https://agnes.example.com",
            )
        };
        let url = url::Url::parse(text.trim()).map_err(|error| refuse(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(refuse("it must begin with http:// or https://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("it must not hold a user name or password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refuse("it must end with the path"));
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::ServerUrl;

    #[test]
    fn an_address_has_one_form() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(ServerUrl::parse(text, "x").ok().map(|url| url.to_string()).as_deref(), expected, "{text}");
        };
        check("http://localhost:8000/", Some("http://localhost:8000"));
        check(" HTTPS://Agnes.Example.com:443/a/ ", Some("https://agnes.example.com/a"));
        check("http://[::1]:8000", Some("http://[::1]:8000"));
        for bad in ["localhost:8000", "ftp://x", "http://a:b@x", "http://x/?a=b", "http://", "file:///etc", ""] {
            check(bad, None);
        }
    }
}
