//! The check for a newer `da`.

use std::{fs, time::Instant};

use serde_json::json;

use crate::support::{Canned, Da, Home, Table, TestServer, orders};

fn latest(version: &str, path: Option<&str>) -> Canned {
    Canned::json(200, &json!({"version": version, "wheel_filename": null, "download_url_path": path}))
}

fn run(home: &Home, arguments: &[&str]) -> Da {
    Da::of(home.command(arguments).env_remove("DA_NO_UPDATE_CHECK").output().unwrap(), home)
}

/// A command that ends before the answer comes does not wait for it: on a busy machine it takes another try.
fn run_until_told(home: &Home, arguments: &[&str]) -> Da {
    let tries = std::iter::repeat_with(|| {
        forget(home);
        run(home, arguments).ok()
    });
    tries.take(20).find(|da| !da.stderr.is_empty()).unwrap()
}

fn forget(home: &Home) {
    let _ = fs::remove_file(home.config().join("update_check.json"));
}

#[test]
fn a_newer_version_is_one_line_on_stderr() {
    let server = TestServer::start();
    let home = Home::at(&server);
    for (version, path, expected) in [
        ("99.0", Some("/cli/wheel/a-99.0.whl"), ": uv tool install --force [server]/cli/wheel/a-99.0.whl\n"),
        ("99.0", Some("/cli/download"), ": curl -fsSL [server]/cli/install.sh | bash\n"),
        ("99.0", None, "\n"),
        ("99.0", Some("/cli/x;rm -rf"), "\n"),
    ] {
        server.world().always.insert("/cli/latest".into(), latest(version, path));
        let line = format!("[update] da 99.0 is available, this is {}{expected}", env!("CARGO_PKG_VERSION"));
        let catalog = run_until_told(&home, &["catalog", "--json"]);
        catalog.json();
        assert_eq!(catalog.stderr, line);
        server.forget();
        assert_eq!(run(&home, &["catalog", "--json"]).ok().stderr, line, "known without asking");
        assert_eq!(server.world().count("/cli/latest"), 0);
    }
    let files: Vec<_> = ["linux-x86_64", "linux-aarch64", "darwin-x86_64", "darwin-arm64"]
        .iter()
        .map(|platform| {
            json!({"filename": format!("da-{platform}"), "url_path": format!("/cli/download/da-{platform}"),
            "platform": platform, "sha256": "", "size": 1})
        })
        .collect();
    let both = json!({"version": "99.0", "download_url_path": "/cli/wheel/a-99.0.whl", "artifacts": files});
    server.world().always.insert("/cli/latest".into(), Canned::json(200, &both));
    let catalog = run_until_told(&home, &["catalog", "--json"]);
    assert!(catalog.stderr.ends_with("curl -fsSL [server]/cli/install.sh | bash\n"), "{}", catalog.shown());
    forget(&home);
    server.world().always.insert("/cli/latest".into(), latest("0.1", None));
    assert_eq!(run(&home, &["catalog", "--json"]).ok().stderr, "");
}

#[test]
fn nobody_is_asked_who_need_not_be() {
    let server = TestServer::start();
    server.world().publish("orders", Table::new(orders()));
    let home = Home::at(&server);
    home.da(&["sync"]).ok();
    run(&home, &["query", "SELECT 1"]).ok();
    run(&home, &["status", "--local"]).ok();
    run(&home, &["disk-info"]).ok();
    run(&home, &["--version"]).ok();
    assert_eq!(server.world().count("/cli/latest"), 0);
    server.world().always.insert("/cli/latest".into(), Canned::html(500));
    run(&home, &["catalog"]).ok();
    run(&home, &["catalog"]).ok();
    assert_eq!(server.world().count("/cli/latest"), 1, "no answer is an answer for five minutes");
    let file = home.config().join("update_check.json");
    let other = fs::read_to_string(&file).unwrap().replace(env!("CARGO_PKG_VERSION"), "0.0.1");
    fs::write(file, other).unwrap();
    run(&home, &["catalog"]).ok();
    assert_eq!(server.world().count("/cli/latest"), 2, "another version asks anew");
}

#[test]
fn a_slow_answer_holds_nobody_up() {
    let server = TestServer::start();
    let home = Home::at(&server);
    server.world().always.insert("/cli/latest".into(), Canned { delay_ms: 2500, ..latest("99.0", None) });
    let started = Instant::now();
    run(&home, &["catalog"]).ok();
    assert!(started.elapsed().as_millis() < 2000, "{:?}", started.elapsed());
}
