//! What xtask says: a line when a step begins, its time when it ends, a table at the end.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the one place of xtask that prints")]

use std::time::{Duration, Instant};

use anyhow::Result;

/// The steps taken so far, in order, with their times.
pub struct Steps {
    started: Instant,
    taken: Vec<Step>,
}

struct Step {
    name: String,
    passed: bool,
    took: Duration,
}

impl Steps {
    pub fn start() -> Self {
        Self { started: Instant::now(), taken: Vec::new() }
    }

    /// Runs one step, saying when it begins and how long it took.
    pub fn take<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        eprintln!("\n==> {name}");
        let started = Instant::now();
        let result = work();
        let took = started.elapsed();
        let passed = result.is_ok();
        eprintln!("    {} in {}", if passed { "done" } else { "FAILED" }, seconds(took));
        self.taken.push(Step { name: name.to_owned(), passed, took });
        result
    }

    /// Runs one step of a list that goes on after a failure; the summary tells.
    pub fn attempt(&mut self, name: &str, work: impl FnOnce() -> Result<()>) {
        if let Err(error) = self.take(name, work) {
            complain(&format!("{error:#}"));
        }
    }

    pub fn all_passed(&self) -> bool {
        self.taken.iter().all(|step| step.passed)
    }

    /// Prints every step with its outcome and time.
    pub fn summarise(&self) {
        let width = self.taken.iter().map(|step| step.name.chars().count()).max().unwrap_or(0);
        eprintln!("\n==> summary");
        for step in &self.taken {
            let outcome = if step.passed { "ok" } else { "FAILED" };
            eprintln!("    {:<width$}  {outcome:<6}  {:>9}", step.name, seconds(step.took));
        }
        eprintln!("    {:<width$}  {:<6}  {:>9}", "together", "", seconds(self.started.elapsed()));
    }
}

/// A remark inside a step.
pub fn note(text: &str) {
    eprintln!("    {text}");
}

/// What went wrong.
pub fn complain(text: &str) {
    eprintln!("error: {text}");
}

/// A line for another program to read.
pub fn answer(text: &str) {
    println!("{text}");
}

fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

/// Bytes as people read them.
pub fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
    let value = bytes as f64;
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", value / 1e3),
        _ => format!("{:.1} MB", value / 1e6),
    }
}
