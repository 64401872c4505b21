//! The service: its parts, its start and its stop.

use std::path::Path;
use std::sync::Arc;

use agnes_analytics::publish::Folders;
use agnes_analytics::{Engine, Objects, Publisher, WorkerCommand};
use agnes_contract::health::Health;
use agnes_identity::password::Passwords;
use agnes_identity::random::Random;
use agnes_identity::{secret, token::Signer};
use agnes_store::MemberRow;
use agnes_store::{Directory, Options, Store};
use chrono::{DateTime, Utc};

use crate::access::AccessViews;
use crate::actor::Actor;
use crate::catalog::Samples;
use crate::error::Error;
use crate::job::JobList;
use crate::manifest::Manifests;
use crate::settings::Settings;
use crate::sync::SyncQueue;
use crate::token::TokenUse;

/// How many passwords may be hashed at once: each takes 64 MiB.
const PARALLEL_HASHES: usize = 2;

/// Every use case, behind one cheap handle.
#[derive(Clone)]
pub struct Service(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) settings: Settings,
    pub(crate) store: Store,
    pub(crate) passwords: Passwords,
    pub(crate) signer: Signer,
    pub(crate) random: Random,
    pub(crate) objects: Objects,
    pub(crate) publisher: Publisher,
    pub(crate) engine: Engine,
    pub(crate) views: AccessViews,
    pub(crate) manifests: Manifests,
    pub(crate) samples: Samples,
    pub(crate) token_use: TokenUse,
    pub(crate) jobs: JobList,
    pub(crate) syncs: SyncQueue,
}

impl Service {
    /// Opens the data directory and starts what use cases need. Blocks on nothing asynchronous for long:
    /// the database is opened off the async threads.
    ///
    /// # Errors
    /// When another process holds the directory, or it cannot be opened.
    pub async fn start(settings: Settings) -> Result<Self, Error> {
        let options = Options {
            state_dir: settings.data_dir.join("state"),
            clock: settings.clock.clone(),
            memory_limit_mb: settings.system_memory_mb,
        };
        let store = tokio::task::spawn_blocking(move || Store::open(options))
            .await
            .map_err(Error::during("open the system database"))??;
        // Whoever wrote these is gone: the lock on the directory is ours.
        for scratch in ["uploads", "tmp"] {
            let folder = settings.data_dir.join(scratch);
            tokio::task::spawn_blocking(move || empty(&folder))
                .await
                .map_err(Error::during("sweep temporary files"))?
                .map_err(Error::io("sweep temporary files"))?;
        }
        let secret = secret::load_or_create(
            settings.jwt_secret.as_deref(),
            &settings.data_dir.join("state").join(".jwt_secret"),
        )
        .map_err(Error::io("load the token secret"))?;
        let objects = Objects::new(settings.data_dir.join("objects"));
        let worker = WorkerCommand { program: settings.worker.program.clone(), args: settings.worker.args.clone() };
        let engine = Engine::start(worker, settings.limits.clone(), objects.clone());
        let folders = Folders {
            extracts: settings.data_dir.join("extracts"),
            analytics: settings.data_dir.join("analytics"),
            tmp: settings.data_dir.join("tmp"),
        };
        let publisher = Publisher::new(folders, engine.clone());
        let service = Self(Arc::new(Inner {
            store,
            passwords: Passwords::new(PARALLEL_HASHES),
            signer: Signer::new(&secret),
            random: Random::system(),
            objects,
            publisher,
            engine,
            views: AccessViews::default(),
            manifests: Manifests::default(),
            samples: Samples::default(),
            token_use: TokenUse::default(),
            jobs: JobList::new(),
            syncs: SyncQueue::default(),
            settings,
        }));
        service.seed_admin().await?;
        if let Some(every) = service.0.settings.sync_every {
            service.sync_regularly(every);
        }
        Ok(service)
    }

    /// Lets nothing new begin, ends the workers, and closes the database with a checkpoint.
    ///
    /// # Errors
    /// When the last checkpoint fails; what was acknowledged is safe all the same.
    pub async fn stop(&self) -> Result<(), Error> {
        self.0.syncs.stop();
        self.0.engine.stop().await;
        self.0.store.close().await?;
        Ok(())
    }

    /// What the service was started with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The program itself as a caller: start-up, jobs, the sample instance.
    #[must_use]
    pub fn system_actor(&self) -> Actor {
        Actor::system()
    }

    /// That the process answers; touches nothing else.
    #[must_use]
    pub fn health(&self) -> Health {
        Health { status: "ok".to_owned(), instance_name: self.0.settings.instance_name.clone() }
    }

    /// Whether there is nobody yet, so that the first admin can be made.
    #[must_use]
    pub fn needs_setup(&self) -> bool {
        self.directory().users().is_empty()
    }

    pub(crate) fn directory(&self) -> Arc<Directory> {
        self.0.store.directory()
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.0.settings.clock.now()
    }

    /// Makes sure of the configured admin: exists, is a member of Admin, has a password if one is given
    /// and none is set. A password that is set is never replaced.
    async fn seed_admin(&self) -> Result<(), Error> {
        let Some(seed) = self.0.settings.seed_admin.clone() else { return Ok(()) };
        let directory = self.directory();
        let existing = directory.user_by_email(&seed.email).cloned();
        let has_password = existing.as_ref().is_some_and(|user| user.password_hash.is_some());
        let hash = match seed.password {
            Some(password) if !has_password => {
                Some(self.0.passwords.hash(&password).await.map_err(Error::during("hash the first admin's password"))?)
            }
            _ => None,
        };
        let is_member = existing.as_ref().is_some_and(|user| directory.is_admin(&user.id));
        if existing.is_some() && is_member && hash.is_none() {
            return Ok(());
        }
        let now = self.now();
        let admin_group = directory.admin_group_id().map(str::to_owned);
        let id = existing.as_ref().map_or_else(|| uuid::Uuid::new_v4().to_string(), |user| user.id.clone());
        self.0
            .store
            .write(move |tx| {
                match existing {
                    Some(user) => {
                        if let Some(hash) = hash {
                            let mut user = (*user).clone();
                            user.password_hash = Some(hash);
                            user.updated_at = Some(now);
                            tx.users().update(&user)?;
                        }
                    }
                    None => crate::user::insert(
                        tx,
                        crate::user::NewRow {
                            id: id.clone(),
                            email: seed.email,
                            name: "Admin".to_owned(),
                            role: "admin".to_owned(),
                            password_hash: hash,
                        },
                        now,
                    )?,
                }
                if let Some(group) = admin_group {
                    tx.members().insert(&MemberRow {
                        user_id: id,
                        group_id: group,
                        source: "system_seed".to_owned(),
                        added_at: Some(now),
                        added_by: Some("app.main:seed_admin".to_owned()),
                    })?;
                }
                Ok::<_, Error>(())
            })
            .await
    }
}

/// An empty folder in the place of one that may be full of leftovers, or absent.
fn empty(folder: &Path) -> std::io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    std::fs::create_dir_all(folder)
}
