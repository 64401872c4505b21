//! What is in an order.

use rand::Rng;
use rand::rngs::StdRng;

use super::calendar::Day;
use super::customers::Segment;
use super::draw;
use super::output::{Columns, Output, Table};
use super::products::Products;
use crate::error::Error;

const COLUMNS: Columns = &[
    ("order_item_id", "VARCHAR"),
    ("order_id", "VARCHAR"),
    ("product_id", "VARCHAR"),
    ("quantity", "BIGINT"),
    ("unit_price", "DOUBLE"),
    ("discount_percent", "BIGINT"),
    ("line_total", "DOUBLE"),
];

const DISCOUNTS: [i64; 5] = [0, 5, 10, 15, 20];

/// The items of all orders.
pub(super) struct Items {
    table: Table,
    rng: StdRng,
}

impl Items {
    pub(super) fn open(seed: u64, output: &Output) -> Result<Self, Error> {
        Ok(Self { table: output.table("order_items", COLUMNS)?, rng: draw::generator(seed, "order_items") })
    }

    /// Adds the items of an order; gives what they cost in cents.
    pub(super) fn add(&mut self, order: u64, segment: Segment, day: Day, products: &Products) -> Result<i64, Error> {
        let rng = &mut self.rng;
        let count = if segment.is_business() {
            draw::weighted(rng, &[8, 7, 6, 5, 4, 3, 2, 1])
        } else {
            draw::weighted(rng, &[5, 4, 3, 2, 1])
        };
        let mut total = 0;
        for _ in 0..=count {
            let (product, price) = products.any(rng, day);
            let packs = if segment == Segment::Enterprise { rng.random_range(1..=5) } else { 1 };
            let quantity = (1 + draw::weighted(rng, &[60, 20, 10, 5, 5]) as i64) * packs;
            let discount = DISCOUNTS[draw::weighted(rng, &[50, 20, 15, 10, 5])];
            // Half a cent is rounded up.
            let line = (price * quantity * (100 - discount) + 50) / 100;
            total += line;
            self.table
                .id("OI", self.table.rows(), 8)
                .id("ORD", order, 7)
                .id("P", u64::from(product), 5)
                .int(quantity)
                .cents(price)
                .int(discount)
                .cents(line);
            self.table.end()?;
        }
        Ok(total)
    }

    pub(super) fn keep(self, output: &mut Output) -> Result<(), Error> {
        output.keep(self.table)
    }
}
