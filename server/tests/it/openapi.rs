//! The API describes itself.

use crate::support::Setup;

#[tokio::test(flavor = "multi_thread")]
async fn the_document_names_every_route() {
    let app = Setup::new().start_empty().await;
    let document = app.anonymous().get("/openapi.json").await.json;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
    assert_eq!(document["info"]["title"], "AI Data Analyst");
    assert_eq!(document["info"]["version"], agnes_contract::VERSION);
    for route in agnes_server::router::table(1) {
        if route.path.starts_with("/console/") {
            continue;
        }
        let method = route.method.as_str().to_lowercase();
        assert!(document["paths"][&route.path][&method].is_object(), "{method} {}", route.path);
    }
    for path in ["/", "/setup", "/login", "/login/password", "/login/email", "/dashboard", "/catalog", "/admin/tables"]
    {
        assert!(document["paths"][path]["get"].is_object(), "{path}");
    }
    let paths: Vec<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect::<Vec<_>>();
            methods.into_iter().map(move |method| format!("{method} {path}"))
        })
        .collect();
    insta::assert_snapshot!("paths", paths.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_is_browsable_without_the_internet() {
    let app = Setup::new().start_empty().await;
    let page = app.anonymous().get("/docs/").await;
    assert_eq!(page.status, 200);
    assert!(!page.text().contains("http://") && !page.text().contains("https://"), "{}", page.text());
    for file in ["swagger-ui-bundle.js", "swagger-ui.css", "swagger-initializer.js"] {
        assert_eq!(app.anonymous().get(&format!("/docs/{file}")).await.status, 200, "{file}");
    }
    assert!(app.anonymous().get("/docs/swagger-initializer.js").await.text().contains("/openapi.json"));
    assert_eq!(app.anonymous().get("/redoc").await.header("location"), "/docs");
}
