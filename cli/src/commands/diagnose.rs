//! `da diagnose`.

use std::time::Instant;

use agnes_contract::health::{DetailedHealth, Health};
use serde::Serialize;
use serde_json::{Map, Value, json};

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
    /// What is wrong, in words; kept for old scripts
    #[arg(long)]
    symptom: Option<String>,
    /// Only this check
    #[arg(long)]
    component: Option<String>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// Exit with 1 unless everything is healthy
    #[arg(long)]
    strict: bool,
}

#[derive(Serialize)]
struct Report {
    overall: &'static str,
    checks: Vec<Check>,
    suggested_actions: Vec<String>,
}

#[derive(Serialize)]
struct Check {
    name: String,
    status: String,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// Checks the connection and the server. A sick server is a result, not a failure.
pub async fn diagnose(args: Args, settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
    let api = Api::new(settings)?;
    let mut report = Report { overall: "healthy", checks: Vec::new(), suggested_actions: Vec::new() };
    let started = Instant::now();
    match api.get("/api/health").read::<Health>().await {
        Ok(_) => {
            let latency_ms = (started.elapsed().as_secs_f64() * 10_000.0).round() / 10.0;
            report.add("api", "ok", json!({"latency_ms": latency_ms}));
            report.look_inside(&api).await;
        }
        Err(failure) => report.failed("api", &failure),
    }
    if let Some(component) = &args.component {
        report.checks.retain(|check| check.name == *component);
    }
    let has = |status: &str| report.checks.iter().any(|check| check.status == status);
    report.overall = match (has("error"), has("warning")) {
        (true, _) => "unhealthy",
        (false, true) => "degraded",
        (false, false) => "healthy",
    };
    print(&args, &report, printer)?;
    Ok(if args.strict && report.overall != "healthy" { Exit::FAILURE } else { Exit::SUCCESS })
}

impl Report {
    fn add(&mut self, name: &str, status: &str, rest: Value) {
        let rest = match rest {
            Value::Object(rest) => rest,
            _ => Map::new(),
        };
        self.checks.push(Check { name: name.to_owned(), status: status.to_owned(), rest });
    }

    fn failed(&mut self, name: &str, failure: &Failure) {
        self.add(name, "error", json!({"detail": failure.to_string()}));
        self.suggested_actions.extend(failure.hint());
    }

    async fn look_inside(&mut self, api: &Api) {
        let answer = match api.get("/api/health/detailed").send().await {
            Ok(answer) => answer,
            Err(failure) => return self.failed("auth", &failure),
        };
        let detailed: DetailedHealth = match answer.parse_leniently(api) {
            Ok(detailed) => detailed,
            Err(failure) => return self.failed("services", &failure),
        };
        for (name, service) in detailed.services {
            for table in service.stale_tables.iter().flatten() {
                self.suggested_actions.push(format!("table {table} is stale: ask an admin to sync it at the server"));
            }
            let mut rest = serde_json::to_value(&service).unwrap_or_default();
            if let Some(rest) = rest.as_object_mut() {
                rest.remove("status");
            }
            self.add(&name, &service.status, rest);
        }
    }
}

fn print(args: &Args, report: &Report, printer: &Printer) -> Result<(), Error> {
    if args.json {
        return printer.raw(format!("{}\n", json::document(report)).as_bytes());
    }
    printer.line(&format!("Overall: {}", report.overall))?;
    for check in &report.checks {
        let rest: Vec<String> = check
            .rest
            .iter()
            .map(|(name, value)| match value {
                Value::String(text) => format!("{name}: {text}"),
                value => format!("{name}: {value}"),
            })
            .collect();
        let rest = if rest.is_empty() { String::new() } else { format!(" ({})", rest.join(", ")) };
        printer.line(&format!("  [{:<7}] {}{rest}", check.status, check.name))?;
    }
    if !report.suggested_actions.is_empty() {
        printer.line("Suggested actions:")?;
        for action in &report.suggested_actions {
            printer.line(&format!("  - {action}"))?;
        }
    }
    Ok(())
}
