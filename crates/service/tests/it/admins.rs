use agnes_contract::auth::{Bootstrap, Credentials};
use agnes_contract::error::Code;
use agnes_contract::user::UserChanges;
use agnes_service::{Origin, SeedAdmin};

use crate::support::{Fixture, PASSWORD};

fn demote() -> UserChanges {
    UserChanges { role: Some("analyst".to_owned()), ..UserChanges::default() }
}

#[tokio::test]
async fn two_admins_cannot_remove_each_other_at_the_same_moment() {
    let fixture = Fixture::start().await;
    let other = fixture.person("other@example.com", "admin").await;
    for _ in 0..10 {
        let (left, right) = tokio::join!(
            fixture.service.user_update(&fixture.admin, other.user_id(), demote()),
            fixture.service.user_update(&other, fixture.admin.user_id(), demote()),
        );
        assert!(left.is_ok() != right.is_ok(), "exactly one wins");
        let users = fixture.service.user_list(&fixture.service.system_actor()).await.unwrap();
        assert_eq!(users.iter().filter(|user| user.is_admin && user.active).count(), 1);
        let again = UserChanges { role: Some("admin".to_owned()), ..UserChanges::default() };
        for user in users.iter().filter(|user| !user.is_admin) {
            fixture.service.user_update(&fixture.service.system_actor(), &user.id, again.clone()).await.unwrap();
        }
    }
}

#[tokio::test]
async fn the_last_admin_cannot_go() {
    let fixture = Fixture::start().await;
    let id = fixture.admin.user_id().to_owned();
    let service = &fixture.service;
    let groups = service.group_list(&fixture.admin).await.unwrap();
    let admin_group = &groups.iter().find(|group| group.name == "Admin").unwrap().id;
    let off = UserChanges { active: Some(false), ..UserChanges::default() };

    let error = service.user_update(&fixture.admin, &id, demote()).await.unwrap_err();
    assert_eq!((error.code(), error.detail().as_str()), (Code::LastAdmin, "Cannot demote the last active admin"));
    let error = service.user_update(&fixture.admin, &id, off).await.unwrap_err();
    assert_eq!((error.code(), error.detail().as_str()), (Code::NotYourself, "Cannot deactivate yourself"));
    assert_eq!(service.user_remove(&fixture.admin, &id).await.unwrap_err().code(), Code::NotYourself);
    let error = service.group_member_remove(&fixture.admin, admin_group, &id).await.unwrap_err();
    assert!(error.detail().contains("last admin"), "{error}");
}

#[tokio::test]
async fn an_inactive_admin_can_be_removed_while_one_active_is_left() {
    let fixture = Fixture::start().await;
    let other = fixture.person("other@example.com", "admin").await;
    let off = UserChanges { active: Some(false), ..UserChanges::default() };
    fixture.service.user_update(&fixture.admin, other.user_id(), off).await.unwrap();
    fixture.service.user_remove(&fixture.admin, other.user_id()).await.unwrap();
}

#[tokio::test]
async fn only_an_empty_instance_lets_somebody_make_themselves_admin() {
    let fixture = Fixture::start().await;
    let request = Bootstrap { email: "eve@example.com".to_owned(), name: String::new(), password: String::new() };
    let error = fixture.service.auth_bootstrap(request, &Origin::default()).await.unwrap_err();
    assert_eq!(error.code(), Code::BootstrapClosed);
    assert!(error.detail().contains("password already exists"));
}

#[tokio::test]
async fn the_seeded_admin_keeps_the_password_they_have() {
    let seed = |password: &str| SeedAdmin { email: "seed@example.com".to_owned(), password: Some(password.to_owned()) };
    let fixture = Fixture::with(|settings| settings.seed_admin = Some(seed(PASSWORD))).await;
    let seeded = fixture.sign_in("seed@example.com").await;
    assert!(seeded.is_admin());
}

#[tokio::test]
async fn unknown_address_and_wrong_password_read_the_same() {
    let fixture = Fixture::start().await;
    let mut texts = Vec::new();
    for email in ["admin@example.com", "nobody@example.com"] {
        let credentials = Credentials { email: email.to_owned(), password: "wrong horse".to_owned() };
        texts.push(fixture.service.auth_token(credentials, &Origin::default()).await.unwrap_err().detail());
    }
    assert_eq!(texts[0], texts[1]);
}

#[tokio::test]
async fn deactivation_ends_tokens_with_the_next_request_and_activation_revives_them() {
    let fixture = Fixture::start().await;
    fixture.person("analyst@example.com", "analyst").await;
    let credentials = Credentials { email: "analyst@example.com".to_owned(), password: PASSWORD.to_owned() };
    let token = fixture.service.auth_token(credentials.clone(), &Origin::default()).await.unwrap();
    let set = |active| UserChanges { active: Some(active), ..UserChanges::default() };
    let use_token = || fixture.service.authenticate_bearer(&token.access_token, &Origin::default());

    use_token().unwrap();
    fixture.service.user_update(&fixture.admin, &token.user_id, set(false)).await.unwrap();
    assert_eq!(use_token().unwrap_err().code(), Code::AccountDeactivated);
    let refused = fixture.service.auth_token(credentials, &Origin::default()).await.unwrap_err();
    assert_eq!(refused.code(), Code::AccountDeactivated);
    fixture.service.user_update(&fixture.admin, &token.user_id, set(true)).await.unwrap();
    use_token().unwrap();
}

#[tokio::test]
async fn a_sign_in_link_works_once_and_for_an_hour() {
    let fixture = Fixture::start().await;
    let origin = Origin::default();
    let first = fixture.service.link_mint("admin@example.com").await.unwrap();
    let (one, two) =
        tokio::join!(fixture.service.link_consume(&first, &origin), fixture.service.link_consume(&first, &origin));
    assert!(one.is_ok() != two.is_ok(), "of two at once exactly one");
    let late = fixture.service.link_mint("admin@example.com").await.unwrap();
    fixture.time.advance(chrono::TimeDelta::minutes(61));
    assert_eq!(fixture.service.link_consume(&late, &origin).await.unwrap_err().code(), Code::InvalidLink);
    assert_eq!(fixture.service.link_consume("made up", &origin).await.unwrap_err().code(), Code::InvalidLink);
}
