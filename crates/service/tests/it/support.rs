//! A service in a temporary directory, with people made through its own use cases.

use std::path::PathBuf;
use std::time::Duration;

use agnes_analytics::Limits;
use agnes_contract::auth::Credentials;
use agnes_contract::group::{NewGroup, NewMember};
use agnes_contract::table::NewTable;
use agnes_contract::user::{NewPassword, NewUser};
use agnes_service::{Actor, Build, Origin, Service, Settings, Subprocess};
use agnes_store::{Clock, ManualClock};
use tempfile::TempDir;

pub const PASSWORD: &str = "correct horse";

pub struct Fixture {
    pub service: Service,
    pub admin: Actor,
    pub time: ManualClock,
    _dir: TempDir,
}

impl Fixture {
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (clock, time) = Clock::manual();
        // Nothing here queries: whoever tried would find no worker.
        let nothing = Subprocess { program: PathBuf::from("/bin/false"), args: Vec::new() };
        let mut settings = Settings {
            data_dir: dir.path().to_owned(),
            csv_root: dir.path().join("csv"),
            instance_name: "Test".to_owned(),
            table_grants: true,
            jwt_secret: None,
            seed_admin: None,
            worker: nothing.clone(),
            extract: nothing,
            limits: Limits::default(),
            extract_timeout: Duration::from_secs(10),
            sync_every: None,
            system_memory_mb: 128,
            build: Build {
                version: "0".to_owned(),
                channel: "test".to_owned(),
                image_tag: "test".to_owned(),
                commit_sha: "test".to_owned(),
            },
            started_at: clock.now(),
            clock,
        };
        change(&mut settings);
        let service = Service::start(settings).await.unwrap();
        let mut fixture = Self { admin: service.system_actor(), service, time, _dir: dir };
        fixture.admin = fixture.person("admin@example.com", "admin").await;
        fixture
    }

    /// A person with this address and role, signed in.
    pub async fn person(&self, email: &str, role: &str) -> Actor {
        let new =
            NewUser { email: email.to_owned(), name: "Somebody".to_owned(), role: role.to_owned(), send_invite: false };
        let user = self.service.user_create(&self.admin, new).await.unwrap();
        let password = NewPassword { password: PASSWORD.to_owned() };
        self.service.user_set_password(&self.admin, &user.id, password).await.unwrap();
        self.sign_in(email).await
    }

    pub async fn sign_in(&self, email: &str) -> Actor {
        let credentials = Credentials { email: email.to_owned(), password: PASSWORD.to_owned() };
        let signed_in = self.service.auth_token(credentials, &Origin::default()).await.unwrap();
        self.service.authenticate_bearer(&signed_in.access_token, &Origin::default()).unwrap()
    }

    /// A group with these members; the answer is its id.
    pub async fn group(&self, name: &str, members: &[&Actor]) -> String {
        let group = self
            .service
            .group_create(&self.admin, NewGroup { name: name.to_owned(), description: None })
            .await
            .unwrap();
        for member in members {
            let new = NewMember { email: member.email().to_owned() };
            self.service.group_member_add(&self.admin, &group.id, new).await.unwrap();
        }
        group.id
    }

    /// A registered table; the answer is its id.
    pub async fn table(&self, name: &str, bucket: Option<&str>, is_public: bool) -> String {
        let new = NewTable {
            name: name.to_owned(),
            folder: None,
            sync_strategy: None,
            primary_key: None,
            description: None,
            source_type: None,
            bucket: bucket.map(str::to_owned),
            source_table: None,
            query_mode: None,
            sync_schedule: None,
            profile_after_sync: None,
            is_public: Some(is_public),
        };
        self.service.table_register(&self.admin, new).await.unwrap().id
    }

    /// The ids of the tables somebody sees in the catalog, as of now, with what they signed in with before.
    pub async fn sees(&self, actor: &Actor) -> Vec<String> {
        let again = self.sign_in(actor.email()).await;
        let catalog = self.service.catalog(&again).await.unwrap();
        catalog.tables.into_iter().map(|table| table.id).collect()
    }
}
