//! Products: six categories, each with its prices and margins.

use rand::Rng;

use super::calendar::{Calendar, Day};
use super::draw;
use super::output::{Columns, Output};
use crate::error::Error;

const COLUMNS: Columns = &[
    ("product_id", "VARCHAR"),
    ("sku", "VARCHAR"),
    ("name", "VARCHAR"),
    ("category", "VARCHAR"),
    ("price", "DOUBLE"),
    ("cost", "DOUBLE"),
    ("weight_kg", "DOUBLE"),
    ("is_active", "BIGINT"),
    ("created_at", "DATE"),
];

struct Category {
    name: &'static str,
    /// Cents.
    price: (i64, i64),
    cost: (f64, f64),
    names: [&'static str; 15],
}

const CATEGORIES: [Category; 6] = [
    Category {
        name: "Electronics",
        price: (1_999, 129_999),
        cost: (0.40, 0.65),
        names: [
            "Wireless Headphones",
            "Bluetooth Speaker",
            "Smart Watch",
            "Laptop Stand",
            "Mechanical Keyboard",
            "4K Monitor",
            "USB-C Hub",
            "Portable SSD",
            "Action Camera",
            "Tablet",
            "E-Reader",
            "Webcam",
            "Power Bank",
            "Wi-Fi Router",
            "Noise Meter",
        ],
    },
    Category {
        name: "Clothing",
        price: (999, 29_999),
        cost: (0.30, 0.55),
        names: [
            "Cotton T-Shirt",
            "Denim Jacket",
            "Wool Sweater",
            "Rain Coat",
            "Chino Trousers",
            "Linen Shirt",
            "Running Tights",
            "Winter Boots",
            "Leather Belt",
            "Silk Scarf",
            "Baseball Cap",
            "Hoodie",
            "Summer Dress",
            "Ankle Socks",
            "Fleece Vest",
        ],
    },
    Category {
        name: "Home & Garden",
        price: (799, 19_999),
        cost: (0.35, 0.55),
        names: [
            "Garden Hose",
            "Table Lamp",
            "Coffee Maker",
            "Cast Iron Pan",
            "Bed Linen Set",
            "Plant Pot",
            "Wall Clock",
            "Kitchen Knife",
            "Throw Blanket",
            "Storage Basket",
            "Pruning Shears",
            "Door Mat",
            "Tea Kettle",
            "Picture Frame",
            "Bird Feeder",
        ],
    },
    Category {
        name: "Sports & Outdoors",
        price: (899, 24_999),
        cost: (0.35, 0.60),
        names: [
            "Yoga Mat",
            "Camping Tent",
            "Trekking Poles",
            "Bicycle Helmet",
            "Climbing Rope",
            "Water Bottle",
            "Sleeping Bag",
            "Tennis Racket",
            "Dumbbell Set",
            "Swimming Goggles",
            "Backpack",
            "Head Torch",
            "Fishing Rod",
            "Skipping Rope",
            "Football",
        ],
    },
    Category {
        name: "Books & Media",
        price: (599, 7_999),
        cost: (0.25, 0.45),
        names: [
            "Cookbook",
            "Travel Guide",
            "Crime Novel",
            "Board Game",
            "Photo Book",
            "Language Course",
            "Vinyl Record",
            "Children's Atlas",
            "Graphic Novel",
            "Garden Almanac",
            "Poetry Collection",
            "Puzzle 1000",
            "Audio Book",
            "Sketch Pad",
            "Chess Primer",
        ],
    },
    Category {
        name: "Beauty & Health",
        price: (499, 14_999),
        cost: (0.20, 0.45),
        names: [
            "Face Cream",
            "Shampoo Bar",
            "Electric Toothbrush",
            "Hair Dryer",
            "Lip Balm",
            "Massage Gun",
            "Vitamin D",
            "Sun Lotion",
            "Hand Soap",
            "Perfume",
            "Nail Kit",
            "Bath Salts",
            "Body Scale",
            "Razor Set",
            "Herbal Tea",
        ],
    },
];

const VARIANTS: [&str; 8] = ["Pro", "Lite", "Classic", "Plus", "Mini", "Max", "Eco", "Premium"];
const COLOURS: [&str; 10] =
    ["Black", "White", "Navy", "Olive", "Crimson", "Sand", "Graphite", "Teal", "Amber", "Ivory"];

/// What other tables need of a product.
pub(super) struct Product {
    /// Cents.
    pub price: i64,
    pub created: Day,
}

/// All products, oldest first.
pub(super) struct Products(Vec<Product>);

impl Products {
    /// A product there was on that day, and its price in cents.
    pub(super) fn any(&self, rng: &mut impl Rng, day: Day) -> (u32, i64) {
        let known = self.0.partition_point(|product| product.created <= day);
        let chosen = rng.random_range(0..known.max(1));
        (u32::try_from(chosen).unwrap_or(0), self.0[chosen].price)
    }
}

pub(super) fn generate(count: u32, seed: u64, calendar: &Calendar, output: &mut Output) -> Result<Products, Error> {
    let mut rng = draw::generator(seed, "products");
    let mut table = output.table("products", COLUMNS)?;
    // The shop opens with a good part of its range: the first orders need something to buy.
    let opening = (count * 2).div_ceil(5);
    let mut days: Vec<Day> =
        (0..count).map(|number| if number < opening { 0 } else { calendar.day(&mut rng, 0) }).collect();
    days.sort_unstable();
    let first_sku = rng.random_range(0..90_000_u64);
    let mut products = Products(Vec::new());
    for (number, created) in days.into_iter().enumerate() {
        let category = &CATEGORIES[number % CATEGORIES.len()];
        let price = draw::cents(&mut rng, category.price.0, category.price.1);
        // 7919 and 90000 have no common factor: every number comes once before one comes again.
        let sku = 10_000 + (first_sku + number as u64 * 7_919) % 90_000;
        table
            .id("P", number as u64, 5)
            .text(&format!("SKU-{sku}"))
            .text(&name(&mut rng, category, number))
            .text(category.name)
            .cents(price)
            .cents(draw::share(&mut rng, price, category.cost.0, category.cost.1))
            .cents(rng.random_range(10..=1_500))
            .flag(draw::percent(&mut rng, 90))
            .date(calendar.date(created));
        table.end()?;
        products.0.push(Product { price, created });
    }
    output.keep(table)?;
    Ok(products)
}

/// The plain names first; when they are used up, with a variant and a colour.
fn name(rng: &mut impl Rng, category: &Category, number: usize) -> String {
    let base = category.names[number / CATEGORIES.len() % category.names.len()];
    if number < CATEGORIES.len() * category.names.len() {
        return base.to_owned();
    }
    format!("{base} {} {}", draw::one(rng, &VARIANTS), draw::one(rng, &COLOURS))
}
