//! Payments: one an order, and now and then a failed attempt before it.

use rand::Rng;

use super::calendar::{Calendar, DAY, Moment};
use super::customers::Customers;
use super::draw;
use super::orders::Order;
use super::output::{Columns, Output, Table};
use crate::error::Error;

const COLUMNS: Columns = &[
    ("payment_id", "VARCHAR"),
    ("order_id", "VARCHAR"),
    ("customer_id", "VARCHAR"),
    ("amount", "DOUBLE"),
    ("currency", "VARCHAR"),
    ("method", "VARCHAR"),
    ("status", "VARCHAR"),
    ("created_at", "TIMESTAMP"),
    ("completed_at", "TIMESTAMP"),
];

const METHODS: [(&str, u32); 6] =
    [("credit_card", 38), ("debit_card", 20), ("paypal", 18), ("bank_transfer", 12), ("apple_pay", 8), ("invoice", 4)];

pub(super) fn generate(
    seed: u64,
    calendar: &Calendar,
    customers: &Customers,
    orders: &[Order],
    output: &mut Output,
) -> Result<(), Error> {
    let mut rng = draw::generator(seed, "payments");
    let mut table = output.table("payments", COLUMNS)?;
    let last = calendar.last();
    for (number, order) in (0..).zip(orders) {
        let business = customers.list[order.customer as usize].segment.is_business();
        let method = if business && draw::percent(&mut rng, 40) {
            draw::one(&mut rng, &["bank_transfer", "invoice"])
        } else {
            draw::word(&mut rng, &METHODS)
        };
        let mut at = (order.created_at + rng.random_range(5..=600)).min(last);
        if draw::percent(&mut rng, 5) {
            row(&mut table, number, order, method, ("failed", at, None))?;
            at = (at + rng.random_range(30..=3_600)).min(last);
        }
        let (status, within) = match order.status {
            "cancelled" => ("cancelled", None),
            "returned" => ("refunded", Some(14 * DAY)),
            _ => ("completed", Some(3 * DAY)),
        };
        let completed_at = within.map(|within| (at + rng.random_range(2..=within)).min(last));
        row(&mut table, number, order, method, (status, at, completed_at))?;
    }
    output.keep(table)
}

fn row(
    table: &mut Table,
    number: u64,
    order: &Order,
    method: &str,
    (status, created_at, completed_at): (&str, Moment, Option<Moment>),
) -> Result<(), Error> {
    table
        .id("PAY", table.rows(), 7)
        .id("ORD", number, 7)
        .id("C", u64::from(order.customer), 6)
        .cents(order.total)
        .text("EUR")
        .text(method)
        .text(status)
        .moment(created_at)
        .maybe_moment(completed_at);
    table.end()
}
