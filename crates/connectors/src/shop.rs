//! The generated sample shop: nine tables of an online shop, the same for the same seed.
//!
//! Every table draws from a generator of its own, so that a change to one leaves the others as
//! they are. Times are drawn so that nothing happens before what it follows from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::time::Instant;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::error::Error;

mod calendar;
mod campaigns;
mod customers;
mod draw;
mod items;
mod orders;
mod output;
mod payments;
mod products;
mod tickets;
mod web;
mod words;

use calendar::Calendar;
use output::Output;

/// How much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Size {
    /// 100 orders in 3 months.
    Xs,
    /// 2 000 orders in 12 months, 2 MB of CSV.
    S,
    /// 20 000 orders in 24 months, 18 MB.
    M,
    /// 200 000 orders in 36 months, ten times that.
    L,
}

/// Rows of the tables whose size is given, and the period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Customers.
    pub customers: u32,
    /// Products.
    pub products: u32,
    /// Campaigns.
    pub campaigns: u32,
    /// Visits to the site.
    pub web_sessions: u32,
    /// Contacts the site brought.
    pub web_leads: u32,
    /// Orders; items and payments follow from them.
    pub orders: u32,
    /// Support tickets.
    pub support_tickets: u32,
    /// Months of 30 days.
    pub months: u32,
}

impl Size {
    /// Every size, small to large.
    pub const ALL: [Self; 4] = [Self::Xs, Self::S, Self::M, Self::L];

    /// Its rows.
    #[must_use]
    pub const fn counts(self) -> Counts {
        let [customers, products, campaigns, web_sessions, web_leads, orders, support_tickets, months] = match self {
            Self::Xs => [50, 30, 10, 500, 50, 100, 30, 3],
            Self::S => [500, 100, 30, 10_000, 1_000, 2_000, 500, 12],
            Self::M => [5_000, 300, 80, 100_000, 10_000, 20_000, 5_000, 24],
            Self::L => [50_000, 1_000, 200, 1_000_000, 100_000, 200_000, 50_000, 36],
        };
        Counts { customers, products, campaigns, web_sessions, web_leads, orders, support_tickets, months }
    }

    /// `xs`, `s`, `m` or `l`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Xs => "xs",
            Self::S => "s",
            Self::M => "m",
            Self::L => "l",
        }
    }
}

/// How the tables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// `<output>/<table>.csv`.
    Csv,
    /// `<output>/<table>.parquet`.
    Parquet,
    /// CSV, and `<output>/parquet/<table>.parquet`.
    Both,
    /// `<output>/extract.duckdb` and `<output>/data/<table>.parquet`, a source as it is.
    Extract,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Csv, Self::Parquet, Self::Both, Self::Extract];

    /// `csv`, `parquet`, `both` or `extract`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Both => "both",
            Self::Extract => "extract",
        }
    }
}

/// A text that is neither of the words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected one of {0}")]
pub struct UnknownWord(&'static str);

macro_rules! words {
    ($type:ty, $all:literal) => {
        impl fmt::Display for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl FromStr for $type {
            type Err = UnknownWord;
            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                Self::ALL.into_iter().find(|value| value.as_str() == text).ok_or(UnknownWord($all))
            }
        }
    };
}
words!(Size, "xs, s, m, l");
words!(Format, "csv, parquet, both, extract");

/// What to generate.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// How much.
    pub size: Size,
    /// Another seed, another shop.
    pub seed: u64,
    /// Where to; created when it is not there.
    pub output: &'a Path,
    /// As what.
    pub format: Format,
}

/// What was generated; also `<output>/_manifest.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// What wrote it.
    pub generator: String,
    /// How much.
    pub size: Size,
    /// As what.
    pub format: Format,
    /// The seed that was asked for.
    pub seed: u64,
    /// The days everything happened in.
    pub date_range: DateRange,
    /// Rows by table.
    pub tables: BTreeMap<String, u64>,
    /// Rows of all tables.
    pub total_rows: u64,
    /// How long it took.
    pub elapsed_seconds: f64,
}

/// A period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateRange {
    /// Its first day.
    pub start: NaiveDate,
    /// The day after its last.
    pub end: NaiveDate,
}

/// Generates the shop.
///
/// # Errors
/// [`Error::Io`], [`Error::Duckdb`]; [`Error::Busy`] when somebody writes the same extract.
pub fn generate(options: &Options<'_>) -> Result<Manifest, Error> {
    let started = Instant::now();
    let counts = options.size.counts();
    let calendar = Calendar::new(counts.months);
    let mut output = Output::open(options)?;

    let customers = customers::generate(counts.customers, options.seed, &calendar, &mut output)?;
    let products = products::generate(counts.products, options.seed, &calendar, &mut output)?;
    let campaigns = campaigns::generate(counts.campaigns, options.seed, &calendar, &mut output)?;
    web::sessions(counts.web_sessions, options.seed, &calendar, &customers, &campaigns, &mut output)?;
    web::leads(counts.web_leads, options.seed, &calendar, &customers, &campaigns, &mut output)?;
    let orders = orders::generate(counts.orders, options.seed, &calendar, &customers, &products, &mut output)?;
    payments::generate(options.seed, &calendar, &customers, &orders, &mut output)?;
    tickets::generate(counts.support_tickets, options.seed, &calendar, &customers, &orders, &mut output)?;

    let tables = output.finish(calendar.end())?;
    let manifest = Manifest {
        generator: format!("agnes {}", agnes_contract::VERSION),
        size: options.size,
        format: options.format,
        seed: options.seed,
        date_range: DateRange { start: calendar.start(), end: calendar.end() },
        total_rows: tables.values().sum(),
        tables,
        elapsed_seconds: started.elapsed().as_secs_f64(),
    };
    let text =
        serde_json::to_vec_pretty(&manifest).map_err(|source| Error::Json { action: "write the manifest", source })?;
    crate::files::replace(&options.output.join("_manifest.json"), &text)?;
    Ok(manifest)
}

/// Name and description of every table of the shop.
#[must_use]
pub fn table_descriptions() -> &'static [(&'static str, &'static str)] {
    &[
        ("customers", "People and companies that registered, with segment, country and registration date"),
        ("products", "What the shop sells: category, price and cost in EUR, weight"),
        ("campaigns", "Marketing campaigns with channel, budget, spend, impressions and clicks"),
        ("web_sessions", "Visits to the site: device, landing page, duration, and the campaign that brought them"),
        ("web_leads", "Contacts won on the site, where they came from and whether they became customers"),
        ("orders", "One row an order: customer, status, channel and amounts in EUR"),
        ("order_items", "The products of each order: quantity, unit price, discount in percent, line total"),
        ("payments", "Payments for orders, failed attempts included, with method and status"),
        (
            "support_tickets",
            "Support requests with category, priority, response and resolution times, satisfaction 1 to 5",
        ),
    ]
}
