//! Orders, each with its items.

use super::calendar::{Calendar, Moment};
use super::customers::Customers;
use super::draw;
use super::items;
use super::output::{Columns, Output};
use super::products::Products;
use crate::error::Error;

const COLUMNS: Columns = &[
    ("order_id", "VARCHAR"),
    ("customer_id", "VARCHAR"),
    ("created_at", "TIMESTAMP"),
    ("status", "VARCHAR"),
    ("items_total", "DOUBLE"),
    ("discount_amount", "DOUBLE"),
    ("shipping_amount", "DOUBLE"),
    ("total_amount", "DOUBLE"),
    ("channel", "VARCHAR"),
];

const STATUSES: [(&str, u32); 6] =
    [("delivered", 58), ("shipped", 15), ("confirmed", 10), ("pending", 4), ("cancelled", 8), ("returned", 5)];
const CHANNELS: [(&str, u32); 4] = [("web", 55), ("mobile_app", 35), ("phone", 5), ("api", 5)];

/// What other tables need of an order.
pub(super) struct Order {
    pub customer: u32,
    pub created_at: Moment,
    pub status: &'static str,
    /// Cents.
    pub total: i64,
}

/// All orders, earliest first.
pub(super) fn generate(
    count: u32,
    seed: u64,
    calendar: &Calendar,
    customers: &Customers,
    products: &Products,
    output: &mut Output,
) -> Result<Vec<Order>, Error> {
    let mut rng = draw::generator(seed, "orders");
    let mut items = items::Items::open(seed, output)?;
    let mut table = output.table("orders", COLUMNS)?;
    let mut orders = Vec::new();
    // The day comes first and then a customer of that day, so that orders show the season.
    for created_at in calendar.moments(&mut rng, count, customers.first_day()) {
        let day = calendar.day_of(created_at);
        let customer = customers.active(&mut rng, day);
        let segment = customers.list[customer as usize].segment;
        let items_total = items.add(table.rows(), segment, day, products)?;
        let discount = draw::share(&mut rng, items_total, 0.0, 0.05);
        let shipping = if items_total < 10_000 { draw::cents(&mut rng, 0, 1_599) } else { 0 };
        let total = items_total - discount + shipping;
        let status = draw::word(&mut rng, &STATUSES);
        table
            .id("ORD", table.rows(), 7)
            .id("C", u64::from(customer), 6)
            .moment(created_at)
            .text(status)
            .cents(items_total)
            .cents(discount)
            .cents(shipping)
            .cents(total)
            .text(draw::word(&mut rng, &CHANNELS));
        table.end()?;
        orders.push(Order { customer, created_at, status, total });
    }
    output.keep(table)?;
    items.keep(output)?;
    Ok(orders)
}
