//! What `cargo metadata` says of the workspace's members.
//!
//! Read as plain JSON: the crate for it would switch on features of shared dependencies, and everything would be
//! compiled once for xtask and once more for its tests.

use std::{collections::BTreeMap, path::PathBuf, process::Command};

use serde_json::Value;

/// One member.
pub struct Member {
    pub name: String,
    pub manifest: PathBuf,
    pub dependencies: Vec<Dependency>,
    pub features: BTreeMap<String, Vec<String>>,
}

/// One line of a member's dependencies.
pub struct Dependency {
    pub name: String,
    /// `normal`, `dev` or `build`.
    pub kind: String,
    pub optional: bool,
}

/// Every member of the workspace.
pub fn members() -> Vec<Member> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(super::root())
        .output()
        .unwrap_or_else(|error| panic!("cargo does not start: {error}"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("cargo metadata is no JSON: {error}"));
    list(&metadata["packages"]).iter().map(member).collect()
}

fn member(package: &Value) -> Member {
    let features = package["features"].as_object().into_iter().flatten();
    Member {
        name: text(&package["name"]),
        manifest: PathBuf::from(text(&package["manifest_path"])),
        dependencies: list(&package["dependencies"]).iter().map(dependency).collect(),
        features: features
            .map(|(name, turned_on)| (name.clone(), list(turned_on).iter().map(text).collect()))
            .collect(),
    }
}

fn dependency(dependency: &Value) -> Dependency {
    Dependency {
        name: text(&dependency["name"]),
        kind: dependency["kind"].as_str().unwrap_or("normal").to_owned(),
        optional: dependency["optional"] == Value::Bool(true),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
