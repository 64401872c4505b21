//! Visits to the site and the contacts they bring.

use rand::Rng;

use super::calendar::{Calendar, DAY};
use super::campaigns::Campaigns;
use super::customers::Customers;
use super::draw;
use super::output::{Columns, Output};
use super::words::{self, COUNTRIES, PUBLIC_DOMAINS};
use crate::error::Error;

const SESSION_COLUMNS: Columns = &[
    ("session_id", "VARCHAR"),
    ("visitor_id", "VARCHAR"),
    ("customer_id", "VARCHAR"),
    ("campaign_id", "VARCHAR"),
    ("started_at", "TIMESTAMP"),
    ("duration_seconds", "BIGINT"),
    ("pages_viewed", "BIGINT"),
    ("device_type", "VARCHAR"),
    ("browser", "VARCHAR"),
    ("country", "VARCHAR"),
    ("landing_page", "VARCHAR"),
    ("is_bounce", "BIGINT"),
];

const LEAD_COLUMNS: Columns = &[
    ("lead_id", "VARCHAR"),
    ("customer_id", "VARCHAR"),
    ("email", "VARCHAR"),
    ("source", "VARCHAR"),
    ("campaign_id", "VARCHAR"),
    ("created_at", "TIMESTAMP"),
    ("status", "VARCHAR"),
    ("converted_at", "TIMESTAMP"),
];

const DEVICES: [(&str, u32); 3] = [("desktop", 45), ("mobile", 45), ("tablet", 10)];
const BROWSERS: [(&str, u32); 5] = [("Chrome", 64), ("Safari", 19), ("Firefox", 8), ("Edge", 7), ("Other", 2)];
const PAGES: [&str; 12] = [
    "/",
    "/products",
    "/products/electronics",
    "/products/clothing",
    "/products/home-garden",
    "/products/sports",
    "/sale",
    "/new-arrivals",
    "/about",
    "/blog",
    "/blog/gift-guide",
    "/contact",
];
const SOURCES: [(&str, u32); 5] = [
    ("newsletter_signup", 30),
    ("contact_form", 25),
    ("demo_request", 15),
    ("content_download", 20),
    ("webinar_registration", 10),
];
const STATUSES: [(&str, u32); 5] = [("new", 35), ("contacted", 20), ("qualified", 15), ("converted", 18), ("lost", 12)];

pub(super) fn sessions(
    count: u32,
    seed: u64,
    calendar: &Calendar,
    customers: &Customers,
    campaigns: &Campaigns,
    output: &mut Output,
) -> Result<(), Error> {
    let mut rng = draw::generator(seed, "web_sessions");
    let mut table = output.table("web_sessions", SESSION_COLUMNS)?;
    let countries: Vec<(&str, u32)> = COUNTRIES.iter().map(|country| (country.name, country.percent)).collect();
    for started_at in calendar.moments(&mut rng, count, 0) {
        let day = calendar.day_of(started_at);
        let customer = draw::percent(&mut rng, 40).then(|| customers.any(&mut rng, day)).flatten();
        let campaign = draw::percent(&mut rng, 25).then(|| campaigns.running(&mut rng, day)).flatten();
        let is_bounce = draw::percent(&mut rng, 35);
        let (seconds, pages) = if is_bounce {
            (rng.random_range(5..=30), 1)
        } else {
            (rng.random_range(30..=900), rng.random_range(2..=15))
        };
        table
            .id("S", table.rows(), 8)
            .id("V", u64::from(rng.random_range(0..(count / 3).max(1))), 8)
            .maybe_id("C", customer, 6)
            .maybe_id("CMP", campaign, 4)
            .moment(started_at)
            .int(seconds)
            .int(pages)
            .text(draw::word(&mut rng, &DEVICES))
            .text(draw::word(&mut rng, &BROWSERS))
            .text(draw::word(&mut rng, &countries))
            .text(draw::one(&mut rng, &PAGES))
            .flag(is_bounce);
        table.end()?;
    }
    output.keep(table)
}

pub(super) fn leads(
    count: u32,
    seed: u64,
    calendar: &Calendar,
    customers: &Customers,
    campaigns: &Campaigns,
    output: &mut Output,
) -> Result<(), Error> {
    let mut rng = draw::generator(seed, "web_leads");
    let mut table = output.table("web_leads", LEAD_COLUMNS)?;
    for created_at in calendar.moments(&mut rng, count, 0) {
        let day = calendar.day_of(created_at);
        let customer = draw::percent(&mut rng, 55).then(|| customers.any(&mut rng, day)).flatten();
        let campaign = draw::percent(&mut rng, 40).then(|| campaigns.running(&mut rng, day)).flatten();
        let email = match customer {
            Some(customer) => customers.list[customer as usize].email.clone(),
            None => stranger(&mut rng),
        };
        let status = draw::word(&mut rng, &STATUSES);
        let converted_at =
            (status == "converted").then(|| (created_at + rng.random_range(3_600..=14 * DAY)).min(calendar.last()));
        table
            .id("L", table.rows(), 6)
            .maybe_id("C", customer, 6)
            .text(&email)
            .text(draw::word(&mut rng, &SOURCES))
            .maybe_id("CMP", campaign, 4)
            .moment(created_at)
            .text(status)
            .maybe_moment(converted_at);
        table.end()?;
    }
    output.keep(table)
}

/// The address of somebody who is no customer.
fn stranger(rng: &mut impl Rng) -> String {
    let (first, last) = COUNTRIES[rng.random_range(0..COUNTRIES.len())].name(rng);
    let number = rng.random_range(1..1_000);
    format!("{}.{}{number}@{}", words::ascii(first), words::ascii(last), draw::one(rng, &PUBLIC_DOMAINS))
}
