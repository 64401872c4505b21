//! Drawing from a seeded generator.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// The generator of a table: the same for the same seed and name.
pub(super) fn generator(seed: u64, table: &str) -> StdRng {
    let mut key = [0_u8; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    for (byte, letter) in key[8..].iter_mut().zip(table.bytes()) {
        *byte = letter;
    }
    StdRng::from_seed(key)
}

/// The position of one of the weights, as often as its share.
pub(super) fn weighted(rng: &mut impl Rng, weights: &[u32]) -> usize {
    let mut left = rng.random_range(0..weights.iter().sum::<u32>().max(1));
    for (position, weight) in weights.iter().enumerate() {
        match left.checked_sub(*weight) {
            Some(rest) => left = rest,
            None => return position,
        }
    }
    0
}

/// One of the words, as often as its weight.
pub(super) fn word(rng: &mut impl Rng, words: &[(&'static str, u32)]) -> &'static str {
    let mut left = rng.random_range(0..words.iter().map(|(_, weight)| weight).sum::<u32>().max(1));
    for (word, weight) in words {
        match left.checked_sub(*weight) {
            Some(rest) => left = rest,
            None => return word,
        }
    }
    words.first().map_or("", |(word, _)| word)
}

/// One of these, all alike.
pub(super) fn one<T: Copy>(rng: &mut impl Rng, choices: &[T]) -> T {
    choices[rng.random_range(0..choices.len())]
}

/// True in so many of a hundred cases.
pub(super) fn percent(rng: &mut impl Rng, chance: u32) -> bool {
    rng.random_range(0..100) < chance
}

/// An amount in cents, both ends included.
pub(super) fn cents(rng: &mut impl Rng, low: i64, high: i64) -> i64 {
    rng.random_range(low..=high)
}

/// A part of an amount, in whole cents.
pub(super) fn share(rng: &mut impl Rng, amount: i64, low: f64, high: f64) -> i64 {
    scale(amount, rng.random_range(low..=high))
}

/// An amount times a factor, in whole cents.
pub(super) fn scale(amount: i64, factor: f64) -> i64 {
    // Amounts here are far below 2^53 cents: nothing is lost on the way.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "amounts are small")]
    let scaled = (amount as f64 * factor).round() as i64;
    scaled
}
