//! `instance.yaml`: the operator's file, and over it the overlay the server keeps itself.

use std::path::{Path, PathBuf};

use serde_norway::{Mapping, Value};

use super::{
    Environment, Error,
    keys::{self, Kind},
};

/// Deeper than any known key.
const DEEPEST: usize = 16;

/// What the configuration says of this installation.
#[derive(Clone, Debug)]
pub struct Instance {
    /// What it calls itself.
    pub name: String,
    /// The line below.
    pub subtitle: String,
    /// Where the csv connector looks, when not in the data directory.
    pub csv_folder: Option<PathBuf>,
    merged: Value,
}

impl Instance {
    /// Reads both files, checks every key, resolves `${NAME}`, and lays the overlay over the static file.
    ///
    /// # Errors
    /// One line naming file and key, for what cannot be taken.
    pub fn load(
        config_dir: &Path,
        data_dir: &Path,
        environment: &Environment,
        warnings: &mut Vec<String>,
    ) -> Result<Self, Error> {
        let named = config_dir.join("instance.yaml");
        let fallback = Path::new("config").join("instance.yaml");
        let file = if named.exists() { named } else { fallback };
        let base = read(&file, environment, warnings)?;
        let overlay = read_overlay(&data_dir.join("state").join("instance.yaml"), environment, warnings)?;
        let has_file = base.is_some();
        let mut merged = base.unwrap_or_else(|| Value::Mapping(Mapping::new()));
        if let Some(overlay) = overlay {
            lay_over(&mut merged, overlay);
        }
        let instance = Self {
            name: text(&merged, &["instance", "name"]).unwrap_or("AI Data Analyst").to_owned(),
            subtitle: text(&merged, &["instance", "subtitle"]).unwrap_or_default().to_owned(),
            csv_folder: text(&merged, &["data_source", "csv", "folder"]).map(PathBuf::from),
            merged,
        };
        if has_file {
            instance.warn_of_missing(&file, warnings);
        }
        Ok(instance)
    }

    /// The theme as custom properties and their values.
    #[must_use]
    pub fn theme(&self) -> Vec<(String, String)> {
        let Some(Value::Mapping(theme)) = find(&self.merged, &["theme"]) else { return Vec::new() };
        let property = |key: &str| match key {
            "radius" => "--radius-md".to_owned(),
            literal if literal.starts_with("--") => literal.to_owned(),
            key => format!("--{}", key.replace('_', "-")),
        };
        theme
            .iter()
            .filter_map(|(key, value)| Some((key.as_str()?, value.as_str()?.trim())))
            .filter(|(key, value)| *key != "font_url" && !value.is_empty())
            .map(|(key, value)| (property(key), value.to_owned()))
            .collect()
    }

    /// A text of the merged configuration.
    #[must_use]
    pub fn text(&self, path: &[&str]) -> Option<&str> {
        text(&self.merged, path)
    }

    fn warn_of_missing(&self, file: &Path, warnings: &mut Vec<String>) {
        for path in [["instance", "name"], ["auth", "allowed_domain"], ["server", "hostname"]] {
            if find(&self.merged, &path).is_none() {
                warnings.push(format!("{}: `{}` is missing", file.display(), path.join(".")));
            }
        }
    }
}

fn find<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, name| value.get(name)).filter(|value| !value.is_null())
}

fn text<'a>(value: &'a Value, path: &[&str]) -> Option<&'a str> {
    find(value, path)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

fn read(file: &Path, environment: &Environment, warnings: &mut Vec<String>) -> Result<Option<Value>, Error> {
    let wrong = |reason: String| Error::File { file: file.to_owned(), reason };
    let content = match std::fs::read_to_string(file) {
        Ok(content) => content,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(wrong(error.to_string())),
    };
    let value = serde_norway::from_str(&content).map_err(|error| wrong(error.to_string()))?;
    checked(value, environment, file, warnings).map(Some)
}

/// The overlay is ours; one we cannot read is set aside with a warning, so that the server can be
/// started and the file mended.
fn read_overlay(file: &Path, environment: &Environment, warnings: &mut Vec<String>) -> Result<Option<Value>, Error> {
    let content = match std::fs::read_to_string(file) {
        Ok(content) => content,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            warnings.push(format!("{}: {error}; the settings saved there are missing", file.display()));
            return Ok(None);
        }
    };
    match serde_norway::from_str(&content) {
        Ok(value) => checked(value, environment, file, warnings).map(Some),
        Err(error) => {
            warnings.push(format!("{}: {error}; the settings saved there are missing", file.display()));
            Ok(None)
        }
    }
}

fn checked(value: Value, environment: &Environment, file: &Path, warnings: &mut Vec<String>) -> Result<Value, Error> {
    let mut value = if value.is_null() { Value::Mapping(Mapping::new()) } else { value };
    resolve(&mut value, &mut Vec::new(), environment, file, warnings);
    check(&value, &mut Vec::new()).map_err(|reason| Error::File { file: file.to_owned(), reason })?;
    Ok(value)
}

/// Puts variables in where `${NAME}` stands, in texts, at any depth.
fn resolve(
    value: &mut Value,
    path: &mut Vec<String>,
    environment: &Environment,
    file: &Path,
    warnings: &mut Vec<String>,
) {
    match value {
        Value::String(text) => {
            let (resolved, absent) = substitute(text, environment);
            for name in absent {
                warnings.push(format!("{}: `{}` names ${{{name}}}, which is not set", file.display(), path.join(".")));
            }
            *text = resolved;
        }
        Value::Sequence(list) => {
            for (index, entry) in list.iter_mut().enumerate() {
                path.push(format!("[{index}]"));
                resolve(entry, path, environment, file, warnings);
                path.pop();
            }
        }
        Value::Mapping(map) => {
            for (key, entry) in map.iter_mut() {
                path.push(name_of(key));
                resolve(entry, path, environment, file, warnings);
                path.pop();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Tagged(_) => {}
    }
}

fn substitute(text: &str, environment: &Environment) -> (String, Vec<String>) {
    let (mut result, mut absent, mut rest) = (String::new(), Vec::new(), text);
    while let Some((before, after)) = rest.split_once("${") {
        result.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            result.push_str("${");
            rest = after;
            continue;
        };
        match environment.text(name) {
            Some(value) => result.push_str(value),
            None => absent.push(name.to_owned()),
        }
        rest = behind;
    }
    result.push_str(rest);
    (result, absent)
}

fn name_of(key: &Value) -> String {
    match key {
        Value::String(name) => name.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => "?".to_owned(),
    }
}

fn check(value: &Value, path: &mut Vec<String>) -> Result<(), String> {
    let Value::Mapping(map) = value else {
        return Err(match path.is_empty() {
            true => "must be a map of sections".to_owned(),
            false => format!("`{}` must be a map", path.join(".")),
        });
    };
    for (key, entry) in map {
        path.push(name_of(key));
        if path.len() > DEEPEST {
            return Err(format!("`{}` is nested too deeply", path.join(".")));
        }
        match keys::kind(path) {
            Some(kind) if !entry.is_null() && !fits(kind, entry) => {
                return Err(format!("`{}` must be {}", path.join("."), describe(kind)));
            }
            Some(_) => {}
            None if keys::is_section(path) => {
                if !entry.is_null() {
                    check(entry, path)?;
                }
            }
            None => {
                return Err(format!("`{}` is not a key; did you mean `{}`?", path.join("."), keys::nearest(path)));
            }
        }
        path.pop();
    }
    Ok(())
}

fn fits(kind: Kind, value: &Value) -> bool {
    let text = value.as_str().map(str::trim);
    // What a variable that is not set leaves behind.
    if text == Some("") && kind != Kind::Map {
        return true;
    }
    match kind {
        Kind::Text => matches!(value, Value::String(_) | Value::Number(_)),
        Kind::Whole => value.is_i64() || value.is_u64() || text.is_some_and(|text| text.parse::<i64>().is_ok()),
        Kind::Number => value.is_number() || text.is_some_and(|text| text.parse::<f64>().is_ok()),
        Kind::Flag => value.is_bool() || text.is_some_and(|text| text.parse::<bool>().is_ok()),
        Kind::List => value.is_sequence(),
        Kind::Texts => {
            text.is_some() || value.as_sequence().is_some_and(|list| list.iter().all(|entry| fits(Kind::Text, entry)))
        }
        Kind::Map => value.is_mapping(),
    }
}

fn describe(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "a text",
        Kind::Whole => "a whole number",
        Kind::Number => "a number",
        Kind::Flag => "true or false",
        Kind::List => "a list",
        Kind::Texts => "a text or a list of texts",
        Kind::Map => "a map",
    }
}

/// Map into map; everything else replaces.
fn lay_over(base: &mut Value, overlay: Value) {
    match (base, overlay) {
        (Value::Mapping(base), Value::Mapping(overlay)) => {
            for (key, value) in overlay {
                match base.get_mut(&key) {
                    Some(existing) => lay_over(existing, value),
                    None => {
                        base.insert(key, value);
                    }
                }
            }
        }
        (base, overlay) => *base = overlay,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(base: &str, overlay: Option<&str>) -> (Result<Instance, String>, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("state")).unwrap();
        std::fs::write(folder.path().join("instance.yaml"), base).unwrap();
        if let Some(overlay) = overlay {
            std::fs::write(folder.path().join("state/instance.yaml"), overlay).unwrap();
        }
        let environment = Environment::of([("NAME", "Acme"), ("PORT", "25")]);
        let mut warnings = Vec::new();
        let result = Instance::load(folder.path(), folder.path(), &environment, &mut warnings);
        let place = format!("{}/", folder.path().display());
        let strip = |text: String| text.replace(&place, "");
        (result.map_err(|error| strip(error.to_string())), warnings.into_iter().map(strip).collect())
    }

    #[test]
    fn the_overlay_wins_leaf_by_leaf() {
        let base = "instance: {name: \"${NAME} Data\", subtitle: below}\nauth: {allowed_domain: [a.example]}\nserver: {hostname: h}\n";
        let (result, warnings) = load(base, Some("instance: {subtitle: over}\nemail: {smtp_port: '${PORT}'}\n"));
        let instance = result.unwrap();
        assert_eq!((instance.name.as_str(), instance.subtitle.as_str()), ("Acme Data", "over"));
        assert_eq!(warnings, Vec::<String>::new());
    }

    #[test]
    fn a_file_that_cannot_be_taken_stops_the_start_with_one_line() {
        let check = |base: &str, expected: &str| {
            let line = load(base, None).0.err().unwrap_or_default();
            assert!(line.contains(expected) && !line.contains('\n'), "{line:?} lacks {expected:?}");
        };
        check("instance: {nmae: x}", "instance.yaml: `instance.nmae` is not a key; did you mean `instance.name`?");
        check("instance: [x]", "instance.yaml: `instance` must be a map");
        check("email: {smtp_port: many}", "instance.yaml: `email.smtp_port` must be a whole number");
        check("auth: {username_strip_domain: 3}", "`auth.username_strip_domain` must be true or false");
        check("- a", "must be a map of sections");
        check("a: [", "instance.yaml: ");
        check("groups: {finance: {labell: x}}", "`groups.finance.labell` is not a key; did you mean");
    }

    #[test]
    fn what_is_missing_is_only_a_warning() {
        let (result, warnings) = load("instance: {name: \"${ABSENT}\"}\n", None);
        assert_eq!(result.unwrap().name, "AI Data Analyst");
        assert_eq!(
            warnings,
            [
                "instance.yaml: `instance.name` names ${ABSENT}, which is not set",
                "instance.yaml: `auth.allowed_domain` is missing",
                "instance.yaml: `server.hostname` is missing",
            ]
        );
    }
}
