//! What the endpoints' tests share: the real router over a real catalogue and bucket, and clients with keys.
//!
//! [`on_every_database`] runs a test on SQLite, and on PostgreSQL where `DATABASE_URL` names a server.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{
        HeaderMap, Method, Request, StatusCode,
        header::{AUTHORIZATION, CONTENT_TYPE},
    },
    response::Response,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use catalogue::{Catalogue, DatabaseConfig, Ingested, Job, JobKind, Recording, Transcode};
use futures_util::TryStreamExt;
use model::{AvPreset, ServerUrls};
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection};
use storage::Bucket;
use time::OffsetDateTime;
use tokio::task::AbortHandle;
use tower::ServiceExt;

use crate::{Management, ManagementConfig, router};

/// A small PNG, in Base64.
pub(crate) const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk\
                                +M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// Where most tests put their image.
pub(crate) const IMAGE: &str = "/customers/2/spaces/1/images/ms-1";

/// The usual image: what every registration has to say, changed by what `changes` says.
pub(crate) fn jpeg(changes: Value) -> Value {
    let origin = "https://files.example.org/ms-1.jpg";
    let mut image = json!({"mediaType": "image/jpeg", "origin": origin});
    for (name, value) in changes.as_object().expect("changes are an object") {
        image[name] = value.clone();
    }
    image
}

/// Registers a batch of images in space 1; returns the answer.
pub(crate) async fn batch_of(client: &Client, names: &[&str]) -> Answer {
    let member =
        |name: &&str| jpeg(json!({"id": name, "space": 1, "string1": format!("of {name}")}));
    let members: Vec<_> = names.iter().map(member).collect();
    let path = format!("/customers/{}/queue", client.customer);
    let answer = client.post(&path, json!({"@type": "Collection", "member": members})).await;
    assert_eq!(answer.status, 201, "{}", answer.detail());
    answer
}

/// Does the jobs of a batch and of no other.
pub(crate) async fn finish_batch(api: &Api, batch: i64) {
    let mut others = Vec::new();
    let kinds = [JobKind::IngestImage];
    let lease = Duration::from_secs(60);
    while let Some(job) = api.catalogue.claim_job(&kinds, "test", lease, now()).await.unwrap() {
        let asset = api.catalogue.asset(&job.asset).await.unwrap().unwrap();
        if asset.batch == Some(batch) {
            end(&api.catalogue, &job).await;
        } else {
            others.push(job);
        }
    }
    if !others.is_empty() {
        api.catalogue.release_jobs("test", now()).await.unwrap();
    }
}

/// The ids of the images in a collection.
pub(crate) fn ids(answer: &Answer) -> String {
    let members = answer.body["member"].as_array().expect("a collection");
    members.iter().map(|image| image["id"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

/// Runs a test on every database that is there.
pub(crate) async fn on_every_database(test: impl AsyncFn(Api)) {
    on_every_database_with(ManagementConfig::default(), test).await;
}

pub(crate) async fn on_every_database_with(config: ManagementConfig, test: impl AsyncFn(Api)) {
    test(Api::new(open("sqlite::memory:".to_owned()).await, config.clone())).await;
    let Some(server) = database_url() else {
        eprintln!("not run on PostgreSQL: DATABASE_URL is not set");
        return;
    };
    let name = format!("management_{}", uuid::Uuid::new_v4().simple());
    run_on(&server, format!("CREATE DATABASE {name}")).await;
    let (url, options) = server.split_once('?').unwrap_or((&server, ""));
    let (root, _) = url.rsplit_once('/').expect("DATABASE_URL names a database");
    let url = format!("{root}/{name}?{options}");
    test(Api::new(open(url).await, config)).await;
    run_on(&server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

async fn open(url: String) -> Catalogue {
    let credential_keys = vec!["test:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned()];
    let config =
        DatabaseConfig { url, credential_keys, max_connections: 4, ..DatabaseConfig::default() };
    let catalogue = Catalogue::open(&config, "unused".as_ref()).await.unwrap();
    catalogue.migrate().await.unwrap();
    catalogue
}

async fn run_on(server: &str, sql: String) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    connection.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    connection.close().await.unwrap();
}

#[expect(clippy::disallowed_methods, reason = "the test runner says where a server is")]
fn database_url() -> Option<String> {
    std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty())
}

/// A service of its own for one test.
pub(crate) struct Api {
    pub(crate) catalogue: Catalogue,
    pub(crate) bucket: Bucket,
    router: Router,
    worker: Option<AbortHandle>,
}

impl Api {
    fn new(catalogue: Catalogue, config: ManagementConfig) -> Self {
        let bucket = Bucket::in_memory();
        let urls = ServerUrls::new("https://iiif.example.org", "https://api.example.org");
        let router = router(Management::new(catalogue.clone(), bucket.clone(), config));
        Self { catalogue, bucket, router: router.layer(Extension(urls)), worker: None }
    }

    /// The keys of what is stored below a prefix.
    pub(crate) async fn stored_under(&self, prefix: &str) -> Vec<String> {
        let objects: Vec<_> = self.bucket.list(prefix).try_collect().await.unwrap();
        objects.into_iter().map(|object| object.key).collect()
    }

    pub(crate) fn anonymous(&self) -> Client {
        Client { router: self.router.clone(), authorization: None, customer: 0 }
    }

    /// Sets the service up, and calls with the administrator's key.
    pub(crate) async fn administrator(&self) -> Client {
        let key = self.anonymous().post("/setup", json!({})).await;
        assert_eq!(key.status, 200, "{:?}", key.body);
        self.anonymous().with_key(1, &key.body)
    }

    /// Sets the service up, and calls with a key of customer 2, who has space 1.
    pub(crate) async fn librarian(&self) -> Client {
        let administrator = self.administrator().await;
        let librarian = self.customer(&administrator, "library").await;
        let space = librarian.post("/customers/2/spaces", json!({"name": "maps"})).await;
        assert_eq!(space.status, 201, "{:?}", space.body);
        librarian
    }

    /// Makes a customer, and calls with its key.
    pub(crate) async fn customer(&self, administrator: &Client, name: &str) -> Client {
        let body = json!({"name": name, "displayName": format!("The {name}")});
        let customer = administrator.post("/customers", body).await;
        assert_eq!(customer.status, 201, "{:?}", customer.body);
        let id: u32 =
            customer.body["@id"].as_str().unwrap().rsplit('/').next().unwrap().parse().unwrap();
        let key = administrator.post(&format!("/customers/{id}/keys"), json!({})).await;
        assert_eq!(key.status, 200, "{:?}", key.body);
        self.anonymous().with_key(id, &key.body)
    }

    /// Ends the job that waits, as by a service that brings assets in.
    pub(crate) async fn end_next_job(&self) {
        let claimed = self.catalogue.claim_job(&KINDS, "test", LEASE, now()).await.unwrap();
        end(&self.catalogue, &claimed.expect("a job waits")).await;
    }

    /// Ends the job that waits as failed for good.
    pub(crate) async fn fail_next_job(&self, reason: &str) {
        let claimed = self.catalogue.claim_job(&JobKind::ALL, "test", LEASE, now()).await.unwrap();
        self.catalogue.record_failed(&claimed.expect("a job waits"), reason, now()).await.unwrap();
    }

    /// From now on jobs are done, as by a service that brings images in.
    pub(crate) fn with_worker(mut self) -> Self {
        let catalogue = self.catalogue.clone();
        self.worker = Some(tokio::spawn(work(catalogue)).abort_handle());
        self
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        if let Some(worker) = &self.worker {
            worker.abort();
        }
    }
}

const KINDS: [JobKind; 3] = [JobKind::IngestImage, JobKind::IngestFile, JobKind::IngestTimeBased];
const LEASE: Duration = Duration::from_secs(60);

/// Ends every job at once: as failed where the asset's name begins with `broken` or `full`.
async fn work(catalogue: Catalogue) {
    loop {
        match catalogue.claim_job(&KINDS, "test", LEASE, now()).await.unwrap() {
            Some(job) => end(&catalogue, &job).await,
            None => catalogue.wait_for_jobs().await,
        }
    }
}

async fn end(catalogue: &Catalogue, job: &Job) {
    let failed = match job.asset.name() {
        name if name.starts_with("broken") => Some("the file ends in the middle of the image"),
        name if name.starts_with("full") => Some(catalogue::NO_ROOM),
        _ => None,
    };
    if let Some(error) = failed {
        catalogue.record_failed(job, error, now()).await.unwrap();
    } else {
        let ingested = match job.kind {
            JobKind::IngestTimeBased => film(),
            JobKind::IngestImage
            | JobKind::IngestFile
            | JobKind::TakeApart
            | JobKind::CleanUp
            | JobKind::Project
            | JobKind::Tile => Ingested {
                width: 6000,
                height: 4000,
                thumbnails: vec![(400, 267), (200, 133)],
                ..Ingested::default()
            },
        };
        catalogue.record_ingested(job, &ingested, now()).await.unwrap();
    }
}

fn film() -> Ingested {
    let transcode = Transcode {
        preset: AvPreset::Mp4At720,
        address: "full/full/max/max/0/default.mp4".to_owned(),
        extent: Some((1280, 720)),
        duration: 12_500,
        bytes: 9_000,
    };
    let recording = Recording { transcodes: vec![transcode], poster: Some((1280, 720)) };
    Ingested { width: 1280, height: 720, duration: 12_500, recording, ..Ingested::default() }
}

#[expect(clippy::disallowed_methods, reason = "a worker reads the clock")]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// Somebody who calls the API.
#[derive(Clone)]
pub(crate) struct Client {
    router: Router,
    authorization: Option<Arc<str>>,
    pub(crate) customer: u32,
}

/// What the API answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Client {
    pub(crate) fn with_key(mut self, customer: u32, key: &Value) -> Self {
        let text = |name: &str| key[name].as_str().unwrap();
        let credentials = BASE64_STANDARD.encode(format!("{}:{}", text("key"), text("secret")));
        self.authorization = Some(format!("Basic {credentials}").into());
        self.customer = customer;
        self
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Body::empty()).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, body.to_string()).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, body.to_string()).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, body.to_string()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, Body::empty()).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: impl Into<Body>) -> Answer {
        let request = Request::builder().method(method).uri(path).body(body.into()).unwrap();
        self.request(request).await
    }

    pub(crate) async fn send_with(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.request(request.body(body.to_owned().into()).unwrap()).await
    }

    pub(crate) async fn request(&self, request: Request<Body>) -> Answer {
        let response = self.open(request).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let is_page =
            headers.get(CONTENT_TYPE).is_some_and(|it| it.as_bytes().starts_with(b"text/"));
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let body = match body.is_empty() {
            true => Value::Null,
            false if is_page => String::from_utf8(body.into()).unwrap().into(),
            false => serde_json::from_slice(&body).expect("answers are JSON"),
        };
        Answer { status, headers, body }
    }
}

impl Client {
    /// Sends a request whose answer is read as it comes.
    pub(crate) async fn open(&self, mut request: Request<Body>) -> Response {
        if let Some(authorization) = &self.authorization {
            request.headers_mut().insert(AUTHORIZATION, authorization.parse().unwrap());
        }
        self.router.clone().oneshot(request).await.unwrap()
    }
}

impl Answer {
    pub(crate) fn detail(&self) -> &str {
        self.body["detail"].as_str().unwrap_or_default()
    }

    /// The body without what is different each time: keys and times.
    pub(crate) fn steady(&self) -> Value {
        let mut body = self.body.clone();
        steady(&mut body);
        body
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

fn steady(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                match (name.as_str(), value.as_str()) {
                    ("created" | "finished", Some(_))
                    | ("policyCreated" | "policyModified", Some(_))
                    | ("lastCalculated" | "lastChecked" | "lastUsed", Some(_)) => {
                        *value = json!("[time]")
                    }
                    ("key" | "secret", Some(_)) => *value = json!("[secret]"),
                    ("@id", Some(url)) => {
                        if let Some((keys, _)) = url.rsplit_once("/keys/") {
                            *value = json!(format!("{keys}/keys/[secret]"));
                        }
                    }
                    _ => steady(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(steady),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
