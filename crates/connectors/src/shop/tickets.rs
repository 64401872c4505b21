//! Support tickets, most of them about an order.

use rand::Rng;

use super::calendar::{Calendar, DAY, Moment};
use super::customers::Customers;
use super::draw;
use super::orders::Order;
use super::output::{Columns, Output};
use crate::error::Error;

const COLUMNS: Columns = &[
    ("ticket_id", "VARCHAR"),
    ("customer_id", "VARCHAR"),
    ("order_id", "VARCHAR"),
    ("category", "VARCHAR"),
    ("priority", "VARCHAR"),
    ("status", "VARCHAR"),
    ("channel", "VARCHAR"),
    ("subject", "VARCHAR"),
    ("created_at", "TIMESTAMP"),
    ("first_response_at", "TIMESTAMP"),
    ("resolved_at", "TIMESTAMP"),
    ("satisfaction_score", "BIGINT"),
];

const CATEGORIES: [(&str, u32, [&str; 6]); 6] = [
    (
        "question",
        28,
        [
            "Is this item back in stock soon?",
            "Which size should I order?",
            "Do you ship to my country?",
            "Question about my invoice",
            "How do I change my address?",
            "Is there a discount for companies?",
        ],
    ),
    (
        "complaint",
        18,
        [
            "Item arrived damaged",
            "Wrong colour delivered",
            "Parcel was left outside",
            "Quality is not as described",
            "Charged twice",
            "Nobody answers the phone",
        ],
    ),
    (
        "return_request",
        14,
        [
            "Return of one item",
            "Does not fit",
            "Ordered twice by mistake",
            "Return label is missing",
            "Exchange for another size",
            "Return after 14 days?",
        ],
    ),
    (
        "shipping",
        16,
        [
            "Where is my parcel?",
            "Delivery is late",
            "Change of delivery address",
            "Tracking does not work",
            "Parcel shown as delivered, not here",
            "Can I pick it up myself?",
        ],
    ),
    (
        "technical_issue",
        12,
        [
            "Cannot sign in",
            "Payment page shows an error",
            "Password mail does not come",
            "App crashes at checkout",
            "Voucher is not accepted",
            "Cart empties itself",
        ],
    ),
    (
        "refund",
        12,
        [
            "Refund has not arrived",
            "Refund is too low",
            "Refund to another card",
            "Order cancelled, money gone",
            "Shipping costs not refunded",
            "When will I be refunded?",
        ],
    ),
];

/// With the hours until somebody answers.
const PRIORITIES: [(&str, u32, (f64, f64)); 4] =
    [("low", 38, (8.0, 96.0)), ("medium", 35, (4.0, 48.0)), ("high", 20, (1.0, 12.0)), ("critical", 7, (0.5, 4.0))];
const CHANNELS: [(&str, u32); 4] = [("email", 40), ("chat", 30), ("phone", 15), ("web_form", 15)];
/// Orders people write about are not older than this.
const RECENT: Moment = 45 * DAY;

pub(super) fn generate(
    count: u32,
    seed: u64,
    calendar: &Calendar,
    customers: &Customers,
    orders: &[Order],
    output: &mut Output,
) -> Result<(), Error> {
    let mut rng = draw::generator(seed, "support_tickets");
    let mut table = output.table("support_tickets", COLUMNS)?;
    let categories: Vec<u32> = CATEGORIES.iter().map(|(_, weight, _)| *weight).collect();
    let priorities: Vec<u32> = PRIORITIES.iter().map(|(_, weight, _)| *weight).collect();
    for created_at in calendar.moments(&mut rng, count, customers.first_day()) {
        let order = draw::percent(&mut rng, 60).then(|| recent(&mut rng, orders, created_at)).flatten();
        let customer = match order {
            Some(order) => orders[order as usize].customer,
            None => customers.active(&mut rng, calendar.day_of(created_at)),
        };
        let (category, _, subjects) = &CATEGORIES[draw::weighted(&mut rng, &categories)];
        let (priority, _, hours) = PRIORITIES[draw::weighted(&mut rng, &priorities)];
        let course = course(&mut rng, created_at, hours, calendar.last());
        table
            .id("TKT", table.rows(), 6)
            .id("C", u64::from(customer), 6)
            .maybe_id("ORD", order, 7)
            .text(category)
            .text(priority)
            .text(course.status)
            .text(draw::word(&mut rng, &CHANNELS))
            .text(draw::one(&mut rng, subjects))
            .moment(created_at)
            .maybe_moment(course.first_response_at)
            .maybe_moment(course.resolved_at);
        match course.resolved_at {
            Some(_) => table.int(1 + draw::weighted(&mut rng, &[5, 8, 15, 35, 37]) as i64),
            None => table.null(),
        };
        table.end()?;
    }
    output.keep(table)
}

/// An order placed shortly before.
fn recent(rng: &mut impl Rng, orders: &[Order], at: Moment) -> Option<u32> {
    let from = orders.partition_point(|order| order.created_at < at - RECENT);
    let to = orders.partition_point(|order| order.created_at < at);
    (from < to).then(|| rng.random_range(from..to)).and_then(|order| u32::try_from(order).ok())
}

/// How far a ticket came.
struct Course {
    status: &'static str,
    first_response_at: Option<Moment>,
    resolved_at: Option<Moment>,
}

/// What happened to a ticket until `last`: what would come later has not happened yet.
fn course(rng: &mut impl Rng, created_at: Moment, hours: (f64, f64), last: Moment) -> Course {
    let response = created_at + draw::scale(3_600, rng.random_range(hours.0..=hours.1));
    let resolved = (created_at + rng.random_range(DAY..=14 * DAY)).max(response + rng.random_range(60..=3_600));
    let wanted = if draw::percent(rng, 75) {
        draw::word(rng, &[("resolved", 45), ("closed", 55)])
    } else {
        draw::word(rng, &[("open", 34), ("in_progress", 33), ("waiting_customer", 33)])
    };
    let is_over = matches!(wanted, "resolved" | "closed");
    let status = match wanted {
        _ if response > last => "open",
        _ if is_over && resolved > last => "in_progress",
        wanted => wanted,
    };
    Course {
        status,
        first_response_at: (status != "open").then_some(response),
        resolved_at: matches!(status, "resolved" | "closed").then_some(resolved),
    }
}
