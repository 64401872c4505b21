//! `da sync`.

mod report;

use std::fs;

use agnes_contract::sync::Manifest;
use futures::{StreamExt as _, stream};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};

use self::report::Report;
use crate::{
    api::Api,
    error::Error,
    exit::Exit,
    local::views::{self, Rebuilt},
    printer::Printer,
    settings::{Settings, Workspace},
    sync::{
        Downloader, Lock, Plan, Scope, State,
        manifest::{self, Fetched},
        prune, remove_stale_partials,
    },
};

/// What can be said about it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only this table
    #[arg(long, value_name = "NAME")]
    table: Option<String>,
    /// Everything; what happens anyway, kept for scripts
    #[arg(long, conflicts_with = "table")]
    all: bool,
    /// Tell what would be downloaded, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// Exit with 1 when any table could not be synced
    #[arg(long)]
    strict: bool,
    /// Keep tables that are no longer yours to read
    #[arg(long)]
    keep: bool,
    /// Read every synced file again instead of trusting size and time
    #[arg(long)]
    verify: bool,
    /// Downloads at a time
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=32))]
    jobs: u8,
}

/// Brings the workspace up to date.
pub async fn sync(args: Args, settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
    let api = Api::new(settings)?;
    let workspace = settings.workspace()?;
    let progress = progress(printer);
    progress.set_message("Fetching the manifest");
    let state = State::load(&settings.config_dir, api.server(), &workspace);
    let fetched = manifest::fetch(&api, &state).await.map_err(Error::api("Failed to fetch manifest: "))?;
    let scope = Scope {
        table: args.table.as_deref().map(|name| find(&fetched.manifest, name)).transpose()?,
        verify: args.verify,
        jobs: usize::from(args.jobs),
    };
    if args.dry_run {
        let plan = Plan::make(&workspace, &state, &fetched.manifest, &scope).await;
        progress.finish_and_clear();
        report::dry_run(&plan, !args.keep, args.json, printer)?;
        return Ok(Exit::SUCCESS);
    }

    fs::create_dir_all(workspace.parquet_dir()).map_err(Error::file("create", workspace.parquet_dir()))?;
    let lock = Lock::take(&workspace, printer).await?;
    // Whoever held the lock may have synced, and the server may have published meanwhile.
    let mut state = State::load(&settings.config_dir, api.server(), &workspace);
    let fetched = match lock.had_to_wait() {
        true => manifest::fetch(&api, &state).await.map_err(Error::api("Failed to fetch manifest: "))?,
        false => fetched,
    };
    let downloader = Downloader { api, retries: settings.stream_retries, progress: progress.clone() };
    let quiet = args.json;
    let (plan, mut report) = bring(fetched, &workspace, &scope, &downloader, &mut state, |plan, report| {
        progress.suspend(|| report.announce(plan, quiet, printer));
    })
    .await;
    if !args.keep {
        prune(&workspace, &mut state, &plan.vanished)?;
        report.pruned = plan.vanished;
    }
    // Neither may keep the other from happening, nor the report from being printed.
    let saved = state.finish();
    progress.set_message("Updating the views");
    let rebuilt = rebuild(&workspace).await;
    drop(lock);
    progress.finish_and_clear();

    report.print(args.json, printer)?;
    warn(&rebuilt?, printer);
    saved?;
    Ok(if args.strict && !report.errors.is_empty() { Exit::FAILURE } else { Exit::SUCCESS })
}

/// Fetches what the manifest promises; once more when the server has published something since.
async fn bring(
    fetched: Fetched,
    workspace: &Workspace,
    scope: &Scope,
    downloader: &Downloader,
    state: &mut State,
    announce: impl FnOnce(&Plan, &Report),
) -> (Plan, Report) {
    fetched.keep(state);
    let plan = Plan::make(workspace, state, &fetched.manifest, scope).await;
    let mut report = Report::new(&plan);
    for (key, record) in &plan.adopted {
        state.insert(key, record.clone());
    }
    if scope.table.is_none() {
        remove_stale_partials(workspace, &plan.downloads);
    }
    announce(&plan, &report);
    download(downloader, &plan, scope.jobs, state, &mut report).await;
    if report.is_outdated
        && let Ok(newer) = manifest::fetch(&downloader.api, state).await
        && newer.manifest.tables != fetched.manifest.tables
    {
        newer.keep(state);
        let plan = Plan::make(workspace, state, &newer.manifest, scope).await;
        report.start_over(&plan);
        download(downloader, &plan, scope.jobs, state, &mut report).await;
        return (plan, report);
    }
    (plan, report)
}

/// The manifest's name of a table that was asked for.
fn find(manifest: &Manifest, name: &str) -> Result<String, Error> {
    let exact = manifest.tables.get_key_value(name);
    let found = exact.or_else(|| manifest.tables.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)));
    match found {
        Some((name, entry)) if entry.query_mode == "remote" => Err(Error::unmet(
            format!("table '{name}' stays at its source and is not downloaded"),
            "ask the server with `da query --remote`",
        )),
        Some((name, _)) => Ok(name.clone()),
        None => Err(Error::unmet(
            format!("there is no table '{name}' you may read"),
            "`da catalog` lists what you may read",
        )),
    }
}

async fn download(downloader: &Downloader, plan: &Plan, jobs: usize, state: &mut State, report: &mut Report) {
    let progress = downloader.progress.clone();
    let total = plan.downloads.len();
    progress.set_length(plan.bytes());
    progress.reset();
    let mut downloads = stream::iter(plan.downloads.iter().cloned().map(|job| {
        let downloader = downloader.clone();
        async move {
            let key = job.key.clone();
            downloader.progress.set_message(format!("Downloading {key}"));
            (key, downloader.fetch(job).await)
        }
    }))
    .buffer_unordered(jobs);
    let mut done = 0;
    while let Some((key, result)) = downloads.next().await {
        done += 1;
        progress.set_prefix(format!("[{done}/{total}]"));
        match result {
            Ok((job, record)) => {
                report.bytes += job.entry.size_bytes;
                report.downloaded.push(key.to_string());
                state.insert(&key, record);
            }
            Err(error) => report.failed(key.to_string(), &error),
        }
    }
    report.sort();
}

async fn rebuild(workspace: &Workspace) -> Result<Rebuilt, Error> {
    let workspace = workspace.clone();
    let rebuilt = tokio::task::spawn_blocking(move || views::rebuild(&workspace)).await;
    rebuilt.map_err(|_| Error::Internal("updating the views"))?
}

fn warn(rebuilt: &Rebuilt, printer: &Printer) {
    if !rebuilt.broken.is_empty() {
        printer.warn(&format!("{} files are no parquet DuckDB can read:", rebuilt.broken.len()));
        for name in &rebuilt.broken {
            printer.note(&format!("  - {name}.parquet"));
        }
    }
    if !rebuilt.shadowed.is_empty() {
        let names = rebuilt.shadowed.join(", ");
        printer.note(&format!("Hidden by tables or views of your own with the same name: {names}"));
    }
}

/// On stderr, and only where somebody watches.
fn progress(printer: &Printer) -> ProgressBar {
    let target = if printer.shows_progress() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(0), target).with_finish(ProgressFinish::AndClear);
    let style = ProgressStyle::with_template("{prefix} {bar:24} {bytes}/{total_bytes} {elapsed} {msg}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}
