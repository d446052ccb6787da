use std::path::PathBuf;

use model::{AssetId, DeliveryChannel, MediaType};
use sea_orm::Value;
use sqlx::{Connection, Executor, PgConnection};
use tempfile::TempDir;
use time::{Duration, OffsetDateTime, macros::datetime};
use uuid::Uuid;

use crate::{
    AssetFields, Catalogue, Change, ChannelChoice, DatabaseConfig, Ingested, Job, JobKind,
    KeptObject, NewAsset, NewCustomer, Priority, Registered, SpaceFields, WantedChannel,
    database::query,
};

/// A database of its own for one run of one promise; gone when it is dropped.
pub(super) struct House {
    pub(super) catalogue: Catalogue,
    name: &'static str,
    config: DatabaseConfig,
    folder: TempDir,
    server: Option<Server>,
}

/// One empty, migrated database of each kind that there is here.
pub(super) async fn houses() -> Vec<House> {
    let mut houses = empty_houses().await;
    for house in &mut houses {
        house.catalogue.migrate().await.unwrap();
    }
    houses
}

/// Not yet migrated.
pub(super) async fn empty_houses() -> Vec<House> {
    let mut houses = vec![
        House::new("SQLite in memory", "sqlite::memory:".into(), None).await,
        House::new("SQLite in a file", String::new(), None).await,
    ];
    match database_url() {
        Some(url) => {
            let server = Server::with_database(url).await;
            let url = server.database_url();
            houses.push(House::new("PostgreSQL", url, Some(server)).await);
        }
        None => eprintln!("not run on PostgreSQL: DATABASE_URL is not set"),
    }
    houses
}

impl House {
    async fn new(name: &'static str, url: String, server: Option<Server>) -> Self {
        let config = DatabaseConfig { url, max_connections: 8, ..DatabaseConfig::default() };
        let folder = tempfile::tempdir().unwrap();
        let catalogue = Catalogue::open(&config, folder.path()).await.unwrap();
        Self { catalogue, name, config, folder, server }
    }

    /// To be printed when a promise is broken.
    pub(super) fn enter(&self) -> &Catalogue {
        eprintln!("on {}:", self.name);
        &self.catalogue
    }

    /// What another process would see of the same database; in memory there is no other.
    pub(super) async fn another_process(&self) -> Catalogue {
        if self.is_in_memory() {
            return self.catalogue.clone();
        }
        Catalogue::open(&self.config, self.folder.path()).await.unwrap()
    }

    /// One that keeps its cards for so many seconds; in memory, without another, it changes nothing.
    pub(super) async fn another_process_with_cards_of_age(&self, seconds: u64) -> Catalogue {
        if self.is_in_memory() {
            return self.catalogue.clone();
        }
        let config = DatabaseConfig { card_max_age_seconds: seconds, ..self.config.clone() };
        Catalogue::open(&config, self.folder.path()).await.unwrap()
    }

    /// The same house, opened with these keys; in memory it is another one.
    pub(super) async fn with_keys(mut self, keys: &[&str]) -> Self {
        self.config.credential_keys = keys.iter().map(ToString::to_string).collect();
        self.catalogue = Catalogue::open(&self.config, self.folder.path()).await.unwrap();
        self.catalogue.migrate().await.unwrap();
        self
    }

    /// What a process with other keys would see of the same database.
    pub(super) async fn another_process_with_keys(&self, keys: &[&str]) -> Catalogue {
        let credential_keys = keys.iter().map(ToString::to_string).collect();
        let config = DatabaseConfig { credential_keys, ..self.config.clone() };
        Catalogue::open(&config, self.folder.path()).await.unwrap()
    }

    pub(super) fn is_in_memory(&self) -> bool {
        self.config.url.contains(":memory:")
    }

    pub(super) fn is_postgres(&self) -> bool {
        self.server.is_some()
    }

    pub(super) fn file(&self) -> PathBuf {
        self.folder.path().join("recto.db")
    }
}

/// A database on the server that `DATABASE_URL` names.
struct Server {
    url: String,
    database: String,
}

impl Server {
    async fn with_database(url: String) -> Self {
        let database = format!("promise_{}", Uuid::new_v4().simple());
        run_on(&url, format!("CREATE DATABASE {database}")).await;
        Self { url, database }
    }

    fn database_url(&self) -> String {
        let (url, options) = self.url.split_once('?').unwrap_or((&self.url, ""));
        let (server, _) = url.rsplit_once('/').unwrap();
        format!("{server}/{}?{options}", self.database)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let (url, sql) =
            (self.url.clone(), format!("DROP DATABASE {} WITH (FORCE)", self.database));
        // A thread of its own: this one is already inside a runtime.
        let dropping = std::thread::spawn(move || {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            runtime.enable_all().build().unwrap().block_on(run_on(&url, sql));
        });
        let _ = dropping.join();
    }
}

async fn run_on(url: &str, sql: String) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    connection.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    connection.close().await.unwrap();
}

#[expect(clippy::disallowed_methods, reason = "the test runner says where a server is")]
fn database_url() -> Option<String> {
    std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty())
}

/// So many seconds after some moment.
pub(super) fn at(seconds: i64) -> OffsetDateTime {
    datetime!(2026-01-05 10:00 UTC) + Duration::seconds(seconds)
}

pub(super) fn id(text: &str) -> AssetId {
    text.parse().unwrap()
}

/// Set up, with customer 2 and its space 5.
pub(super) async fn furnish(catalogue: &Catalogue) {
    catalogue.set_up(at(0)).await.unwrap().unwrap();
    let new = NewCustomer { name: "reader".into(), display_name: "The Reader".into() };
    assert_eq!(catalogue.create_customer(&new, at(0)).await.unwrap().id, 2);
    catalogue.put_space(2, 5, &named("maps"), at(0)).await.unwrap();
}

pub(super) fn named(name: &str) -> SpaceFields {
    SpaceFields { name: Change::Set(name.into()), ..SpaceFields::default() }
}

pub(super) fn image() -> AssetFields {
    AssetFields {
        origin: Change::Set("https://files.example.org/1.tif".parse().unwrap()),
        media_type: Change::Set("image/tiff".parse::<MediaType>().unwrap()),
        ..AssetFields::default()
    }
}

pub(super) fn channels(channels: &[DeliveryChannel]) -> Change<ChannelChoice> {
    let wanted = channels.iter().map(|channel| WantedChannel { channel: *channel, policy: None });
    Change::Set(ChannelChoice::These(wanted.collect()))
}

pub(super) async fn register(catalogue: &Catalogue, name: &str, now: OffsetDateTime) -> Registered {
    let new = NewAsset { id: id(name), fields: image() };
    catalogue.register_asset(&new, Priority::Normal, now).await.unwrap()
}

pub(super) const LEASE: std::time::Duration = std::time::Duration::from_secs(60);

pub(super) async fn claim(catalogue: &Catalogue, now: OffsetDateTime) -> Option<Job> {
    catalogue.claim_job(&JobKind::ALL, "worker", LEASE, now).await.unwrap()
}

/// The clean-ups that are due by then, done.
pub(super) async fn clean_ups(catalogue: &Catalogue, now: OffsetDateTime) -> Vec<Job> {
    let mut jobs = Vec::new();
    let kinds = [JobKind::CleanUp];
    while let Some(job) = catalogue.claim_job(&kinds, "cleaner", LEASE, now).await.unwrap() {
        assert!(catalogue.complete_job(&job).await.unwrap());
        jobs.push(job);
    }
    jobs
}

pub(super) fn result() -> Ingested {
    Ingested {
        width: 6000,
        height: 4000,
        thumbnails: vec![(100, 67), (1024, 683)],
        source_bytes: 70_000,
        objects: vec![kept(9_000)],
        thumbnail_bytes: 500,
        ..Ingested::default()
    }
}

pub(super) fn kept(bytes: u64) -> KeptObject {
    KeptObject { name: "pyramid.tif".into(), bytes, sha256: "5f".repeat(32) }
}

/// Registers and processes an asset.
pub(super) async fn ingest(catalogue: &Catalogue, name: &str, now: OffsetDateTime) {
    register(catalogue, name, now).await;
    let job = claim(catalogue, now).await.unwrap();
    assert_eq!(job.asset, id(name));
    catalogue.record_ingested(&job, &result(), now).await.unwrap();
}

/// One number from the database, past all rules.
pub(super) async fn number(catalogue: &Catalogue, sql: &str) -> i64 {
    query::one::<i64>(catalogue.database().reader(), sql, []).await.unwrap().unwrap()
}

/// A change in the database, past all rules.
pub(super) async fn tamper(
    catalogue: &Catalogue,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) {
    query::run(catalogue.database().writer(), sql, values).await.unwrap();
}

/// Counts again what is counted as it comes and goes.
pub(super) async fn assert_counters_are_exact(catalogue: &Catalogue) {
    let wrong = "SELECT COUNT(*) FROM storage_use AS used WHERE images <> (
            SELECT COUNT(*) FROM asset WHERE asset.customer = used.customer
            AND (used.space = 0 OR asset.space = used.space))
        OR image_bytes <> (
            SELECT COALESCE(SUM(stored_bytes), 0) FROM asset WHERE asset.customer = used.customer
            AND (used.space = 0 OR asset.space = used.space))
        OR thumbnail_bytes <> (
            SELECT COALESCE(SUM(thumbnail_bytes), 0) FROM asset
            WHERE asset.customer = used.customer AND (used.space = 0 OR asset.space = used.space))";
    assert_eq!(number(catalogue, wrong).await, 0, "a counter drifted");
}
