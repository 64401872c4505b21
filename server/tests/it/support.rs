//! A real server on a real socket with a real data directory, and people who call it.

use std::{path::Path, time::Duration};

use agnes_analytics::Limits;
use agnes_contract::{
    auth::Credentials,
    user::{NewPassword, NewUser},
};
use agnes_server::{
    config::{Config, Environment},
    serve::{self, Server},
};
use agnes_service::{Origin, Service};
use agnes_store::Clock;
use reqwest::{
    Method,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The password of everybody here.
pub const PASSWORD: &str = "correct horse";

/// A running instance with an admin and an analyst.
pub struct TestApp {
    server: Option<Server>,
    /// Removed with the app.
    pub folder: TempDir,
    client: reqwest::Client,
    base: String,
    admin: Credential,
    analyst: Credential,
    /// The analyst's id.
    pub analyst_id: String,
    /// The admin's id.
    pub admin_id: String,
}

/// What a caller shows.
#[derive(Clone, Debug)]
pub enum Credential {
    /// Nothing.
    None,
    /// A bearer token.
    Bearer(String),
    /// A cookie, from our own page.
    Cookie(String),
    /// A cookie, sent by another site's page.
    ForeignCookie(String),
}

/// Somebody who calls.
#[derive(Clone)]
pub struct Caller {
    client: reqwest::Client,
    base: String,
    credential: Credential,
    headers: HeaderMap,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status as a number.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub bytes: Vec<u8>,
    /// The body as JSON, or null.
    pub json: Value,
}

impl Answer {
    /// A header as text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The stable code of an error.
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }
}

/// How an instance is started, before it is.
pub struct Setup {
    /// Its data directory.
    pub folder: TempDir,
    variables: Vec<(String, String)>,
    clock: Option<Clock>,
    limits: Option<Limits>,
}

impl Setup {
    /// An instance with nothing set.
    pub fn new() -> Self {
        Self::on(tempfile::tempdir().unwrap())
    }

    /// An instance on a directory that was used before.
    pub fn on(folder: TempDir) -> Self {
        Self { folder, variables: Vec::new(), clock: None, limits: None }
    }

    /// With an environment variable.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a clock of the test's.
    pub fn at(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// With other bounds on queries.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// The configuration.
    pub fn config(&self) -> Config {
        let folder = self.folder.path().display().to_string();
        let mut variables = vec![
            ("DATA_DIR", folder.as_str()),
            ("CONFIG_DIR", folder.as_str()),
            ("AGNES_BIND", "127.0.0.1:0"),
            ("AGNES_SYNC_EVERY_MINUTES", "0"),
            ("AGNES_SIGN_IN_PER_MINUTE", "0"),
            ("LOG_LEVEL", "error"),
        ];
        for (name, value) in &self.variables {
            variables.retain(|(known, _)| known != name);
            variables.push((name, value));
        }
        let mut config = Config::load(&Environment::of(variables)).unwrap();
        let program = Path::new(env!("CARGO_BIN_EXE_agnes"));
        config.service.worker.program = program.to_owned();
        config.service.extract.program = program.to_owned();
        if let Some(clock) = &self.clock {
            config.service.clock = clock.clone();
        }
        if let Some(limits) = &self.limits {
            config.service.limits = limits.clone();
        }
        config
    }

    /// Starts it, with nobody in it.
    pub async fn start_empty(self) -> TestApp {
        let server = serve::start(self.config()).await.unwrap();
        TestApp {
            base: format!("http://{}", server.address()),
            server: Some(server),
            folder: self.folder,
            client: client(),
            admin: Credential::None,
            analyst: Credential::None,
            analyst_id: String::new(),
            admin_id: String::new(),
        }
    }

    /// Starts it, and makes the admin and the analyst.
    pub async fn start(self) -> TestApp {
        let mut app = self.start_empty().await;
        app.admin_id = app.person("admin@example.com", "admin").await;
        app.analyst_id = app.person("analyst@example.com", "analyst").await;
        app.admin = Credential::Bearer(app.token("admin@example.com").await);
        app.analyst = Credential::Bearer(app.token("analyst@example.com").await);
        app
    }
}

fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(120))
        .build()
        .unwrap()
}

impl TestApp {
    /// An instance as most tests want it.
    pub async fn start() -> Self {
        Setup::new().start().await
    }

    /// The use cases, for what a test needs and does not test.
    pub fn service(&self) -> &Service {
        self.server.as_ref().unwrap().service()
    }

    /// Where the server is.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Stops the server; the folder stays.
    pub async fn stop(&mut self) {
        self.server.take().unwrap().stop().await.unwrap();
    }

    /// Makes an account with the common password; answers with its id.
    pub async fn person(&self, email: &str, role: &str) -> String {
        let system = self.service().system_actor();
        let name = email.split('@').next().unwrap_or_default().to_owned();
        let new = NewUser { email: email.to_owned(), name, role: role.to_owned(), send_invite: false };
        let id = self.service().user_create(&system, new).await.unwrap().id;
        let password = NewPassword { password: PASSWORD.to_owned() };
        self.service().user_set_password(&system, &id, password).await.unwrap();
        id
    }

    /// Signs somebody in; a session token as `da auth login` gets it.
    pub async fn token(&self, email: &str) -> String {
        let credentials = Credentials { email: email.to_owned(), password: PASSWORD.to_owned() };
        self.service().auth_token(credentials, &Origin::default()).await.unwrap().access_token
    }

    /// Signs somebody in to the console; the session's cookie.
    pub async fn session(&self, email: &str) -> String {
        let form = [("email", email), ("password", PASSWORD)];
        let answer = self.anonymous().form("/auth/password/login/web", &form).await;
        assert_eq!(answer.status, 302, "{}", answer.text());
        answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
    }

    /// Somebody with a credential.
    pub fn caller(&self, credential: Credential) -> Caller {
        Caller { client: self.client.clone(), base: self.base.clone(), credential, headers: HeaderMap::new() }
    }

    /// Somebody with a bearer token.
    pub fn bearer(&self, token: &str) -> Caller {
        self.caller(Credential::Bearer(token.to_owned()))
    }

    /// Nobody.
    pub fn anonymous(&self) -> Caller {
        self.caller(Credential::None)
    }

    /// The admin.
    pub fn admin(&self) -> Caller {
        self.caller(self.admin.clone())
    }

    /// The analyst.
    pub fn analyst(&self) -> Caller {
        self.caller(self.analyst.clone())
    }

    /// Writes a csv file below the csv root, and registers it.
    pub async fn csv_table(&self, name: &str, content: &str, public: bool) {
        self.write_csv(name, content);
        let body =
            json!({"name": name, "source_type": "csv", "source_table": format!("{name}.csv"), "is_public": public});
        let answer = self.admin().post("/api/admin/register-table", &body).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
    }

    /// Writes a csv file below the csv root.
    pub fn write_csv(&self, name: &str, content: &str) {
        let folder = self.folder.path().join("csv");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.csv")), content).unwrap();
    }

    /// Runs a sync to its end; answers with its job.
    pub async fn sync(&self) -> Value {
        let triggered = self.admin().post_empty("/api/sync/trigger").await;
        assert_eq!(triggered.status, 200, "{}", triggered.text());
        self.job(triggered.json["job_id"].as_str().unwrap()).await
    }

    /// Waits for a job's end.
    pub async fn job(&self, id: &str) -> Value {
        for _ in 0..600 {
            let job = self.admin().get(&format!("/api/admin/jobs/{id}")).await.json;
            if ["done", "partial", "failed"].contains(&job["state"].as_str().unwrap_or_default()) {
                return job;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the job did not end in 30 seconds");
    }

    /// Puts the analyst into a fresh group; answers with the group's id.
    pub async fn group_of_analyst(&self, name: &str) -> String {
        let group = self.admin().post("/api/admin/groups", &json!({"name": name})).await;
        let id = group.json["id"].as_str().unwrap().to_owned();
        let body = json!({"email": "analyst@example.com"});
        let added = self.admin().post(&format!("/api/admin/groups/{id}/members"), &body).await;
        assert_eq!(added.status, 201, "{}", added.text());
        id
    }

    /// Grants a table to a group; answers with the grant's id.
    pub async fn grant(&self, group: &str, table: &str) -> String {
        let body = json!({"group_id": group, "resource_type": "table", "resource_id": table});
        let granted = self.admin().post("/api/admin/grants", &body).await;
        assert_eq!(granted.status, 201, "{}", granted.text());
        granted.json["id"].as_str().unwrap().to_owned()
    }
}

impl Caller {
    /// The same caller with one more header.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        self
    }

    /// A request, before it is sent.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base)).headers(self.headers.clone());
        match &self.credential {
            Credential::None => request,
            Credential::Bearer(token) => request.bearer_auth(token),
            Credential::Cookie(cookie) => request.header("cookie", cookie).header("origin", &self.base),
            Credential::ForeignCookie(cookie) => {
                request.header("cookie", cookie).header("origin", "http://evil.example")
            }
        }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::POST, path).json(body)).await
    }

    /// POST without a body.
    pub async fn post_empty(&self, path: &str) -> Answer {
        send(self.request(Method::POST, path)).await
    }

    /// POST with a form.
    pub async fn form(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        send(self.request(Method::POST, path).form(form)).await
    }

    /// PATCH with a JSON body.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::PATCH, path).json(body)).await
    }

    /// PUT with a JSON body.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::PUT, path).json(body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        send(self.request(Method::DELETE, path)).await
    }

    /// A query; answers with the whole answer.
    pub async fn query(&self, sql: &str) -> Answer {
        self.post("/api/query", &json!({"sql": sql})).await
    }
}

/// Sends a request.
pub async fn send(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.bytes().await.unwrap().to_vec();
    let json = serde_json::from_slice(&bytes).unwrap_or_default();
    Answer { status, headers, bytes, json }
}
