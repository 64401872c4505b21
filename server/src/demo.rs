//! `agnes demo`: an instance with a generated shop in it, the same at every start.

use std::{io, path::Path, time::Duration};

use agnes_connectors::shop::{self, Format, Options, Size};
use agnes_contract::{
    access::{NewGrant, ResourceType},
    group::{NewGroup, NewMembership},
    table::NewTable,
    user::NewUser,
};
use agnes_service::{Actor, Service};

use crate::{
    config::{Config, Environment, Error},
    serve::Server,
};

/// The first admin.
const ADMIN: &str = "admin@example.com";

/// Somebody with a few tables.
const ANALYST: &str = "analyst@example.com";

/// The folder of the shop's files below the csv root; also the bucket of its tables.
const BUCKET: &str = "shop";

/// Another seed, another shop.
const SEED: u64 = 42;

/// What each group may read.
const GROUPS: &[(&str, &str, &[&str])] = &[
    ("Sales", "What was sold, to whom, for how much", &["customers", "products", "orders", "order_items", "campaigns"]),
    ("Support", "Who needs help, and with what", &["customers", "orders", "support_tickets", "returns"]),
];

/// Written when everything stands: later starts change nothing somebody may have changed since.
const MARKER: &str = "demo.json";

/// The configuration of a demo: as for serving, with a data directory of its own.
///
/// # Errors
/// As [`Config::load`].
pub fn config(environment: &Environment) -> Result<Config, Error> {
    let mut config = Config::load(&environment.clone().or("DATA_DIR", "./data/demo"))?;
    config.is_demo = true;
    config.links_sign_in_at_once = true;
    Ok(config)
}

/// Makes the sample instance where it is not made yet, and fresh sign-in links.
///
/// # Errors
/// When something of it cannot be made.
pub async fn prepare(server: &Server) -> anyhow::Result<Vec<(&'static str, String)>> {
    let service = server.service();
    let marker = server.config().data_dir.join(MARKER);
    if !tokio::fs::try_exists(&marker).await? {
        fill(service, &server.config().service.csv_root).await?;
        tokio::fs::write(&marker, format!("{{\"seed\":{SEED}}}\n")).await?;
    }
    let mut links = Vec::new();
    for email in [ADMIN, ANALYST] {
        // Somebody may have removed an account of the demo; then it has no link.
        match service.link_mint(email).await {
            Ok(token) => links.push((email, format!("{}/auth/link?token={token}", server.url()))),
            Err(error) => tracing::warn!(%error, "No sign-in link for one of the demo's accounts"),
        }
    }
    Ok(links)
}

async fn fill(service: &Service, csv_root: &Path) -> anyhow::Result<()> {
    generate(csv_root.join(BUCKET)).await?;
    let actor = service.system_actor();
    let tables = register(service, &actor).await?;
    let analyst = person(service, &actor, ANALYST, "Sample Analyst", "analyst").await?;
    person(service, &actor, ADMIN, "Sample Admin", "admin").await?;
    for (name, description, readable) in GROUPS {
        let group = group(service, &actor, name, description).await?;
        for id in readable.iter().filter(|id| tables.iter().any(|table| table == *id)) {
            grant(service, &actor, &group, id).await?;
        }
        if *name == "Sales" {
            let there = service.user_memberships(&actor, &analyst).await?;
            if !there.iter().any(|membership| membership.group_id == group) {
                service.user_membership_add(&actor, &analyst, NewMembership { group_id: group }).await?;
            }
        }
    }
    sync(service, &actor).await
}

async fn generate(folder: std::path::PathBuf) -> anyhow::Result<()> {
    tracing::info!("Generating the sample shop");
    let made = tokio::task::spawn_blocking(move || {
        std::fs::create_dir_all(&folder)?;
        let options = Options { size: Size::S, seed: SEED, output: &folder, format: Format::Csv };
        shop::generate(&options).map_err(io::Error::other)
    });
    made.await??;
    Ok(())
}

/// Registers what is not registered; answers with every table's id.
async fn register(service: &Service, actor: &Actor) -> anyhow::Result<Vec<String>> {
    let registry = service.table_registry(actor).await?;
    let mut ids: Vec<String> = registry.tables.iter().map(|table| table.id.clone()).collect();
    for (name, description) in shop::table_descriptions() {
        if registry.tables.iter().any(|table| table.name == *name) {
            continue;
        }
        let new: NewTable = serde_json::from_value(serde_json::json!({
            "name": name,
            "description": description,
            "source_type": "csv",
            "bucket": BUCKET,
            "source_table": format!("{name}.csv"),
            "is_public": false,
        }))?;
        ids.push(service.table_register(actor, new).await?.id);
    }
    Ok(ids)
}

async fn person(service: &Service, actor: &Actor, email: &str, name: &str, role: &str) -> anyhow::Result<String> {
    if let Some(user) = service.user_list(actor).await?.into_iter().find(|user| user.email == email) {
        return Ok(user.id);
    }
    let new = NewUser { email: email.to_owned(), name: name.to_owned(), role: role.to_owned(), send_invite: false };
    Ok(service.user_create(actor, new).await?.id)
}

async fn group(service: &Service, actor: &Actor, name: &str, description: &str) -> anyhow::Result<String> {
    if let Some(group) = service.group_list(actor).await?.into_iter().find(|group| group.name == name) {
        return Ok(group.id);
    }
    let new = NewGroup { name: name.to_owned(), description: Some(description.to_owned()) };
    Ok(service.group_create(actor, new).await?.id)
}

async fn grant(service: &Service, actor: &Actor, group: &str, table: &str) -> anyhow::Result<()> {
    let held = service.grant_list(actor, Some(ResourceType::Table.key().to_owned()), Some(group.to_owned())).await?;
    if !held.iter().any(|grant| grant.resource_id == table) {
        let new = NewGrant {
            group_id: group.to_owned(),
            resource_type: ResourceType::Table.key().to_owned(),
            resource_id: table.to_owned(),
        };
        service.grant_create(actor, new).await?;
    }
    Ok(())
}

/// The first sync, to its end: who opens the console finds data in it.
async fn sync(service: &Service, actor: &Actor) -> anyhow::Result<()> {
    tracing::info!("Syncing the sample shop");
    let started = service.sync_trigger(actor, None).await?;
    loop {
        let job = service.job_find(actor, &started.job_id).await?;
        if job.state.is_over() {
            anyhow::ensure!(job.error.is_none(), "the first sync failed: {}", job.error.unwrap_or_default());
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
