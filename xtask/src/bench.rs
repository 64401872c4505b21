//! `cargo xtask bench`: the release build under load, beside a program that does nothing but serve files.

mod load;
mod server;

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, bail};

use self::{
    load::{Figures, Nginx},
    server::Server,
};
use crate::{
    setup,
    steps::{self, Steps},
    workspace::{self, Profile, VERSION, Workspace},
};

#[derive(clap::Args)]
pub struct Arguments {
    /// How long each measurement lasts
    #[arg(long, default_value_t = 10)]
    seconds: u32,
    /// Connections open at the same time
    #[arg(long, default_value_t = 32)]
    connections: u32,
}

/// One line of the results.
struct Row {
    what: &'static str,
    figures: Figures,
}

/// Measures and writes `bench/RESULTS.md`. Without its peers there is nothing to compare with, so it refuses.
pub fn bench(workspace: &Workspace, steps: &mut Steps, arguments: &Arguments) -> Result<()> {
    let missing: Vec<&str> =
        ["wrk", "nginx", "curl"].into_iter().filter(|program| workspace::which(program).is_none()).collect();
    if !missing.is_empty() {
        bail!("bench measures with wrk against nginx on this machine; not on PATH: {}", missing.join(", "));
    }
    setup::all(workspace, steps)?;
    steps.take("build: server and command line (release)", || workspace.build(Profile::Release))?;
    let scratch = workspace.target.join("bench");
    workspace::remove_directory(&scratch)?;
    fs::create_dir_all(&scratch)?;
    let server = steps
        .take("start: agnes demo", || Server::start(&workspace.executable(Profile::Release, "agnes"), &scratch))?;
    let rows = steps.take("measure: requests", || requests(&server, arguments))?;
    let files = steps.take("measure: files", || files(&server, &scratch, arguments))?;
    drop(server);
    workspace::remove_directory(&scratch)?;
    let place = workspace.root.join("bench").join("RESULTS.md");
    fs::write(&place, report(arguments, &rows, &files)?).with_context(|| format!("write {}", place.display()))?;
    steps.summarise();
    steps::note(&format!("results are in {}", place.display()));
    Ok(())
}

fn requests(server: &Server, arguments: &Arguments) -> Result<Vec<Row>> {
    let etag = server.etag("/api/sync/manifest")?;
    let unchanged = format!("If-None-Match: {etag}");
    let cases: [(&str, &str, Option<&str>); 4] = [
        ("health, nobody signed in", "/api/health", None),
        ("manifest, whole", "/api/sync/manifest", None),
        ("manifest, unchanged (304)", "/api/sync/manifest", Some(&unchanged)),
        ("catalog", "/api/catalog/tables", None),
    ];
    let mut rows = Vec::new();
    for (what, path, header) in cases {
        let mut headers = vec![server.authorization.as_str()];
        headers.extend(header);
        rows.push(row(what, &server.url(path), &headers, arguments)?);
    }
    Ok(rows)
}

/// The demo's largest table from both, byte for byte the same file.
fn files(server: &Server, scratch: &Path, arguments: &Arguments) -> Result<Vec<Row>> {
    let (table, size) = server.largest_table()?;
    let path = format!("/api/data/{table}/download");
    let copy = scratch.join("files").join("table.parquet");
    fs::create_dir_all(scratch.join("files"))?;
    server.download(&path, &copy)?;
    steps::note(&format!("the file: {table}, {}", steps::size(size)));
    let nginx = Nginx::start(scratch)?;
    let ours = row("download, agnes", &server.url(&path), &[&server.authorization], arguments)?;
    let theirs = row("download, nginx", &nginx.url("/table.parquet"), &[], arguments)?;
    Ok(vec![ours, theirs])
}

fn row(what: &'static str, url: &str, headers: &[&str], arguments: &Arguments) -> Result<Row> {
    let figures = load::measure(url, headers, arguments.seconds, arguments.connections)
        .with_context(|| format!("measure {what}"))?;
    steps::note(&format!("{what}: {:.0} requests/s, p99 {}", figures.per_second, figures.p99));
    Ok(Row { what, figures })
}

fn report(arguments: &Arguments, rows: &[Row], files: &[Row]) -> Result<String> {
    let mut text = format!(
        "# Results\n\n\
         Written by `cargo xtask bench`; do not edit. Agnes {VERSION}, release build, `agnes demo`, {} on {}.\n\n\
         wrk with {} connections for {} s each, over loopback, on the same machine as what it measures: the load takes\n\
         its share of the cores, from Agnes and nginx alike. Every request is authenticated with a personal access\n\
         token and authorised against the grants; nginx does neither.\n",
        said_by("date", &["-u", "+%F"])?,
        machine()?,
        arguments.connections,
        arguments.seconds,
    );
    for (title, rows) in [("Requests", rows), ("One file", files)] {
        text += &format!("\n## {title}\n\n| what | requests/s | MB/s | p50 | p99 |\n|---|---:|---:|---:|---:|\n");
        for Row { what, figures } in rows {
            text += &format!(
                "| {what} | {:.0} | {:.1} | {} | {} |\n",
                figures.per_second, figures.megabytes_per_second, figures.p50, figures.p99
            );
        }
    }
    Ok(text)
}

fn machine() -> Result<String> {
    let cores = std::thread::available_parallelism()?.get();
    Ok(format!("{cores} cores, {}", said_by("uname", &["-sm"])?))
}

fn said_by(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output().with_context(|| format!("start {program}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
