//! Attempts to sign in, counted per client and per account. Only failures count.

use std::net::IpAddr;

use agnes_contract::error::Code;
use agnes_identity::throttle::Throttle;
use agnes_service::Origin;
use agnes_store::Clock;
use axum::http::header;

use crate::errors::ApiError;

/// How many attempts may come at once before the rate counts.
const BURST: u32 = 20;

/// Counts by client address and by account.
pub struct Throttling(Throttle<String>);

/// Attempts taken; dropped they stay counted.
#[must_use]
pub struct Taken<'a> {
    throttle: &'a Throttle<String>,
    keys: Vec<String>,
}

impl Throttling {
    /// Allows so many failures a minute; 0 is no limit.
    #[must_use]
    pub fn new(per_minute: u32, clock: Clock) -> Self {
        Self(Throttle::new(per_minute, BURST, clock))
    }

    /// Takes an attempt, before its outcome is known: of many at once no more go through.
    ///
    /// # Errors
    /// `rate_limited`, with `Retry-After`.
    pub fn take(&self, origin: &Origin, account: Option<&str>) -> Result<Taken<'_>, ApiError> {
        let mut taken = Taken { throttle: &self.0, keys: Vec::new() };
        for key in keys(origin, account) {
            if let Err(wait) = self.0.take(&key) {
                taken.give_back();
                let seconds = wait.as_secs().max(1);
                let detail = format!("Too many attempts. Try again in {seconds} seconds.");
                return Err(ApiError::new(Code::RateLimited, detail).with(header::RETRY_AFTER, seconds));
            }
            taken.keys.push(key);
        }
        Ok(taken)
    }
}

impl Taken<'_> {
    /// It was no failure: it does not count.
    pub fn give_back(self) {
        for key in &self.keys {
            self.throttle.give_back(key);
        }
    }
}

fn keys(origin: &Origin, account: Option<&str>) -> impl Iterator<Item = String> {
    let client = origin.address.map(|address| format!("client {}", network(address)));
    let account = account.map(|account| format!("account {}", account.to_lowercase()));
    [client, account].into_iter().flatten()
}

/// One household has a whole /64 of IPv6 addresses.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
    }
}
