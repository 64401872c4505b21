//! A process that is killed loses nothing it answered for.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use agnes_store::{Clock, Error, Store};

use crate::{at, open, options, user};

const DIR: &str = "AGNES_STORE_TEST_CRASH_DIR";

/// What the child process runs; does nothing otherwise.
#[tokio::test]
async fn child() {
    let Some(dir) = std::env::var_os(DIR) else { return };
    let store = open(Path::new(&dir), Clock::fixed(at(0)));
    for n in 0..50 {
        let row = user(&format!("u{n}"), &format!("u{n}@example.com"));
        store.write(move |tx| tx.users().insert(&row)).await.unwrap();
    }
    // Half a use case, for ever: the parent kills us inside it.
    let stuck: Result<(), Error> = store
        .write(|tx| {
            tx.users().insert(&user("half", "half@example.com"))?;
            use std::io::Write;
            writeln!(std::io::stderr(), "ready").unwrap();
            loop {
                std::thread::park();
            }
        })
        .await;
    stuck.unwrap();
}

#[tokio::test]
async fn a_killed_process_leaves_every_answered_change_and_no_half_one() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child", "--nocapture"])
        .env(DIR, dir.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.is_ok_and(|line| line == "ready")), "the child got that far");

    let refused = Store::open(options(dir.path(), Clock::fixed(at(0)))).unwrap_err().to_string();
    assert!(refused.contains(&format!("process {}", child.id())), "{refused}");
    child.kill().unwrap();
    child.wait().unwrap();

    let store = open(dir.path(), Clock::fixed(at(0)));
    let directory = store.directory();
    assert_eq!(directory.users().len(), 50);
    assert!(directory.user("half").is_none());
    store.close().await.unwrap();
}
