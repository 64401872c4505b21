//! `da` itself.

use crate::support::{Home, TestServer};

#[test]
fn the_root_behaves_as_scripts_expect() {
    let server = TestServer::start();
    let home = Home::at(&server);
    assert_eq!(home.da(&["--version", "bogus"]).ok().stdout, format!("da {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(home.da(&["-V"]).ok().stdout, format!("da {}\n", env!("CARGO_PKG_VERSION")));
    assert!(server.world().requests.is_empty());
    insta::assert_snapshot!("nothing", home.da(&[]).shown());
    let help = home.da(&["--help"]).ok();
    assert!(help.stdout.contains("AI Data Analyst CLI") && help.stdout.contains("DA_CONFIG_DIR"), "{}", help.shown());
    for usage in
        [&["bogus"][..], &["sync", "--bogus"], &["auth"], &["auth", "token"], &["schema"], &["sync", "--jobs", "0"]]
    {
        let answer = home.da(usage);
        assert_eq!((answer.code, answer.stdout.as_str()), (2, ""), "{usage:?}: {}", answer.shown());
    }
    insta::assert_snapshot!("unknown_option", home.da(&["sync", "--bogus"]).shown());
}

#[test]
fn every_shell_gets_completions() {
    let home = Home::offline("http://127.0.0.1:1");
    for shell in ["bash", "zsh", "fish", "powershell"] {
        assert!(home.da(&["completions", shell]).ok().stdout.contains("catalog"), "{shell}");
    }
}
