//! The one place where `da` looks at the clock.

use chrono::{DateTime, Utc};

/// Now.
#[expect(clippy::disallowed_methods, reason = "the home of time in this program")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}
