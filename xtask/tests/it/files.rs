//! What no file of the repository holds.

use std::{fs, path::PathBuf, process::Command};

/// The files git knows, as paths from the root; none outside a checkout.
fn committed() -> Vec<PathBuf> {
    let output = Command::new("git").args(["ls-files", "-z"]).current_dir(super::root()).output();
    let Ok(output) = output else { return Vec::new() };
    let names = String::from_utf8_lossy(&output.stdout).into_owned();
    names.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from).collect()
}

#[test]
fn no_file_names_a_path_of_somebodys_machine() {
    // Put together here, so that this file does not hold them.
    let homes = [format!("/{}/", "root"), format!("/{}/", "work"), format!("/{}/", "Users")];
    let mut found = Vec::new();
    for path in committed() {
        let Ok(text) = fs::read_to_string(super::root().join(&path)) else { continue };
        for (number, line) in text.lines().enumerate() {
            if homes.iter().any(|home| names_path(line, home)) {
                found.push(format!("{}:{}: {line}", path.display(), number + 1));
            }
        }
    }
    assert!(found.is_empty(), "paths that exist on one machine only:\n{}", found.join("\n"));
}

/// Whether the text holds an absolute path that begins with `home`: `a/root/b` and `https://x/work/` are none.
fn names_path(line: &str, home: &str) -> bool {
    line.match_indices(home).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|character| character.is_alphanumeric() || "._-/}])~*>".contains(character))
    })
}

#[test]
fn the_lock_file_of_npm_names_no_host() {
    for path in committed().iter().filter(|path| path.ends_with("package-lock.json")) {
        let text = fs::read_to_string(super::root().join(path)).expect("a committed file reads");
        assert!(!text.contains("\"resolved\""), "{}: made with omit-lockfile-registry-resolved", path.display());
    }
}

#[test]
fn paths_are_told_from_words() {
    let home = format!("/{}/", "root");
    assert!(names_path(&format!("see {home}x"), &home));
    assert!(names_path(&format!("\"{home}x\""), &home));
    assert!(!names_path(&format!("https://example.com{home}x"), &home));
    assert!(!names_path(&format!("{{base}}{home}x"), &home));
}
