//! `da setup verify`.

use agnes_contract::{
    health::{DetailedHealth, Health},
    sync::Manifest,
    user::User,
};
use serde::Serialize;

use crate::{
    api::{Api, Failure},
    error::Error,
    exit::Exit,
    output::json,
    printer::Printer,
    settings::Settings,
};

/// What can be said about it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    overall: &'static str,
    checks: Vec<Check>,
}

#[derive(Serialize)]
struct Check {
    name: &'static str,
    status: &'static str,
    detail: String,
}

/// Checks a new installation from the outside.
pub async fn verify(args: Args, settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
    let api = Api::new(settings)?;
    let signed_in = settings.token()?.is_some();
    let mut report = Report { overall: "pass", checks: Vec::new() };
    if report.server(&api).await {
        report.data(&api, signed_in).await;
        report.users(&api).await;
        report.page(&api, "web_ui", "/login").await;
        report.page(&api, "api_docs", "/docs").await;
    }
    let has = |status: &str| report.checks.iter().any(|check| check.status == status);
    report.overall = match (has("fail"), has("warn")) {
        (true, _) => "fail",
        (false, true) => "warn",
        (false, false) => "pass",
    };
    if args.json {
        printer.raw(format!("{}\n", json::document(&report)).as_bytes())?;
    } else {
        for check in &report.checks {
            let mark = if check.status == "pass" { "OK".to_owned() } else { check.status.to_uppercase() };
            printer.line(&format!("  [{mark:<4}] {}: {}", check.name, check.detail))?;
        }
        printer.line(&format!("Overall: {}", report.overall))?;
    }
    Ok(if report.overall == "fail" { Exit::FAILURE } else { Exit::SUCCESS })
}

impl Report {
    fn add(&mut self, name: &'static str, status: &'static str, detail: impl Into<String>) {
        self.checks.push(Check { name, status, detail: detail.into() });
    }

    async fn server(&mut self, api: &Api) -> bool {
        match api.get("/api/health").read::<Health>().await {
            Err(failure) => {
                self.add("server", "fail", failure.to_string());
                return false;
            }
            Ok(health) if health.status != "ok" => self.add("server", "warn", health.status),
            Ok(_) => match api.get("/api/health/detailed").read::<DetailedHealth>().await {
                Ok(detailed) if detailed.status == "healthy" => self.add("server", "pass", "healthy"),
                Ok(detailed) => self.add("server", "warn", detailed.status),
                Err(failure) => self.add("server", "warn", failure.to_string()),
            },
        }
        true
    }

    async fn data(&mut self, api: &Api, signed_in: bool) {
        if !signed_in {
            return self.add("auth", "fail", "not signed in; run `da auth login`");
        }
        let answer = match api.get("/api/sync/manifest").send().await {
            Ok(answer) => answer,
            Err(failure) => return self.add("auth", "fail", failure.to_string()),
        };
        self.add("auth", "pass", "the token is accepted");
        match answer.parse_leniently::<Manifest>(api) {
            Err(failure) => self.add("data", "fail", failure.to_string()),
            Ok(manifest) => {
                let rows: u64 = manifest.tables.values().map(|table| table.rows).sum();
                let status = if manifest.tables.is_empty() { "warn" } else { "pass" };
                self.add("data", status, format!("{} tables, {rows} rows", manifest.tables.len()));
            }
        }
    }

    async fn users(&mut self, api: &Api) {
        match api.get("/api/users").read::<Vec<User>>().await {
            Ok(users) => self.add("users", "pass", format!("{} users", users.len())),
            Err(Failure::Status { status: 403, .. }) => self.add("users", "pass", "only admins may list them"),
            Err(failure) => self.add("users", "warn", failure.to_string()),
        }
    }

    async fn page(&mut self, api: &Api, name: &'static str, path: &str) {
        match api.get(path).open().await {
            // Who is signed in is sent on from /login; that is an answer too.
            Ok(_) | Err(Failure::Redirect { .. }) => self.add(name, "pass", format!("{path} answers")),
            Err(failure) => self.add(name, "fail", failure.to_string()),
        }
    }
}
