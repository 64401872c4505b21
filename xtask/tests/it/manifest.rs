//! The one table of dependency versions says what each is for, and nobody goes round it.

use std::{fs, process::Command};

#[test]
fn every_group_of_dependencies_says_what_it_is_for() {
    let manifest = fs::read_to_string(super::root().join("Cargo.toml")).expect("the workspace manifest reads");
    let table = manifest.split_once("[workspace.dependencies]\n").expect("there is a table").1;
    let table = table.split_once("\n[").map_or(table, |(table, _)| table);
    // What stands last may be the comment of the table that follows.
    let groups = table.trim_end().split("\n\n").filter(|group| group.lines().any(|line| !line.starts_with('#')));
    for group in groups {
        let mut lines = group.lines().filter(|line| !line.is_empty());
        let Some(first) = lines.next() else { continue };
        assert!(first.starts_with("# "), "a group without a comment above it begins with: {first}");
        assert!(lines.next().is_some(), "a comment stands alone: {first}");
    }
}

#[test]
fn members_take_their_versions_from_the_workspace() {
    for member in super::metadata::members() {
        let manifest = fs::read_to_string(&member.manifest).expect("a member's manifest reads");
        for line in manifest.lines() {
            let value = line.split_once(" = \"").map_or("", |(_, value)| value);
            let own = line.contains("version = \"") || value.starts_with(|first: char| "=^~0123456789".contains(first));
            assert!(!own, "{}: `{line}` names a version; it belongs into the workspace's table", member.name);
        }
    }
}

#[test]
fn the_lock_file_is_committed() {
    let output = Command::new("git")
        .args(["ls-files", "--error-unmatch", "Cargo.lock", "end2end/package-lock.json"])
        .current_dir(super::root())
        .output();
    // A source archive without git has nothing to check.
    if let Ok(output) = output
        && super::root().join(".git").exists()
    {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
