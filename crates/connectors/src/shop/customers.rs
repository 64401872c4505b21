//! Customers: who they are, where, since when.

use std::collections::HashMap;

use rand::Rng;

use super::calendar::{Calendar, Day};
use super::draw;
use super::output::{Columns, Output};
use super::words::{self, COUNTRIES, Country, PUBLIC_DOMAINS};
use crate::error::Error;

const COLUMNS: Columns = &[
    ("customer_id", "VARCHAR"),
    ("email", "VARCHAR"),
    ("first_name", "VARCHAR"),
    ("last_name", "VARCHAR"),
    ("company", "VARCHAR"),
    ("country", "VARCHAR"),
    ("city", "VARCHAR"),
    ("segment", "VARCHAR"),
    ("registration_date", "DATE"),
    ("is_active", "BIGINT"),
];

/// What kind of customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    Consumer,
    SmallBusiness,
    Enterprise,
}

impl Segment {
    const ALL: [Self; 3] = [Self::Consumer, Self::SmallBusiness, Self::Enterprise];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Consumer => "b2c",
            Self::SmallBusiness => "b2b_small",
            Self::Enterprise => "b2b_enterprise",
        }
    }

    /// Whether it is a company.
    pub(super) fn is_business(self) -> bool {
        self != Self::Consumer
    }
}

/// What other tables need of a customer.
pub(super) struct Customer {
    pub segment: Segment,
    pub registered: Day,
    pub email: String,
}

/// All customers, earliest registration first.
pub(super) struct Customers {
    pub list: Vec<Customer>,
    /// How active all customers up to and with each are: some buy far more than others.
    activity: Vec<f64>,
}

impl Customers {
    /// The first day there is a customer.
    pub(super) fn first_day(&self) -> Day {
        self.list.first().map_or(0, |customer| customer.registered)
    }

    /// A customer registered by that day, an active one more often.
    pub(super) fn active(&self, rng: &mut impl Rng, day: Day) -> u32 {
        let known = self.known(day);
        let total = known.checked_sub(1).map_or(0.0, |last| self.activity[last]);
        let target = rng.random::<f64>() * total;
        let found = self.activity[..known].partition_point(|sum| *sum <= target);
        u32::try_from(found.min(known.saturating_sub(1))).unwrap_or(0)
    }

    /// Any customer registered by that day; `None` when there is none yet.
    pub(super) fn any(&self, rng: &mut impl Rng, day: Day) -> Option<u32> {
        let known = u32::try_from(self.known(day)).unwrap_or(u32::MAX);
        (known > 0).then(|| rng.random_range(0..known))
    }

    fn known(&self, day: Day) -> usize {
        self.list.partition_point(|customer| customer.registered <= day)
    }
}

pub(super) fn generate(count: u32, seed: u64, calendar: &Calendar, output: &mut Output) -> Result<Customers, Error> {
    let mut rng = draw::generator(seed, "customers");
    let mut table = output.table("customers", COLUMNS)?;
    let mut days: Vec<Day> = (0..count).map(|_| calendar.day(&mut rng, 0)).collect();
    days.sort_unstable();
    let mut emails = HashMap::new();
    let mut customers = Customers { list: Vec::new(), activity: Vec::new() };
    let mut activity = 0.0;
    for registered in days {
        let segment = Segment::ALL[draw::weighted(&mut rng, &[60, 25, 15])];
        let country = country(&mut rng);
        let (first, last) = country.name(&mut rng);
        let company = segment.is_business().then(|| words::company(&mut rng, country));
        let domain = match &company {
            Some(company) => format!("{}.example", words::ascii(company)),
            None => draw::one(&mut rng, &PUBLIC_DOMAINS).to_owned(),
        };
        let email = unique_email(&mut emails, first, last, &domain);
        table
            .id("C", table.rows(), 6)
            .text(&email)
            .text(first)
            .text(last)
            .text(company.as_deref().unwrap_or_default())
            .text(country.name)
            .text(draw::one(&mut rng, country.cities))
            .text(segment.as_str())
            .date(calendar.date(registered))
            .flag(draw::percent(&mut rng, 85));
        table.end()?;
        // Pareto with shape 1.2; capped, or one early customer would place a third of all orders.
        activity += (1.0 - rng.random::<f64>()).powf(-1.0 / 1.2).min(30.0);
        customers.activity.push(activity);
        customers.list.push(Customer { segment, registered, email });
    }
    output.keep(table)?;
    Ok(customers)
}

fn country(rng: &mut impl Rng) -> &'static Country {
    let weights: Vec<u32> = COUNTRIES.iter().map(|country| country.percent).collect();
    &COUNTRIES[draw::weighted(rng, &weights)]
}

/// `first.last@domain`, with a number for the second of that name.
fn unique_email(taken: &mut HashMap<String, u32>, first: &str, last: &str, domain: &str) -> String {
    let name = format!("{}.{}", words::ascii(first), words::ascii(last));
    let count = taken.entry(format!("{name}@{domain}")).or_insert(0);
    *count += 1;
    if *count == 1 { format!("{name}@{domain}") } else { format!("{name}{count}@{domain}") }
}
