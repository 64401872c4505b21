//! `agnes` as a program: the demo, its links, its end.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::json;

struct Demo {
    process: Child,
    links: Vec<(String, String)>,
    console: String,
}

fn agnes(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agnes"));
    command.env_clear().env("DATA_DIR", folder).env("CONFIG_DIR", folder).env("AGNES_BIND", "127.0.0.1:0");
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    command
}

impl Demo {
    fn start(folder: &Path) -> Self {
        let process = agnes(folder).arg("demo").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut demo = Self { links: Vec::new(), console: String::new(), process };
        for line in BufReader::new(demo.process.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some(rest) = line.strip_prefix("Sign-in link for ") {
                let (email, link) = rest.split_once(": ").unwrap();
                demo.links.push((email.to_owned(), link.to_owned()));
            } else if let Some(console) = line.strip_prefix("Console: ") {
                console.clone_into(&mut demo.console);
                break;
            }
        }
        demo
    }

    /// SIGTERM, as a container's end sends it.
    fn stop(mut self) -> Duration {
        let began = Instant::now();
        let sent = Command::new("kill").arg("-TERM").arg(self.process.id().to_string()).status().unwrap();
        assert!(sent.success());
        assert!(self.process.wait().unwrap().success());
        began.elapsed()
    }
}

async fn signed_in(link: &str) -> reqwest::Client {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let answer = client.get(link).send().await.unwrap();
    assert_eq!(answer.status(), 302);
    assert_eq!(answer.headers()["location"], "/dashboard");
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(client.get(link).send().await.unwrap().status(), 401);
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("cookie", cookie.parse().unwrap());
    reqwest::Client::builder().default_headers(headers).build().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_has_a_shop_in_it_and_keeps_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path());
    let emails: Vec<&str> = demo.links.iter().map(|(email, _)| email.as_str()).collect();
    assert_eq!(emails, ["admin@example.com", "analyst@example.com"]);
    let admin = signed_in(&demo.links[0].1).await;
    let tables = |client: reqwest::Client, console: String| async move {
        let answer = client.get(format!("{console}/api/catalog/tables")).send().await.unwrap();
        answer.json::<serde_json::Value>().await.unwrap()
    };
    let all = tables(admin.clone(), demo.console.clone()).await;
    assert_eq!(all["count"], 9, "{all}");
    for table in all["tables"].as_array().unwrap() {
        assert_eq!((&table["status"], &table["is_public"]), (&json!("ok"), &json!(false)), "{table}");
        assert!(table["rows"].as_u64().unwrap() > 0 && table["description"].is_string(), "{table}");
    }
    let analyst = signed_in(&demo.links[1].1).await;
    let some = tables(analyst, demo.console.clone()).await["count"].as_u64().unwrap();
    assert!((1..9).contains(&some), "{some}");
    let page = admin.get(format!("{}/dashboard", demo.console)).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let links = demo.links.clone();
    assert!(demo.stop() < Duration::from_secs(10));

    // What somebody changed stays changed, and old links stay old.
    std::fs::write(folder.path().join("csv/shop/note.txt"), "mine").unwrap();
    let demo = Demo::start(folder.path());
    assert_ne!(demo.links, links);
    let again = tables(signed_in(&demo.links[0].1).await, demo.console.clone()).await;
    assert_eq!(again["count"], 9);
    assert!(folder.path().join("csv/shop/note.txt").exists());
    demo.stop();
}

#[test]
fn a_mistake_in_the_configuration_stops_the_start_with_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let check = |variables: &[(&str, &str)], expected: &str| {
        let mut command = agnes(folder.path());
        command.arg("serve").envs(variables.iter().copied());
        let output = command.output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(stderr.contains(expected) && stderr.trim().lines().count() == 1, "{stderr}");
    };
    check(&[("AGNES_BIND", "nowhere")], "AGNES_BIND");
    check(&[("SERVER_URL", "data.example")], "SERVER_URL");
    check(&[("FORWARDED_ALLOW_IPS", "proxy")], "FORWARDED_ALLOW_IPS");
    check(&[("LOG_LEVEL", "a=b=c")], "LOG_LEVEL");
    std::fs::write(folder.path().join("instance.yaml"), "instance: {nmae: x}\n").unwrap();
    check(&[], "`instance.nmae` is not a key; did you mean `instance.name`?");
}

#[test]
fn the_program_says_its_version_and_whether_it_is_well() {
    let folder = tempfile::tempdir().unwrap();
    let output = agnes(folder.path()).arg("--version").output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("agnes {}\n", agnes_contract::VERSION));
    let output = agnes(folder.path()).arg("healthcheck").env("AGNES_BIND", "127.0.0.1:9").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let demo = Demo::start(folder.path());
    let bind = demo.console.strip_prefix("http://").unwrap();
    let output = agnes(folder.path()).arg("healthcheck").env("AGNES_BIND", bind).output().unwrap();
    assert!(output.status.success());
    demo.stop();
}
