//! `da query`.

use std::{
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use agnes_contract::query::{QueryRequest, QueryResult};
use clap::ValueEnum;
use serde_json::Value;

use crate::{
    api::Api,
    error::Error,
    exit::Exit,
    local::{self, query::Query},
    output::{cells::ResultSet, csv, table::boxed, text::clean},
    printer::Printer,
    prompt,
    settings::{Settings, Workspace},
};

const DEFAULT_LIMIT: u64 = 1000;
/// The server gives up on a statement before this.
const REMOTE_SECONDS: u64 = 300;

/// What can be said about it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The statement
    #[arg(value_name = "SQL")]
    positional: Option<String>,
    /// The statement, or - to read it from stdin
    #[arg(long, value_name = "SQL")]
    sql: Option<String>,
    /// Read the statement from a file
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Read {"sql": "…"} from stdin, for statements a shell would spoil
    #[arg(long)]
    stdin: bool,
    /// Let the server run it
    #[arg(long)]
    pub remote: bool,
    /// How to print the rows
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Write to a file instead of stdout; parquet needs one
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Rows at most [default: 1000; a parquet file of local data has all]
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Local only: take one SELECT over the synced files, and nothing else
    #[arg(long, conflicts_with = "remote")]
    sandbox: bool,
}

/// How rows are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A box for people.
    Table,
    /// An array of objects.
    Json,
    /// RFC 4180.
    Csv,
    /// A file.
    Parquet,
}

/// Runs SQL.
pub async fn query(args: Args, settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
    let sql = statement(&args)?;
    match (args.format, &args.output) {
        (Format::Parquet, None) => Err(Error::Usage("--format parquet needs --output FILE".to_owned())),
        (Format::Parquet, Some(output)) => parquet(&args, sql, output, settings, printer).await,
        (_, output) => {
            let limit = args.limit.unwrap_or(DEFAULT_LIMIT);
            let result = match args.remote {
                true => remote(settings, sql, limit).await?,
                false => {
                    local_rows(settings, Query { sql, limit: Some(limit), sandbox: args.sandbox }, printer).await?
                }
            };
            print(&result, args.format, output.as_deref(), printer)?;
            if result.truncated {
                printer.note(&format!("(truncated at {limit} rows)"));
            }
            Ok(Exit::SUCCESS)
        }
    }
}

/// The one statement there is.
fn statement(args: &Args) -> Result<String, Error> {
    let hint = "give it once: as an argument, with --sql, --file or --stdin";
    let given = [args.positional.is_some(), args.sql.is_some(), args.file.is_some(), args.stdin];
    let sql = match given.iter().filter(|given| **given).count() {
        0 => return Err(Error::unmet("there is no SQL to run", hint)),
        1 if args.stdin => from_json(&prompt::stdin()?)?,
        1 => match (&args.positional, args.sql.as_deref(), &args.file) {
            (Some(sql), _, _) => sql.clone(),
            (_, Some("-"), _) => prompt::stdin()?,
            (_, Some(sql), _) => sql.to_owned(),
            (_, _, Some(file)) => std::fs::read_to_string(file).map_err(Error::file("read", file))?,
            _ => String::new(),
        },
        _ => return Err(Error::unmet("there is more than one SQL to run", hint)),
    };
    if sql.trim().is_empty() {
        return Err(Error::unmet("there is no SQL to run", hint));
    }
    Ok(sql)
}

fn from_json(text: &str) -> Result<String, Error> {
    let hint = "stdin holds one object like {\"sql\": \"SELECT 1\"}";
    let json: Value = serde_json::from_str(text)
        .map_err(|error| Error::unmet(format!("failed to parse stdin JSON: {error}"), hint))?;
    if json.get("register_bq").is_some_and(|tables| !tables.is_null()) {
        return Err(Error::unmet("failed to parse stdin JSON: register_bq is not supported", hint));
    }
    let sql = json.get("sql").and_then(Value::as_str);
    sql.map(str::to_owned).ok_or_else(|| Error::unmet("failed to parse stdin JSON: there is no text \"sql\"", hint))
}

async fn remote(settings: &Settings, sql: String, limit: u64) -> Result<ResultSet, Error> {
    let api = Api::new(settings)?;
    let body = QueryRequest { sql, limit: i64::try_from(limit).unwrap_or(i64::MAX) };
    let request = api.post("/api/query").within(REMOTE_SECONDS).json(&body);
    let result: QueryResult = request.read().await.map_err(Error::refused("Query failed: "))?;
    Ok(result.into())
}

async fn local_rows(settings: &Settings, query: Query, printer: &Printer) -> Result<ResultSet, Error> {
    let workspace = settings.workspace()?;
    follow(&workspace, printer).await;
    let rows = tokio::task::spawn_blocking(move || query.rows(&workspace)).await;
    rows.map_err(|_| Error::Query("a value has a type da cannot print; cast it to VARCHAR".to_owned()))?
}

/// Views hold absolute paths: a workspace that was moved needs them made anew.
async fn follow(workspace: &Workspace, printer: &Printer) {
    if local::views::is_in_place(workspace) {
        return;
    }
    let moved = workspace.clone();
    let rebuilt = tokio::task::spawn_blocking(move || local::views::rebuild(&moved)).await;
    if !matches!(rebuilt, Ok(Ok(_))) {
        printer.warn("the workspace was moved and its views could not be made anew; run `da sync`");
    }
}

async fn parquet(
    args: &Args,
    sql: String,
    output: &Path,
    settings: &Settings,
    printer: &Printer,
) -> Result<Exit, Error> {
    let output = std::path::absolute(output).map_err(Error::file("find", output))?;
    let folder = output.parent().unwrap_or(Path::new("/"));
    // Written beside, so that a failure leaves what was there before.
    let beside = tempfile::Builder::new()
        .prefix(".da-")
        .suffix(".parquet")
        .permissions(std::fs::Permissions::from_mode(0o666))
        .tempfile_in(folder);
    let beside = beside.map_err(Error::file("write", &output))?.into_temp_path();
    let path = beside.to_path_buf();
    let done = if args.remote {
        let rows = remote(settings, sql, args.limit.unwrap_or(DEFAULT_LIMIT)).await?;
        if rows.truncated {
            printer.note(&format!("(truncated at {} rows)", rows.rows.len()));
        }
        tokio::task::spawn_blocking(move || from_rows(&rows, &path)).await
    } else {
        let workspace = settings.workspace()?;
        follow(&workspace, printer).await;
        let query = Query { sql, limit: args.limit, sandbox: args.sandbox };
        tokio::task::spawn_blocking(move || query.parquet(&workspace, &path)).await
    };
    done.map_err(|_| Error::Internal("writing parquet"))??;
    beside.persist(&output).map_err(|error| Error::File {
        doing: "write",
        path: output.clone(),
        source: error.error,
    })?;
    printer.note(&format!("Wrote {}", output.display()));
    Ok(Exit::SUCCESS)
}

fn from_rows(rows: &ResultSet, output: &Path) -> Result<(), Error> {
    let mut json = tempfile::NamedTempFile::new().map_err(Error::file("write", "a temporary file"))?;
    json.write_all(rows.json().as_bytes()).map_err(Error::file("write", json.path()))?;
    local::query::parquet_from_json(json.path(), output)
}

fn print(result: &ResultSet, format: Format, output: Option<&Path>, printer: &Printer) -> Result<(), Error> {
    let to_terminal = output.is_none() && printer.out_is_terminal();
    let bytes = match format {
        Format::Json => format!("{}\n", result.json()).into_bytes(),
        Format::Csv if to_terminal => {
            let text = String::from_utf8_lossy(&csv::render(result)).into_owned();
            text.split_inclusive('\n')
                .map(|line| format!("{}\n", clean(line.trim_end_matches('\n'))))
                .collect::<String>()
                .into()
        }
        Format::Csv => csv::render(result),
        Format::Table | Format::Parquet => format!("{}\n", boxed(result, to_terminal)).into_bytes(),
    };
    match output {
        None => printer.raw(&bytes),
        Some(path) => std::fs::write(path, bytes).map_err(Error::file("write", path)),
    }
}
