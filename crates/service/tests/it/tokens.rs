use agnes_contract::error::Code;
use agnes_contract::token::{NewToken, Scope};
use agnes_service::{Origin, policy};

use crate::support::Fixture;

fn new(name: &str, scopes: Option<&str>) -> NewToken {
    NewToken { name: name.to_owned(), expires_in_days: Some(1), scopes: scopes.map(str::to_owned) }
}

#[tokio::test]
async fn a_token_works_until_it_is_revoked_or_expires() {
    let fixture = Fixture::start().await;
    let origin = Origin::default();
    let revoked = fixture.service.token_create(&fixture.admin, new("one", None)).await.unwrap();
    let expired = fixture.service.token_create(&fixture.admin, new("two", None)).await.unwrap();
    assert_eq!(revoked.prefix, revoked.id[..8]);
    fixture.service.authenticate_bearer(&revoked.token, &origin).unwrap();

    fixture.service.token_revoke(&fixture.admin, &revoked.id).await.unwrap();
    fixture.service.token_revoke(&fixture.admin, &revoked.id).await.unwrap();
    let error = fixture.service.authenticate_bearer(&revoked.token, &origin).unwrap_err();
    assert_eq!(error.code(), Code::TokenRevoked);
    fixture.time.advance(chrono::TimeDelta::days(2));
    assert!(fixture.service.authenticate_bearer(&expired.token, &origin).is_err());
}

#[tokio::test]
async fn a_token_cannot_make_tokens_and_is_held_to_its_scopes() {
    let fixture = Fixture::start().await;
    let created = fixture.service.token_create(&fixture.admin, new("agent", Some("sync query"))).await.unwrap();
    let agent = fixture.service.authenticate_bearer(&created.token, &Origin::default()).unwrap();
    let error = fixture.service.token_create(&agent, new("more", None)).await.unwrap_err();
    assert_eq!(error.code(), Code::SessionRequired);
    policy::scope(&agent, Scope::Sync).unwrap();
    assert_eq!(policy::scope(&agent, Scope::Admin).unwrap_err().code(), Code::ScopeRequired);
}

#[tokio::test]
async fn nobody_sees_or_revokes_the_token_of_somebody_else() {
    let fixture = Fixture::start().await;
    let other = fixture.person("other@example.com", "analyst").await;
    let created = fixture.service.token_create(&fixture.admin, new("mine", None)).await.unwrap();
    for error in [
        fixture.service.token_find(&other, &created.id).await.map(|_| ()).unwrap_err(),
        fixture.service.token_revoke(&other, &created.id).await.unwrap_err(),
    ] {
        assert_eq!(error.code(), Code::TokenNotFound);
    }
    assert!(fixture.service.token_list(&other).await.unwrap().is_empty());
    assert_eq!(fixture.service.token_list_all(&other).await.unwrap_err().code(), Code::AdminRequired);
}
