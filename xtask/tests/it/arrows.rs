//! Dependencies point one way; siblings do not know each other. A new arrow is a change to ARCHITECTURE.md first.

use std::collections::{BTreeMap, BTreeSet};

use super::metadata::members;

/// Which rooms a room may build on.
const ARROWS: &[(&str, &[&str])] = &[
    ("agnes-contract", &[]),
    ("agnes-store", &["agnes-contract"]),
    ("agnes-identity", &["agnes-contract", "agnes-store"]),
    ("agnes-analytics", &["agnes-contract", "agnes-store"]),
    ("agnes-connectors", &["agnes-contract", "agnes-store"]),
    ("agnes-service", &["agnes-contract", "agnes-store", "agnes-identity", "agnes-analytics", "agnes-connectors"]),
    ("agnes-app", &["agnes-contract", "agnes-service"]),
    (
        "agnes-server",
        &[
            "agnes-contract",
            "agnes-store",
            "agnes-identity",
            "agnes-analytics",
            "agnes-connectors",
            "agnes-service",
            // The console is served by the same process: its router mounts the pages.
            "agnes-app",
        ],
    ),
    ("agnes-cli", &["agnes-contract"]),
    ("agnes-frontend", &["agnes-app"]),
    ("xtask", &[]),
];

/// Rooms a room may also use in its tests.
const TEST_ARROWS: &[(&str, &[&str])] = &[];

fn allowed(table: &[(&str, &[&'static str])], room: &str) -> BTreeSet<&'static str> {
    table.iter().filter(|(name, _)| *name == room).flat_map(|(_, targets)| targets.iter().copied()).collect()
}

#[test]
fn rooms_build_only_on_lower_rooms() {
    let members = members();
    let rooms: BTreeSet<&str> = members.iter().map(|member| member.name.as_str()).collect();
    let listed: BTreeSet<&str> = ARROWS.iter().map(|(room, _)| *room).collect();
    assert_eq!(rooms, listed, "every member of the workspace has its line in ARROWS");

    let mut wrong: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for member in &members {
        let room = member.name.as_str();
        for dependency in member.dependencies.iter().filter(|dependency| rooms.contains(dependency.name.as_str())) {
            let mut targets = allowed(ARROWS, room);
            if dependency.kind == "dev" {
                targets.extend(allowed(TEST_ARROWS, room));
            }
            if !targets.contains(dependency.name.as_str()) {
                wrong.entry(room).or_default().push(format!("{} ({})", dependency.name, dependency.kind));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows the design does not have: {wrong:#?}");
}

#[test]
fn the_browser_side_of_the_console_knows_the_contract_alone() {
    let members = members();
    let app = members.iter().find(|member| member.name == "agnes-app").expect("the console is a member");
    for dependency in app.dependencies.iter().filter(|dependency| dependency.name.starts_with("agnes-")) {
        assert!(
            dependency.name == "agnes-contract" || dependency.optional,
            "{} must be optional: only the server side may need it",
            dependency.name
        );
    }
    let hydrate = app.features.get("hydrate").expect("the console has a feature hydrate");
    assert!(hydrate.iter().all(|feature| !feature.contains("agnes-")), "hydrate pulls in a room: {hydrate:?}");
}
