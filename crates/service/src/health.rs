//! How the instance is doing.

use std::collections::BTreeMap;

use agnes_contract::health::{DetailedHealth, ServiceHealth, Version};
use agnes_contract::job::JobState;
use chrono::Duration;

use crate::actor::Actor;
use crate::error::Error;
use crate::service::Service;

/// The reference's schema, which our database speaks.
const SCHEMA_VERSION: i64 = 14;
/// Below this a publication of ordinary size may fail.
const LOW_DISK_BYTES: u64 = 1 << 30;

fn ok() -> ServiceHealth {
    ServiceHealth { status: "ok".to_owned(), ..ServiceHealth::default() }
}

fn warning(detail: impl Into<String>) -> ServiceHealth {
    ServiceHealth { status: "warning".to_owned(), detail: Some(detail.into()), ..ServiceHealth::default() }
}

impl Service {
    /// What this build is.
    #[must_use]
    pub fn version(&self) -> Version {
        let settings = &self.0.settings;
        Version {
            version: settings.build.version.clone(),
            channel: settings.build.channel.clone(),
            image_tag: settings.build.image_tag.clone(),
            commit_sha: settings.build.commit_sha.clone(),
            schema_version: SCHEMA_VERSION,
            deployed_at: settings.started_at,
        }
    }

    /// How each part is doing. Names of tables only as far as the caller may read them.
    ///
    /// # Errors
    /// None: trouble is the answer.
    pub async fn health_detailed(&self, actor: &Actor) -> Result<DetailedHealth, Error> {
        let directory = self.directory();
        let mut services = BTreeMap::new();
        let database = match self.0.store.write_volatile(|tx| Ok::<_, Error>(tx.users().count()?)).await {
            Ok(_) => ok(),
            Err(_) => ServiceHealth {
                status: "error".to_owned(),
                detail: Some("The system database does not answer".to_owned()),
                ..ServiceHealth::default()
            },
        };
        services.insert("duckdb_state".to_owned(), database);
        services.insert("data".to_owned(), self.data_health(actor));
        let count = directory.users().len() as u64;
        services.insert("users".to_owned(), ServiceHealth { count: Some(count), ..ok() });
        services.insert("sync".to_owned(), self.sync_health());
        services.insert("disk".to_owned(), self.disk_health());
        let status = if services.values().any(|service| service.status == "error") {
            "unhealthy"
        } else if services.values().any(|service| service.status == "warning") {
            "degraded"
        } else {
            "healthy"
        };
        Ok(DetailedHealth { version: self.version(), status: status.to_owned(), timestamp: self.now(), services })
    }

    fn data_health(&self, actor: &Actor) -> ServiceHealth {
        let directory = self.directory();
        // Of what the caller may not read, not even the number is told.
        let day_ago = self.now() - Duration::hours(24);
        let view = self.access_view(actor);
        let published = || view.tables().iter().filter_map(|table| table.published.as_deref());
        let stale: Vec<String> = view
            .tables()
            .iter()
            .filter(|table| {
                let last = directory.attempt(&table.name).and_then(|attempt| attempt.succeeded_at);
                table.published.is_some() && last.is_none_or(|last| last < day_ago)
            })
            .map(|table| table.id.clone())
            .collect();
        ServiceHealth {
            status: if stale.is_empty() { "ok" } else { "warning" }.to_owned(),
            tables: Some(published().count() as u64),
            total_rows: Some(published().map(|table| table.rows).sum()),
            stale_tables: Some(stale),
            ..ServiceHealth::default()
        }
    }

    fn sync_health(&self) -> ServiceHealth {
        match self.0.jobs.last_over("sync") {
            Some(job) if job.state == JobState::Failed => warning("The last sync failed"),
            Some(job) if job.state == JobState::Partial => warning("The last sync failed for some tables"),
            _ => ok(),
        }
    }

    fn disk_health(&self) -> ServiceHealth {
        let Ok(stat) = rustix::fs::statvfs(&self.0.settings.data_dir) else {
            return warning("The free space could not be measured");
        };
        let free_bytes = Some(stat.f_bavail.saturating_mul(stat.f_frsize));
        match free_bytes {
            Some(free) if free < LOW_DISK_BYTES => ServiceHealth { free_bytes, ..warning("The disk is almost full") },
            _ => ServiceHealth { free_bytes, ..ok() },
        }
    }
}
