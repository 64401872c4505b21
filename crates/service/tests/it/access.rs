use agnes_contract::access::NewGrant;
use agnes_contract::error::Code;
use agnes_contract::table::TableChanges;

use crate::support::Fixture;

fn table_grant(group_id: &str, table: &str) -> NewGrant {
    NewGrant { group_id: group_id.to_owned(), resource_type: "table".to_owned(), resource_id: table.to_owned() }
}

#[tokio::test]
async fn a_grant_shows_exactly_one_table_and_its_end_hides_it() {
    let fixture = Fixture::start().await;
    let analyst = fixture.person("analyst@example.com", "analyst").await;
    let group = fixture.group("Sales", &[&analyst]).await;
    fixture.table("orders", None, false).await;
    fixture.table("payments", None, false).await;
    assert!(fixture.sees(&analyst).await.is_empty());

    let grant = fixture.service.grant_create(&fixture.admin, table_grant(&group, "orders")).await.unwrap();
    assert_eq!(fixture.sees(&analyst).await, ["orders"]);
    assert_eq!(fixture.sees(&fixture.admin).await, ["orders", "payments"]);

    fixture.service.grant_remove(&fixture.admin, &grant.id).await.unwrap();
    assert!(fixture.sees(&analyst).await.is_empty());
}

#[tokio::test]
async fn rights_come_from_visibility_groups_and_everyone() {
    let fixture = Fixture::start().await;
    let inside = fixture.person("inside@example.com", "analyst").await;
    let outside = fixture.person("outside@example.com", "analyst").await;
    let group = fixture.group("Sales", &[&inside]).await;
    for (name, public) in [("open", true), ("granted", false), ("to_all", false), ("closed", false)] {
        fixture.table(name, None, public).await;
    }
    let groups = fixture.service.group_list(&fixture.admin).await.unwrap();
    let everyone = &groups.iter().find(|group| group.name == "Everyone").unwrap().id;
    fixture.service.grant_create(&fixture.admin, table_grant(&group, "granted")).await.unwrap();
    fixture.service.grant_create(&fixture.admin, table_grant(everyone, "to_all")).await.unwrap();

    assert_eq!(fixture.sees(&inside).await, ["granted", "open", "to_all"]);
    assert_eq!(fixture.sees(&outside).await, ["open", "to_all"]);
}

#[tokio::test]
async fn a_table_made_private_disappears_at_once() {
    let fixture = Fixture::start().await;
    let analyst = fixture.person("analyst@example.com", "analyst").await;
    let id = fixture.table("Orders 2026", None, true).await;
    assert_eq!(id, "orders_2026");
    assert_eq!(fixture.sees(&analyst).await, ["orders_2026"]);
    let private = TableChanges { is_public: Some(false), ..TableChanges::default() };
    fixture.service.table_update(&fixture.admin, &id, private).await.unwrap();
    assert!(fixture.sees(&analyst).await.is_empty());
}

#[tokio::test]
async fn grants_do_not_count_where_they_are_switched_off() {
    let fixture = Fixture::with(|settings| settings.table_grants = false).await;
    let analyst = fixture.person("analyst@example.com", "analyst").await;
    let group = fixture.group("Sales", &[&analyst]).await;
    fixture.table("orders", None, false).await;
    let refused = fixture.service.grant_create(&fixture.admin, table_grant(&group, "orders")).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceTypeDisabled);
    assert!(refused.detail().contains("AGNES_ENABLE_TABLE_GRANTS"));
    assert!(fixture.sees(&analyst).await.is_empty());
}

#[tokio::test]
async fn an_unknown_table_looks_like_one_not_granted_to_everybody_but_admins() {
    let fixture = Fixture::start().await;
    let analyst = fixture.person("analyst@example.com", "analyst").await;
    fixture.table("secret", None, false).await;
    for key in ["secret", "SECRET", "nothing"] {
        let error = fixture.service.data_open(&analyst, key).await.unwrap_err();
        assert_eq!((error.code(), error.detail()), (Code::TableForbidden, "Access denied to this table".to_owned()));
    }
    let error = fixture.service.data_open(&fixture.admin, "nothing").await.unwrap_err();
    assert_eq!(error.code(), Code::TableNotFound);
}

#[tokio::test]
async fn ids_and_names_share_one_space() {
    let fixture = Fixture::start().await;
    fixture.table("Orders", None, true).await;
    for name in ["orders", "ORDERS", " Orders "] {
        let new = serde_json::from_value(serde_json::json!({ "name": name })).unwrap();
        let error = fixture.service.table_register(&fixture.admin, new).await.unwrap_err();
        assert_eq!(error.code(), Code::TableExists, "{name}");
    }
}

#[tokio::test]
async fn removing_a_table_takes_its_grants_with_it() {
    let fixture = Fixture::start().await;
    let analyst = fixture.person("analyst@example.com", "analyst").await;
    let group = fixture.group("Sales", &[&analyst]).await;
    fixture.table("orders", None, false).await;
    fixture.service.grant_create(&fixture.admin, table_grant(&group, "orders")).await.unwrap();
    fixture.service.table_remove(&fixture.admin, "orders").await.unwrap();
    fixture.table("orders", None, false).await;
    assert!(fixture.sees(&analyst).await.is_empty(), "a grant must not come back with the name");
}

#[tokio::test]
async fn the_page_of_a_table_counts_its_readers() {
    let fixture = Fixture::start().await;
    let analyst = fixture.person("analyst@example.com", "analyst").await;
    fixture.person("other@example.com", "analyst").await;
    let group = fixture.group("Sales", &[&analyst]).await;
    fixture.table("orders", None, false).await;
    fixture.service.grant_create(&fixture.admin, table_grant(&group, "orders")).await.unwrap();
    let readers = fixture.service.table_readers(&fixture.admin, "orders").await.unwrap();
    assert_eq!((readers.reader_count, readers.groups.len()), (2, 1), "the analyst and the admin");
}
