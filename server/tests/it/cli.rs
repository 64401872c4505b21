//! How the command line is handed out.

use serde_json::{Value, json};

use crate::support::Setup;

const WHEEL: &str = "agnes_the_ai_analyst-0.15.0-py3-none-manylinux_2_34_x86_64.whl";

fn with_files() -> (tempfile::TempDir, Setup) {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [
        ("agnes_the_ai_analyst-0.9.0-py3-none-manylinux_2_34_x86_64.whl", "old wheel"),
        (WHEEL, "wheel"),
        ("da-linux-x86_64.tar.gz", "archive"),
        ("secret.txt", "nothing of yours"),
    ] {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let setup = Setup::new().with("AGNES_CLI_DIST_DIR", folder.path().to_str().unwrap());
    (folder, setup)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_files_are_listed_and_sent() {
    let (_folder, setup) = with_files();
    let app = setup.start_empty().await;
    let latest = app.anonymous().get("/cli/latest").await;
    insta::assert_json_snapshot!(latest.json, @r#"
    {
      "artifacts": [
        {
          "filename": "agnes_the_ai_analyst-0.15.0-py3-none-manylinux_2_34_x86_64.whl",
          "platform": "linux-x86_64",
          "sha256": "ba59926159d2aa256eb8739b8da7e2b574b960e1202c6d624cbe981cef996c91",
          "size": 5,
          "url_path": "/cli/wheel/agnes_the_ai_analyst-0.15.0-py3-none-manylinux_2_34_x86_64.whl"
        },
        {
          "filename": "da-linux-x86_64.tar.gz",
          "platform": "linux-x86_64",
          "sha256": "0eb3e36bfb24dcd9bb1d1bece1531216b59539a8fde17ee80224af0653c92aa3",
          "size": 7,
          "url_path": "/cli/download/da-linux-x86_64.tar.gz"
        },
        {
          "filename": "agnes_the_ai_analyst-0.9.0-py3-none-manylinux_2_34_x86_64.whl",
          "platform": "linux-x86_64",
          "sha256": "f7066d2536c3ca83c17420ca9d85bad25d88418b2dd7a468d12f58efcd8f1c5e",
          "size": 9,
          "url_path": "/cli/wheel/agnes_the_ai_analyst-0.9.0-py3-none-manylinux_2_34_x86_64.whl"
        }
      ],
      "download_url_path": "/cli/wheel/agnes_the_ai_analyst-0.15.0-py3-none-manylinux_2_34_x86_64.whl",
      "version": "0.15.0",
      "wheel_filename": "agnes_the_ai_analyst-0.15.0-py3-none-manylinux_2_34_x86_64.whl"
    }
    "#);
    let wheel = app.anonymous().with("accept-encoding", "gzip").get("/cli/download").await;
    assert_eq!((wheel.text().as_str(), wheel.header("content-encoding")), ("wheel", ""));
    assert_eq!(wheel.header("content-type"), "application/octet-stream");
    assert_eq!(wheel.header("content-disposition"), format!("attachment; filename=\"{WHEEL}\""));
    assert_eq!(app.anonymous().get(&format!("/cli/wheel/{WHEEL}")).await.text(), "wheel");
    assert_eq!(app.anonymous().get("/cli/download?platform=linux-x86_64").await.text(), "archive");
    assert_eq!(app.anonymous().get("/cli/download/da-linux-x86_64.tar.gz").await.text(), "archive");
    for path in [
        "/cli/wheel/agnes.whl",
        "/cli/wheel/secret.txt",
        "/cli/download/secret.txt",
        "/cli/download/..%2fsecret.txt",
        "/cli/wheel/..%2f..%2fetc%2fpasswd",
        "/cli/download?platform=plan9-x86_64",
    ] {
        let answer = app.anonymous().get(path).await;
        assert_eq!((answer.status, answer.code()), (404, "cli_not_found"), "{path}");
    }
    assert_eq!(app.anonymous().get("/cli/wheel/x.whl").await.json["detail"], "Wheel not found");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_files_nothing_is_promised() {
    let app = Setup::new().with("AGNES_CLI_DIST_DIR", "/nothing/here").start_empty().await;
    let latest = app.anonymous().get("/cli/latest").await;
    assert_eq!((latest.status, &latest.json["version"], &latest.json["artifacts"]), (200, &Value::Null, &json!([])));
    assert_eq!(app.anonymous().get("/cli/download").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_install_script_names_this_server_and_runs_in_a_shell() {
    let (_folder, setup) = with_files();
    let app = setup.start_empty().await;
    let script = app.anonymous().get("/cli/install.sh").await;
    assert_eq!((script.status, script.header("cache-control")), (200, "no-store"));
    assert!(script.header("content-type").starts_with("text/plain"));
    assert!(script.text().contains(&format!("server='{}'", app.base())), "{}", script.text());
    assert!(script.text().contains("uv tool install") && script.text().contains("da-linux-x86_64.tar.gz"));
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), script.text()).unwrap();
    let checked = std::process::Command::new("bash").arg("-n").arg(file.path()).status().unwrap();
    assert!(checked.success());
    for host in ["evil'; rm -rf /; '", "a$(id)", "a b"] {
        let refused = app.anonymous().with("host", host).get("/cli/install.sh").await;
        assert_eq!((refused.status, refused.code()), (400, "invalid_host"), "{host}");
    }
    let proxied = app.anonymous().with("host", "data.example").with("x-forwarded-proto", "https");
    assert!(proxied.get("/cli/install.sh").await.text().contains("server='https://data.example'"));

    let (_folder, setup) = with_files();
    let app = setup.with("SERVER_URL", "https://data.example/").start_empty().await;
    let script = app.anonymous().with("host", "evil.example").get("/cli/install.sh").await;
    assert!(script.text().contains("server='https://data.example'") && !script.text().contains("evil"));
}
