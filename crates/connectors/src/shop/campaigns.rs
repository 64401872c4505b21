//! Marketing campaigns and on which days they run.

use chrono::Datelike;
use rand::Rng;

use super::calendar::{Calendar, Day};
use super::draw;
use super::output::{Columns, Output};
use crate::error::Error;

const COLUMNS: Columns = &[
    ("campaign_id", "VARCHAR"),
    ("name", "VARCHAR"),
    ("channel", "VARCHAR"),
    ("status", "VARCHAR"),
    ("budget", "DOUBLE"),
    ("spend", "DOUBLE"),
    ("impressions", "BIGINT"),
    ("clicks", "BIGINT"),
    ("start_date", "DATE"),
    ("end_date", "DATE"),
    ("target_segment", "VARCHAR"),
];

const CHANNELS: [(&str, &str, u32); 7] = [
    ("email", "Email", 20),
    ("paid_search", "Paid Search", 22),
    ("paid_social", "Paid Social", 18),
    ("organic_social", "Organic Social", 12),
    ("display", "Display", 12),
    ("affiliate", "Affiliate", 8),
    ("retargeting", "Retargeting", 8),
];
const THEMES: [&str; 14] = [
    "Spring Sale",
    "Summer Deals",
    "Back to School",
    "Autumn Collection",
    "Black Friday",
    "Christmas Gifts",
    "New Year",
    "Flash Sale",
    "Loyalty Bonus",
    "Free Shipping Week",
    "New Arrivals",
    "Win-Back",
    "Brand Story",
    "Clearance",
];
const TARGETS: [&str; 4] = ["all", "b2c", "b2b_small", "b2b_enterprise"];

/// The campaigns that run on each day.
pub(super) struct Campaigns(Vec<Vec<u32>>);

impl Campaigns {
    /// One that runs that day; `None` when none does.
    pub(super) fn running(&self, rng: &mut impl Rng, day: Day) -> Option<u32> {
        let running = self.0.get(day as usize)?;
        if running.is_empty() { None } else { Some(draw::one(rng, running)) }
    }
}

pub(super) fn generate(count: u32, seed: u64, calendar: &Calendar, output: &mut Output) -> Result<Campaigns, Error> {
    let mut rng = draw::generator(seed, "campaigns");
    let mut table = output.table("campaigns", COLUMNS)?;
    let weights: Vec<u32> = CHANNELS.iter().map(|(_, _, weight)| *weight).collect();
    let mut days: Vec<Day> = (0..count).map(|_| calendar.day(&mut rng, 0)).collect();
    days.sort_unstable();
    let mut running = vec![Vec::new(); calendar.days() as usize];
    for (number, start) in (0..).zip(days) {
        let end = (start + rng.random_range(7..=60)).min(calendar.days() - 1);
        let (channel, title, _) = CHANNELS[draw::weighted(&mut rng, &weights)];
        let budget = draw::cents(&mut rng, 50_000, 2_500_000);
        // Over for more than a week: its books are closed.
        let (status, spent) = if end + 7 < calendar.days() {
            ("completed", rng.random_range(0.6..=1.1_f64).min(1.0))
        } else {
            (draw::word(&mut rng, &[("active", 70), ("paused", 30)]), rng.random_range(0.2..=0.7))
        };
        let spend = draw::scale(budget, spent);
        let impressions = draw::scale(spend, rng.random_range(0.8..=5.0));
        table
            .id("CMP", number, 4)
            .text(&format!("{} - {title} {}", draw::one(&mut rng, &THEMES), calendar.date(start).year()))
            .text(channel)
            .text(status)
            .cents(budget)
            .cents(spend)
            .int(impressions)
            .int(draw::share(&mut rng, impressions, 0.005, 0.08))
            .date(calendar.date(start))
            .date(calendar.date(end))
            .text(draw::one(&mut rng, &TARGETS));
        table.end()?;
        for day in start..=end {
            running[day as usize].push(u32::try_from(number).unwrap_or(0));
        }
    }
    output.keep(table)?;
    Ok(Campaigns(running))
}
