//! Rebuilds over extracts as others write them (data.md 5, 6 and 23).

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::{MetadataExt, symlink},
    path::{Path, PathBuf},
};

use agnes_analytics::{View, publish::Publication};
use duckdb::Connection;

use crate::support::{Extract, Place, error_of, rebuild, summary, table};

/// Path, inode and time of writing of each file below a folder.
fn files(folder: &Path) -> BTreeMap<PathBuf, (u64, i64, i64)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let metadata = entry.metadata().unwrap();
        if metadata.is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.insert(entry.path(), (metadata.ino(), metadata.mtime(), metadata.mtime_nsec()));
        }
    }
    found
}

/// The one number a query over a published table gives.
async fn ask(place: &Place, publication: &Publication, name: &str, sql: &str) -> serde_json::Value {
    let table = table(publication, name).unwrap_or_else(|| panic!("{name} is not published"));
    let files = table.parts.iter().map(|part| place.engine.objects().path(&part.digest)).collect();
    place.one(&[View { name: name.into(), files }], sql).await
}

#[tokio::test]
async fn an_extract_of_plain_duckdb_becomes_published_parts() {
    let place = Place::new();
    Extract::new(&place, "shop").meta(&["products"]).data("products", "SELECT range AS id, 'x' AS name FROM range(3)");
    let publisher = place.publisher();
    let publication = rebuild(&publisher, &[]).await;
    assert_eq!(summary(&publication), ["shop.products 3 published"]);
    assert_eq!(
        (publication.sources[0].error.as_ref(), &publication.sources[0].created),
        (None, &vec!["products".into()])
    );

    // Rows, size and columns are the file's own, whatever `_meta` says of them.
    let products = table(&publication, "products").unwrap();
    let source = place.path().join("extracts/shop/data/products.parquet");
    assert_eq!((products.rows, products.size_bytes), (3, fs::metadata(&source).unwrap().len()));
    assert_eq!(products.extracted_at.unwrap().to_rfc3339(), "2026-01-02T03:04:05+00:00");
    let columns: Vec<_> =
        products.columns.iter().map(|c| (c.name.as_str(), c.data_type.as_str(), c.nullable)).collect();
    assert_eq!(columns, [("id", "BIGINT", true), ("name", "VARCHAR", true)]);
    let part = &products.parts[0];
    assert_eq!(products.digest.as_ref(), Some(&part.digest));
    assert_eq!(fs::read(place.engine.objects().path(&part.digest)).unwrap(), fs::read(&source).unwrap());
    assert_eq!(part.md5.len(), 32);

    // Nothing in a source touches what is published.
    fs::write(&source, "rewritten in place").unwrap();
    assert_eq!(ask(&place, &publication, "products", "SELECT count(*) FROM products").await, 3);
}

#[tokio::test]
async fn a_rebuild_without_changes_writes_nothing() {
    let place = Place::new();
    Extract::new(&place, "shop")
        .meta_and(&["a", "b", "parts"], "CREATE TABLE b AS SELECT range AS x FROM range(1000)")
        .data("a", "SELECT 1 AS x")
        .data("parts/1", "SELECT 1 AS x")
        .data("parts/2", "SELECT 2 AS x, 3 AS y");
    let publisher = place.publisher();
    let first = rebuild(&publisher, &[]).await;
    assert_eq!(summary(&first), ["shop.a 1 published", "shop.b 1000 published", "shop.parts 2 published"]);
    let written = files(place.path());
    assert!(written.contains_key(&place.path().join("analytics/server.duckdb")));

    let second = rebuild(&publisher, &first.tables).await;
    assert_eq!(summary(&second), ["shop.a 1 unchanged", "shop.b 1000 unchanged", "shop.parts 2 unchanged"]);
    assert_eq!(second.tables, first.tables);
    assert_eq!(files(place.path()), written);

    // After a restart nothing is remembered; the parts are found to be what they were.
    let restarted = rebuild(&place.publisher(), &first.tables).await;
    assert_eq!(summary(&restarted), summary(&second));
    assert_eq!(files(&place.path().join("objects")), files(&place.path().join("objects")));
    let parts = |publication: &Publication| publication.tables.iter().flat_map(|t| t.parts.clone()).collect::<Vec<_>>();
    assert_eq!(parts(&restarted), parts(&first));
}

#[tokio::test]
async fn tables_and_views_inside_an_extract_are_taken_too() {
    let place = Place::new();
    let shop = Extract::new(&place, "shop");
    shop.data("t/x", "SELECT 5 AS n").data("elsewhere", "SELECT 6 AS n");
    let elsewhere = shop.folder.join("data/elsewhere.parquet");
    shop.meta_and(
        &["native", "computed", "over_file", "moved"],
        &format!(
            "CREATE TABLE native AS SELECT range AS n FROM range(10);
             CREATE VIEW computed AS SELECT sum(n)::BIGINT AS n FROM native;
             CREATE VIEW over_file AS SELECT * FROM read_parquet('{0}');
             CREATE VIEW moved AS SELECT * FROM read_parquet('{0}')",
            elsewhere.display()
        ),
    );
    // A view whose file is gone, with the data where the contract has it.
    shop.data("moved", "SELECT 7 AS n");
    let publication = rebuild(&place.publisher(), &[]).await;
    assert_eq!(
        summary(&publication),
        [
            "shop.computed 1 published",
            "shop.moved 1 published",
            "shop.native 10 published",
            "shop.over_file 1 published"
        ]
    );
    assert_eq!(ask(&place, &publication, "computed", "SELECT n FROM computed").await, 45);
    assert_eq!(ask(&place, &publication, "over_file", "SELECT n FROM over_file").await, 6);
    assert_eq!(ask(&place, &publication, "moved", "SELECT n FROM moved").await, 7);
}

#[tokio::test]
async fn several_files_of_a_table_become_one_part_by_name() {
    let place = Place::new();
    Extract::new(&place, "jira")
        .meta(&["issues", "empty", "single"])
        .data("issues/2026-01", "SELECT 1 AS id, 'a' AS title")
        .data("issues/2026-02", "SELECT 'b' AS title, 2 AS id, true AS done")
        .data("single/only", "SELECT 1 AS id");
    fs::create_dir(place.path().join("extracts/jira/data/empty")).unwrap();
    let publication = rebuild(&place.publisher(), &[]).await;
    assert_eq!(summary(&publication), ["jira.empty 0 error", "jira.issues 2 published", "jira.single 1 published"]);
    let issues = table(&publication, "issues").unwrap();
    assert_eq!(issues.parts.len(), 1);
    let sql = "SELECT string_agg(title || coalesce(done::VARCHAR, '-'), ',' ORDER BY id) FROM issues";
    assert_eq!(ask(&place, &publication, "issues", sql).await, "a-,btrue");
}

#[tokio::test]
async fn remote_tables_are_recorded_without_parts() {
    let place = Place::new();
    let source = Extract::new(&place, "bigquery");
    source.meta_and(
        &["events:remote", "local_one"],
        "CREATE TABLE _remote_attach (alias VARCHAR, extension VARCHAR, url VARCHAR, token_env VARCHAR);
         INSERT INTO _remote_attach VALUES ('bq', 'httpfs', 'project=x', 'JWT_SECRET_KEY')",
    );
    source.data("local_one", "SELECT 1 AS x");
    let publication = rebuild(&place.publisher(), &[]).await;
    assert_eq!(summary(&publication), ["bigquery.events 0 published", "bigquery.local_one 1 published"]);
    let events = table(&publication, "events").unwrap();
    assert_eq!((events.query_mode.as_str(), events.parts.len(), &events.digest), ("remote", 0, &None));
    let again = rebuild(&place.publisher(), &publication.tables).await;
    assert_eq!(summary(&again), ["bigquery.events 0 unchanged", "bigquery.local_one 1 unchanged"]);
}

#[tokio::test]
async fn a_name_belongs_to_its_first_owner_until_that_one_lets_go() {
    let place = Place::new();
    let alpha = Extract::new(&place, "alpha");
    alpha.meta(&["orders"]).data("orders", "SELECT 'alpha' AS who");
    let beta = Extract::new(&place, "beta");
    beta.meta(&["orders", "own", "ORDERS"]).data("orders", "SELECT 'beta' AS who").data("own", "SELECT 1 AS x");
    let publisher = place.publisher();
    let first = rebuild(&publisher, &[]).await;
    assert_eq!(
        summary(&first),
        ["beta.ORDERS 0 error", "alpha.orders 1 published", "beta.orders 0 error", "beta.own 1 published"]
    );
    assert_eq!(ask(&place, &first, "orders", "SELECT who FROM orders").await, "alpha");

    // alpha's file becomes garbage: its table stays, and beta is still refused.
    let whole = fs::read(alpha.file()).unwrap();
    fs::write(alpha.file(), "garbage").unwrap();
    let second = rebuild(&publisher, &first.tables).await;
    assert_eq!(table(&second, "orders"), table(&first, "orders"));
    assert!(error_of(&second, "orders").contains("could not be read"), "{:?}", second.outcomes);
    assert!(second.sources[0].error.is_some() && second.sources[1].error.is_none());

    // alpha says that it has no orders any more: the same rebuild gives them to beta.
    fs::write(alpha.file(), whole).unwrap();
    alpha.meta(&[]);
    let third = rebuild(&publisher, &second.tables).await;
    assert_eq!(ask(&place, &third, "orders", "SELECT who FROM orders").await, "beta");
    assert_eq!(table(&third, "orders").unwrap().source, "beta");
}

#[tokio::test]
async fn only_a_positive_statement_removes_a_table() {
    let place = Place::new();
    let shop = Extract::new(&place, "shop");
    shop.meta(&["a", "b"]).data("a", "SELECT 1 AS x").data("b", "SELECT 2 AS x");
    let publisher = place.publisher();
    let first = rebuild(&publisher, &[]).await;

    // A promised table without data: an error, and the old one stays.
    fs::remove_file(shop.folder.join("data/a.parquet")).unwrap();
    let second = rebuild(&publisher, &first.tables).await;
    assert_eq!(summary(&second), ["shop.a 1 error", "shop.b 1 unchanged"]);
    assert!(error_of(&second, "a").contains("missing"));
    assert_eq!(second.tables, first.tables);

    // A row that is gone from `_meta`: removed.
    shop.meta(&["b"]);
    let third = rebuild(&publisher, &second.tables).await;
    assert_eq!(summary(&third), ["shop.a 0 removed", "shop.b 1 unchanged"]);

    // No extracts at all, as when a disk is not mounted: nothing happens.
    fs::rename(place.path().join("extracts"), place.path().join("away")).unwrap();
    let fourth = rebuild(&publisher, &third.tables).await;
    assert_eq!((fourth.tables.len(), fourth.outcomes.len()), (1, 0));

    // The source is gone while its neighbours' place is there: removed.
    fs::create_dir(place.path().join("extracts")).unwrap();
    let fifth = rebuild(&publisher, &fourth.tables).await;
    assert_eq!(summary(&fifth), ["shop.b 0 removed"]);
}

#[tokio::test]
async fn damaged_files_keep_the_old_table() {
    let place = Place::new();
    let shop = Extract::new(&place, "shop");
    shop.meta(&["good", "cut", "lies"])
        .data("good", "SELECT 1 AS x")
        .data("cut", "SELECT range AS x FROM range(5000)")
        .data("lies", "SELECT 1 AS x");
    let publisher = place.publisher();
    let first = rebuild(&publisher, &[]).await;
    assert_eq!(summary(&first), ["shop.cut 5000 published", "shop.good 1 published", "shop.lies 1 published"]);
    let before = files(&place.path().join("objects"));

    let cut = shop.folder.join("data/cut.parquet");
    let bytes = fs::read(&cut).unwrap();
    fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    fs::write(shop.folder.join("data/lies.parquet"), "PAR1 this is not parquet PAR1").unwrap();
    let second = rebuild(&publisher, &first.tables).await;
    assert_eq!(summary(&second), ["shop.cut 5000 error", "shop.good 1 unchanged", "shop.lies 1 error"]);
    assert!(error_of(&second, "cut").contains("parquet"), "{}", error_of(&second, "cut"));
    assert_eq!(second.tables, first.tables);
    assert_eq!(files(&place.path().join("objects")), before, "what is not parquet does not stay among the parts");
}

#[tokio::test]
async fn nothing_outside_a_source_is_published() {
    let place = Place::new();
    let secret = place.path().join("secret.parquet");
    crate::support::parquet(&secret, "SELECT 4711 AS secret");
    fs::create_dir(place.path().join("secrets")).unwrap();
    fs::copy(&secret, place.path().join("secrets/a.parquet")).unwrap();
    let shop = Extract::new(&place, "shop");
    shop.meta_and(
        &["link", "folder", "inner", "view", "pipe", "ok"],
        &format!("CREATE VIEW view AS SELECT * FROM read_parquet('{}')", secret.display()),
    );
    let data = shop.folder.join("data");
    symlink(&secret, data.join("link.parquet")).unwrap();
    symlink(place.path().join("secrets"), data.join("folder")).unwrap();
    fs::create_dir(data.join("inner")).unwrap();
    symlink("../../../../secret.parquet", data.join("inner/a.parquet")).unwrap();
    fs::create_dir(data.join("pipe.parquet")).unwrap();
    shop.data("real", "SELECT 1 AS x");
    symlink("real.parquet", data.join("ok.parquet")).unwrap();
    let publication = rebuild(&place.publisher(), &[]).await;
    assert_eq!(
        summary(&publication),
        [
            "shop.folder 0 error",
            "shop.inner 0 error",
            "shop.link 0 error",
            "shop.ok 1 published",
            "shop.pipe 0 error",
            "shop.view 0 error"
        ]
    );
    for name in ["link", "folder", "inner"] {
        assert!(error_of(&publication, name).contains("symbolic link"), "{}", error_of(&publication, name));
    }
}

#[tokio::test]
async fn hostile_names_and_folders_are_passed_over() {
    let place = Place::new();
    Extract::new(&place, "evil; DROP TABLE users--").meta(&["t"]).data("t", "SELECT 1 AS x");
    Extract::new(&place, "main").meta(&["t"]).data("t", "SELECT 1 AS x");
    Extract::new(&place, "no_extract").data("t", "SELECT 1 AS x");
    Extract::new(&place, "Shop").meta(&["t"]).data("t", "SELECT 1 AS x");
    Extract::new(&place, "shop").meta(&["u"]).data("u", "SELECT 1 AS x");
    Extract::new(&place, "fine").meta(&["x'; DROP TABLE users--", "../t", "kept"]).data("kept", "SELECT 1 AS x");
    fs::write(place.path().join("extracts/a_file"), "x").unwrap();
    let publication = rebuild(&place.publisher(), &[]).await;
    assert_eq!(summary(&publication), ["fine.kept 1 published", "Shop.t 1 published"]);
    let errors: Vec<_> = publication.sources.iter().filter(|s| s.error.is_some()).map(|s| s.source.as_str()).collect();
    assert_eq!(errors, ["evil; DROP TABLE users--", "main", "shop"]);
}

#[tokio::test]
async fn extracts_that_are_not_what_they_should_be_are_unreadable() {
    let place = Place::new();
    let good = Extract::new(&place, "good");
    good.meta(&["t"]).data("t", "SELECT 1 AS x");
    let no_meta = Extract::new(&place, "no_meta");
    Connection::open(no_meta.file()).unwrap().execute_batch("CREATE TABLE t AS SELECT 1 AS x").unwrap();
    fs::write(Extract::new(&place, "empty").file(), "").unwrap();
    fs::create_dir(Extract::new(&place, "folder").file()).unwrap();
    let cut = Extract::new(&place, "cut");
    cut.meta(&["t2"]);
    let bytes = fs::read(cut.file()).unwrap();
    fs::write(cut.file(), &bytes[..bytes.len() / 3]).unwrap();
    let spoilt = Extract::new(&place, "spoilt");
    spoilt.meta(&["t3"]);
    let mut bytes = fs::read(spoilt.file()).unwrap();
    for byte in bytes.iter_mut().skip(4096 * 3) {
        *byte ^= 0x5A;
    }
    fs::write(spoilt.file(), bytes).unwrap();
    let wrong = Extract::new(&place, "wrong");
    Connection::open(wrong.file()).unwrap().execute_batch("CREATE TABLE _meta AS SELECT 1 AS other").unwrap();

    let publication = rebuild(&place.publisher(), &[]).await;
    assert_eq!(summary(&publication), ["good.t 1 published"]);
    for source in &publication.sources {
        assert_eq!(source.error.is_none(), source.source == "good", "{source:?}");
    }
}

#[tokio::test]
async fn an_extract_with_an_unfinished_log_is_read_with_it() {
    let place = Place::new();
    let shop = Extract::new(&place, "shop");
    shop.meta(&["a"]).data("a", "SELECT 1 AS x").data("b", "SELECT 2 AS x");
    // A writer that has committed but not checkpointed, and is gone: what it leaves is a copy of both files.
    let folder = tempfile::tempdir().unwrap();
    let open = folder.path().join("extract.duckdb");
    fs::copy(shop.file(), &open).unwrap();
    let writer = Connection::open(&open).unwrap();
    writer.execute_batch("INSERT INTO _meta (table_name) VALUES ('b')").unwrap();
    fs::copy(&open, shop.file()).unwrap();
    fs::copy(folder.path().join("extract.duckdb.wal"), shop.folder.join("extract.duckdb.wal")).unwrap();
    let publication = rebuild(&place.publisher(), &[]).await;
    assert_eq!(summary(&publication), ["shop.a 1 published", "shop.b 1 published"]);
    assert!(shop.folder.join("extract.duckdb.wal").exists(), "a source is only read");
}

#[tokio::test]
async fn server_duckdb_is_replaced_whole() {
    let place = Place::new();
    let analytics = place.path().join("analytics");
    fs::create_dir(&analytics).unwrap();
    fs::write(analytics.join("server.duckdb"), "from before").unwrap();
    fs::write(analytics.join("server.duckdb.wal"), "stale").unwrap();
    fs::write(analytics.join("server.duckdb.tmp"), "half").unwrap();
    let shop = Extract::new(&place, "shop");
    shop.meta(&["a"]).data("a", "SELECT 1 AS x");
    let publisher = place.publisher();
    let first = rebuild(&publisher, &[]).await;
    let target = analytics.join("server.duckdb");
    let names = || {
        let mut names: Vec<_> =
            files(&analytics).into_keys().map(|path| path.file_name().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(names(), ["server.duckdb"]);

    // A reader that has the old file open neither hinders nor notices.
    let reader = Connection::open_with_flags(
        &target,
        duckdb::Config::default().access_mode(duckdb::AccessMode::ReadOnly).unwrap(),
    )
    .unwrap();
    let count = |connection: &Connection, table: &str| {
        connection.query_row(&format!("SELECT sum(x)::BIGINT FROM {table}"), [], |row| row.get::<_, i64>(0))
    };
    assert_eq!(count(&reader, "a").unwrap(), 1);
    shop.meta(&["a", "b"]).data("b", "SELECT 2 AS x");
    rebuild(&publisher, &first.tables).await;
    assert_eq!(count(&reader, "a").unwrap(), 1);
    assert!(count(&reader, "b").is_err());
    drop(reader);
    assert_eq!(count(&Connection::open(&target).unwrap(), "b").unwrap(), 2);
    assert_eq!(names(), ["server.duckdb"]);
}
