//! Libraries with something wrong in them, on every database and in every kind of storage that is there.

use std::time::Duration as StdDuration;

use bytes::Bytes;
use catalogue::{
    AssetFields, AtOrigin, Catalogue, Change, DatabaseConfig, Ingested, Job, JobKind, KeptObject,
    NewAsset, NewCustomer, Priority, SpaceFields,
};
use model::AssetId;
use sqlx::{Connection, Executor, PgConnection};
use storage::{Bucket, ListedBuckets, StorageConfig, keys};
use tempfile::TempDir;
use time::{Duration, OffsetDateTime};

use crate::{FaultKind, Inspection, Report, Wishes};

const LEASE: StdDuration = StdDuration::from_secs(60);
const ALL: Wishes = Wishes { customer: None, part: 1.0, repairs: false };
const REPAIR: Wishes = Wishes { customer: None, part: 1.0, repairs: true };

struct Library {
    catalogue: Catalogue,
    bucket: Bucket,
    /// Customer 2 has a bucket.
    owners: Bucket,
    listed: ListedBuckets,
    _folder: TempDir,
}

fn id(name: &str) -> AssetId {
    AssetId::new(2, 1, name).unwrap()
}

/// When the assets came.
fn then() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap()
}

impl Library {
    async fn furnish(catalogue: Catalogue, bucket: Bucket) -> Self {
        catalogue.set_up(then()).await.unwrap();
        let new = NewCustomer { name: "reader".into(), display_name: "The Reader".into() };
        assert_eq!(catalogue.create_customer(&new, then()).await.unwrap().id, 2);
        let space = SpaceFields { name: Change::Set("maps".into()), ..SpaceFields::default() };
        catalogue.put_space(2, 1, &space, then()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let url = format!("file://{}", folder.path().display());
        let config = StorageConfig { url, ..StorageConfig::default() };
        let owners = Bucket::in_folder(folder.path()).unwrap();
        let listed = ListedBuckets::open([(&config, &[2][..])]).unwrap();
        Self { catalogue, bucket, owners, listed, _folder: folder }
    }

    /// An image of which something is to be made.
    async fn claim(&self, name: &str) -> Job {
        let fields = AssetFields {
            origin: Change::Set("https://files.example.org/1.tif".parse().unwrap()),
            media_type: Change::Set("image/tiff".parse().unwrap()),
            ..AssetFields::default()
        };
        let new = NewAsset { id: id(name), fields };
        self.catalogue.register_asset(&new, Priority::Normal, then()).await.unwrap();
        let kinds = [JobKind::IngestImage];
        let claimed = self.catalogue.claim_job(&kinds, "worker", LEASE, then()).await.unwrap();
        claimed.unwrap()
    }

    /// An image with its pyramid, one thumbnail, and its original as `file`.
    async fn ingest(&self, name: &str) -> u64 {
        let job = self.claim(name).await;
        let mut objects = Vec::new();
        for name in ["pyramid.tif", "original"] {
            let key = keys::in_version(&job.asset, job.version, name);
            let content = Bytes::from(format!("{name} of {}", job.asset));
            let stored = self.bucket.put(&key, content).await.unwrap();
            let (bytes, sha256) = (stored.bytes, stored.hex());
            objects.push(KeptObject { name: name.to_owned(), bytes, sha256 });
        }
        let thumbnail = keys::thumbnail(&job.asset, job.version, (100, 67));
        self.bucket.put(&thumbnail, Bytes::from_static(b"small")).await.unwrap();
        let ingested = Ingested {
            thumbnails: vec![(100, 67)],
            thumbnail_bytes: 5,
            objects,
            ..Ingested::default()
        };
        self.catalogue.record_ingested(&job, &ingested, then()).await.unwrap();
        job.version
    }

    /// One whose original stays with its owner, and of which nothing else is kept.
    async fn leave(&self, name: &str) {
        let job = self.claim(name).await;
        self.owners.put(name, Bytes::from_static(b"pixels")).await.unwrap();
        let etag = self.owners.head(name).await.unwrap().unwrap().etag.unwrap();
        let url = format!("file://{}/{name}", self.owners);
        let at_origin = Some(AtOrigin { url, bytes: 6, etag });
        let ingested = Ingested { at_origin, ..Ingested::default() };
        self.catalogue.record_ingested(&job, &ingested, then()).await.unwrap();
    }

    async fn write(&self, key: &str) {
        self.bucket.put(key, Bytes::from_static(b"something else")).await.unwrap();
    }

    /// Two days after everything was written.
    fn inspection(&self, wishes: Wishes) -> Inspection {
        let (catalogue, bucket) = (self.catalogue.clone(), self.bucket.clone());
        let listed = self.listed.clone();
        Inspection { catalogue, bucket, listed, wishes, now: now() + Duration::days(2) }
    }

    async fn inspect(&self, wishes: Wishes) -> Report {
        let inspection = self.inspection(wishes);
        let mut report = inspection.begin();
        inspection.run(&mut report, |_| {}).await.unwrap();
        report
    }
}

#[expect(clippy::disallowed_methods, reason = "stores say when something was written")]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

#[expect(clippy::disallowed_methods, reason = "the test runner says what there is to test on")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Runs a test on SQLite and a folder, and on PostgreSQL and S3 where they are.
async fn everywhere(test: impl AsyncFn(Library)) {
    let folder = tempfile::tempdir().unwrap();
    let bucket = Bucket::in_folder(folder.path()).unwrap();
    let catalogue = open("sqlite::memory:".to_owned()).await;
    test(Library::furnish(catalogue, bucket).await).await;
    let Some((server, endpoint)) = variable("DATABASE_URL").zip(variable("RECTO_TEST_S3")) else {
        eprintln!("not run on PostgreSQL and S3: DATABASE_URL or RECTO_TEST_S3 is not set");
        return;
    };
    let name = format!("inspection_{:016x}", now().unix_timestamp_nanos());
    run_on(&server, format!("CREATE DATABASE {name}")).await;
    let (url, options) = server.split_once('?').unwrap_or((&server, ""));
    let (root, _) = url.rsplit_once('/').unwrap();
    let config = StorageConfig {
        url: format!("s3://recto/{name}"),
        endpoint,
        region: "us-east-1".to_owned(),
        access_key_id: "recto".to_owned(),
        secret_access_key: "recto".into(),
        allow_http: true,
        ..StorageConfig::default()
    };
    let bucket = Bucket::open(&config, "/nowhere".as_ref()).unwrap();
    let catalogue = open(format!("{root}/{name}?{options}")).await;
    test(Library::furnish(catalogue, bucket).await).await;
    run_on(&server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

async fn open(url: String) -> Catalogue {
    let config = DatabaseConfig { url, max_connections: 4, ..DatabaseConfig::default() };
    let catalogue = Catalogue::open(&config, "unused".as_ref()).await.unwrap();
    catalogue.migrate().await.unwrap();
    catalogue
}

async fn run_on(server: &str, sql: String) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    connection.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_sound_library_has_nothing_to_report() {
    everywhere(async |library| {
        for name in ["a", "b", "ark:/1 2/c"] {
            library.ingest(name).await;
        }
        let report = library.inspect(ALL).await;
        assert!(report.is_well(), "{report:?}");
        assert_eq!((report.passed, report.assets, report.objects), (3, 3, 6));
        assert_eq!((report.young, report.strangers, report.without_checksum), (0, 0, 0));
        let written = "pyramid.tif of 2/1/".len() + "original of 2/1/".len();
        let names = ["a", "b", "ark:/1 2/c"].iter().map(|name| 2 * name.len()).sum::<usize>();
        assert_eq!(report.bytes, (3 * written + names) as u64);
    })
    .await;
}

#[tokio::test]
async fn what_is_damaged_or_missing_is_found_and_brought_in_again() {
    everywhere(async |library| {
        let (a, b) = (library.ingest("a").await, library.ingest("b").await);
        let (c, sound) = (library.ingest("c").await, library.ingest("d").await);
        let damaged = keys::pyramid(&id("a"), a);
        library.bucket.put(&damaged, Bytes::from_static(b"pyramid.tif of 2/1/A")).await.unwrap();
        let missing = keys::original(&id("b"), b);
        library.bucket.delete(&missing).await.unwrap();
        let thumbnail = keys::thumbnail(&id("c"), c, (100, 67));
        library.bucket.put(&thumbnail, Bytes::from_static(b"smaller")).await.unwrap();
        let report = library.inspect(ALL).await;
        let found: Vec<_> = report.faults.iter().map(|f| (f.asset.as_str(), f.kind)).collect();
        let expected = [
            ("2/1/a", FaultKind::Damaged),
            ("2/1/b", FaultKind::Missing),
            ("2/1/c", FaultKind::Damaged),
        ];
        assert_eq!(found, expected, "{report:?}");
        assert_eq!((&report.faults[0].key, &report.faults[1].key), (&damaged, &missing));
        assert!(!report.is_well());

        let report = library.inspect(REPAIR).await;
        assert!(report.is_well() && report.faults.iter().all(|fault| fault.mended), "{report:?}");
        for name in ["a", "b", "c"] {
            assert!(library.catalogue.asset(&id(name)).await.unwrap().unwrap().ingesting, "{name}");
        }
        let let_alone = library.catalogue.asset(&id("d")).await.unwrap().unwrap();
        assert_eq!((let_alone.ingesting, let_alone.version), (false, sound));
    })
    .await;
}

#[tokio::test]
async fn what_is_nobodys_is_removed_when_it_is_old_and_all_else_stays() {
    everywhere(async |library| {
        let (a, _) = (library.ingest("a").await, library.ingest("m").await);
        let whatever = catalogue::Expected::Whatever;
        library.catalogue.move_asset(&id("m"), &id("moved"), &whatever, then()).await.unwrap();
        let upload = keys::upload(&id("u"), "1");
        let fields = AssetFields {
            origin: Change::Set(model::Origin::upload(&upload)),
            media_type: Change::Set("image/tiff".parse().unwrap()),
            ..AssetFields::default()
        };
        let new = NewAsset { id: id("u"), fields };
        library.catalogue.register_asset(&new, Priority::Normal, then()).await.unwrap();
        let pending = library.catalogue.asset(&id("u")).await.unwrap().unwrap().pending.unwrap();
        let somebodys = [
            upload.clone(),
            keys::words_of_upload(&upload),
            keys::pyramid(&id("u"), pending),
            "readme.txt".to_owned(),
        ];
        let nobodys = [
            keys::pyramid(&id("a"), a + 1),
            keys::in_version(&id("a"), a, "thumbnail-1x1.jpg"),
            keys::original(&id("gone"), 7),
            keys::upload(&id("u"), "2"),
            keys::upload_parts(&id("u"), "3"),
            keys::projection(2, "0a", 7, "pdf"),
        ];
        for key in somebodys.iter().chain(&nobodys) {
            library.write(key).await;
        }
        let inspection = library.inspection(REPAIR);
        let young = Inspection { now: now(), ..inspection };
        let mut report = young.begin();
        young.run(&mut report, |_| {}).await.unwrap();
        assert!(report.orphans.is_empty(), "somebody may just be making them: {report:?}");
        assert_eq!((report.young, report.strangers), (nobodys.len() as u64, 1));

        let told = library.inspect(ALL).await;
        let mut found: Vec<_> = told.orphans.iter().map(|orphan| orphan.key.clone()).collect();
        let mut expected = nobodys.to_vec();
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
        assert!(!told.is_well());

        let report = library.inspect(REPAIR).await;
        assert_eq!(report.orphans.len(), nobodys.len());
        assert!(report.is_well(), "{report:?}");
        for key in &nobodys {
            assert!(library.bucket.head(key).await.unwrap().is_none(), "{key}");
        }
        for key in &somebodys {
            assert!(library.bucket.head(key).await.unwrap().is_some(), "{key}");
        }
        assert!(library.inspect(ALL).await.orphans.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_inspection_goes_on_where_another_stopped_and_looks_at_a_part() {
    everywhere(async |library| {
        for number in 0..30 {
            library.ingest(&format!("n{number:02}")).await;
        }
        let inspection = library.inspection(ALL);
        let mut report = inspection.begin();
        report.last = Some(id("n19").to_string());
        report.passed = 20;
        let json = serde_json::to_string(&report).unwrap();
        let mut report: Report = serde_json::from_str(&json).unwrap();
        assert!(inspection.goes_on_with(&report));
        inspection.run(&mut report, |_| {}).await.unwrap();
        assert_eq!((report.passed, report.assets), (30, 10));
        assert!(!library.inspection(Wishes { part: 0.5, ..ALL }).goes_on_with(&report));

        let some = library.inspect(Wishes { part: 0.5, ..ALL }).await;
        assert!((1..30).contains(&some.assets), "{}", some.assets);
        assert_eq!(some.passed, 30);
        let others = library.inspect(Wishes { customer: Some(1), ..ALL }).await;
        assert_eq!((others.passed, others.young, others.orphans.len()), (0, 0, 0));
        let own = library.inspect(Wishes { customer: Some(2), ..ALL }).await;
        assert_eq!((own.assets, own.is_well()), (30, true), "{own:?}");
    })
    .await;
}

#[tokio::test]
async fn what_stayed_with_its_owner_has_to_be_what_it_was() {
    everywhere(async |library| {
        for name in ["changed", "gone", "sound"] {
            library.leave(name).await;
        }
        let report = library.inspect(ALL).await;
        assert!(report.is_well(), "{report:#?}");
        library.owners.put("changed", Bytes::from_static(b"slexip")).await.unwrap();
        library.owners.delete("gone").await.unwrap();
        let report = library.inspect(REPAIR).await;
        let found: Vec<_> =
            report.faults.iter().map(|fault| (fault.asset.as_str(), fault.kind)).collect();
        let expected = [("2/1/changed", FaultKind::Damaged), ("2/1/gone", FaultKind::Missing)];
        assert_eq!(found, expected, "{report:#?}");
        assert!(report.faults.iter().all(|fault| fault.mended && fault.key.starts_with("file:")));
        let left = library.owners.read("changed").await.unwrap();
        assert_eq!(left, "slexip", "it is theirs");
    })
    .await;
}
