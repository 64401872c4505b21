//! Environment variables, and the file that stands in for those that are absent.

use std::{collections::BTreeMap, path::Path, str::FromStr};

use super::Error;

/// The variables as they were at the start. Nothing reads the process environment after it, and
/// nothing is ever written into it: child processes would inherit it.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl std::fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Environment").field(&self.0.len()).finish()
    }
}

impl Environment {
    /// The environment of this process. What is not UTF-8 is not for us.
    #[must_use]
    pub fn process() -> Self {
        let pairs = std::env::vars_os();
        Self(pairs.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect())
    }

    /// An environment of these variables alone.
    pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// The same with a default for a variable that is absent.
    #[must_use]
    pub fn or(mut self, name: &str, value: &str) -> Self {
        if self.text(name).is_none() {
            self.0.insert(name.to_owned(), value.to_owned());
        }
        self
    }

    /// A variable's trimmed value; empty is absent.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// `1/true/yes/on` or `0/false/no/off`.
    ///
    /// # Errors
    /// When it is neither.
    pub fn flag(&self, name: &'static str) -> Result<Option<bool>, Error> {
        match self.text(name).map(str::to_ascii_lowercase).as_deref() {
            None => Ok(None),
            Some("1" | "true" | "yes" | "on") => Ok(Some(true)),
            Some("0" | "false" | "no" | "off") => Ok(Some(false)),
            Some(other) => Err(Error::Variable { name, reason: format!("`{other}` is neither 1 nor 0") }),
        }
    }

    /// A variable that is read as something else.
    ///
    /// # Errors
    /// When it cannot be, saying what it should be.
    pub fn parsed<T: FromStr>(&self, name: &'static str, should: &str) -> Result<Option<T>, Error> {
        self.text(name)
            .map(|text| text.parse().map_err(|_| Error::Variable { name, reason: format!("`{text}` is not {should}") }))
            .transpose()
    }

    /// The same with the variables of an overlay file where they are absent here.
    #[must_use]
    pub fn with_overlay(&self, file: &Path, warnings: &mut Vec<String>) -> Self {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) => {
                if error.kind() != std::io::ErrorKind::NotFound {
                    warnings.push(format!("{}: {error}; its variables are missing", file.display()));
                }
                return self.clone();
            }
        };
        let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
        let pairs = lines.filter_map(|line| line.split_once('='));
        pairs.fold(self.clone(), |environment, (name, value)| environment.or(name.trim(), value.trim()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_overlay_fills_what_is_absent_or_empty() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".env_overlay");
        std::fs::write(&file, "# note\nA = one\nB=two=2\nC=three\nnonsense\n").unwrap();
        let environment = Environment::of([("A", "kept"), ("B", "")]).with_overlay(&file, &mut Vec::new());
        assert_eq!(
            [environment.text("A"), environment.text("B"), environment.text("C")],
            [Some("kept"), Some("two=2"), Some("three")]
        );
    }
}
