use std::{path::Path, sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    body::Body,
    http::{Method, Request},
};
use catalogue::{
    AssetFields, AtOrigin, Catalogue, Change, Ingested, JobKind, NewAsset, NewCustomer, Priority,
    Recording, SpaceFields,
};
use model::{AssetId, ServerUrls};
use storage::{Bucket, Derivatives, DerivativesConfig, ListedBuckets, Ranges, StorageConfig, keys};
use tempfile::TempDir;
use time::{OffsetDateTime, macros::datetime};
use tower::ServiceExt;

use super::{Picture, Reply, recorder::Counts};
use crate::{Delivery, DeliveryConfig, Originals, router};

/// A customer `2`, called `wellcome`, with a space `5`, behind the real router.
pub(crate) struct Library {
    pub(crate) router: Router,
    pub(crate) delivery: Arc<Delivery>,
    pub(crate) catalogue: Catalogue,
    pub(crate) bucket: Bucket,
    /// The customer's own.
    pub(crate) owners: Bucket,
    pub(crate) counts: Counts,
    _folder: TempDir,
}

pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-20 08:49:37 UTC);
pub(crate) const ROOT: &str = "https://iiif.example.org";

impl Library {
    pub(crate) async fn in_memory() -> Self {
        Self::new(DeliveryConfig::default(), |_| Bucket::in_memory()).await
    }

    pub(crate) async fn in_a_folder() -> Self {
        Self::new(DeliveryConfig::default(), |path| Bucket::in_folder(path).unwrap()).await
    }

    pub(crate) async fn with(config: DeliveryConfig) -> Self {
        Self::new(config, |_| Bucket::in_memory()).await
    }

    async fn new(config: DeliveryConfig, bucket: impl FnOnce(&Path) -> Bucket) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bucket = bucket(&folder.path().join("bucket"));
        let catalogue = Catalogue::in_memory().await.unwrap();
        catalogue.set_up(NOW).await.unwrap();
        let new = NewCustomer { name: "wellcome".to_owned(), display_name: "Wellcome".to_owned() };
        assert_eq!(catalogue.create_customer(&new, NOW).await.unwrap().id, 2);
        let space = SpaceFields { name: Change::Set("Space".to_owned()), ..Default::default() };
        catalogue.put_space(2, 5, &space, NOW).await.unwrap();

        let ranges = Ranges::new(bucket.clone(), &StorageConfig::default());
        let derivatives = Derivatives::open(&DerivativesConfig::default(), folder.path()).unwrap();
        let owners = Bucket::in_folder(&folder.path().join("owners")).unwrap();
        let buckets = (bucket.clone(), listed(&owners));
        let originals =
            Originals::with_children(0, &config.originals, buckets, folder.path()).unwrap();
        let counts = Counts::default();
        let delivery = metrics::with_local_recorder(&counts, || {
            Delivery::new(config, catalogue.clone(), ranges, derivatives, originals)
        });
        let delivery = Arc::new(delivery);
        let urls = ServerUrls::new(ROOT, "https://api.example.org");
        let router = router(Arc::clone(&delivery)).layer(Extension(urls));
        Self { router, delivery, catalogue, bucket, owners, counts, _folder: folder }
    }

    /// Registers an open image and does what ingest would do.
    pub(crate) async fn add(&self, name: &str, picture: &Picture) {
        self.add_with(name, picture, AssetFields::default()).await;
    }

    pub(crate) async fn add_with(&self, name: &str, picture: &Picture, fields: AssetFields) {
        self.register(name, fields).await;
        self.ingest(picture).await;
    }

    /// Registers an image that nothing is made of yet.
    pub(crate) async fn register(&self, name: &str, fields: AssetFields) {
        let fields = AssetFields {
            origin: Change::Set("https://files.example.org/a.tif".parse().unwrap()),
            media_type: Change::Set("image/tiff".parse().unwrap()),
            ..fields
        };
        let id = AssetId::new(2, 5, name).unwrap();
        let new = NewAsset { id: id.clone(), fields };
        self.catalogue.register_asset(&new, Priority::Normal, NOW).await.unwrap();
    }

    /// Does what ingest would do for the next job.
    pub(crate) async fn ingest(&self, picture: &Picture) {
        let lease = Duration::from_secs(60);
        let kinds = [JobKind::IngestImage];
        let job = self.catalogue.claim_job(&kinds, "test", lease, NOW).await.unwrap().unwrap();
        let (id, version) = (&job.asset, job.version);
        self.bucket.put(&keys::pyramid(id, version), picture.pyramid.clone()).await.unwrap();
        let mut thumbnails = Vec::new();
        for (size, bytes) in picture.thumbnails() {
            self.bucket.put(&keys::thumbnail(id, version, size), bytes).await.unwrap();
            thumbnails.push(size);
        }
        let extent = picture.converted.extent;
        let ingested = Ingested {
            width: extent.w,
            height: extent.h,
            gray: picture.converted.gray,
            thumbnails,
            at_origin: self.left_at_origin().await,
            ..Ingested::default()
        };
        self.catalogue.record_ingested(&job, &ingested, NOW).await.unwrap();
    }

    /// The object `a` of the owner's bucket as it is now, if there is one.
    async fn left_at_origin(&self) -> Option<AtOrigin> {
        let found = self.owners.head("a").await.unwrap()?;
        let url = format!("file://{}/a", self.owners);
        Some(AtOrigin { url, bytes: found.bytes, etag: found.etag.unwrap() })
    }

    /// Registers a film, and does what ingest would do: each file holds the text of its address.
    pub(crate) async fn add_recording(&self, name: &str, made: &Recording, fields: AssetFields) {
        let fields = AssetFields {
            origin: Change::Set("https://files.example.org/a.mov".parse().unwrap()),
            media_type: Change::Set("video/quicktime".parse().unwrap()),
            ..fields
        };
        let new = NewAsset { id: AssetId::new(2, 5, name).unwrap(), fields };
        self.catalogue.register_asset(&new, Priority::Normal, NOW).await.unwrap();
        let lease = Duration::from_secs(60);
        let kinds = [JobKind::IngestTimeBased];
        let job = self.catalogue.claim_job(&kinds, "test", lease, NOW).await.unwrap().unwrap();
        let mut files = vec![keys::POSTER.to_owned()];
        for own in &made.transcodes {
            let (place, _) = own.address.rsplit_once('/').unwrap();
            files.extend(own.preset.form().segments().map(|name| format!("{place}/{name}")));
            files.push(own.address.clone());
        }
        for address in files {
            let key = keys::recording(&job.asset, job.version, &address);
            self.bucket.put(&key, address.into()).await.unwrap();
        }
        let (width, height) = made.poster.unwrap_or_default();
        let duration = made.transcodes.iter().map(|own| own.duration).max().unwrap_or_default();
        let recording = made.clone();
        let ingested = Ingested { width, height, duration, recording, ..Ingested::default() };
        self.catalogue.record_ingested(&job, &ingested, NOW).await.unwrap();
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.ask(Method::GET, path, &[]).await
    }

    pub(crate) async fn get_with(&self, path: &str, header: &str, value: &str) -> Reply {
        self.ask(Method::GET, path, &[(header, value)]).await
    }

    pub(crate) async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        Reply::read(self.router.clone().oneshot(request).await.unwrap()).await
    }
}

/// A folder, listed for customer 2.
fn listed(bucket: &Bucket) -> ListedBuckets {
    let url = format!("file://{bucket}");
    let config = StorageConfig { url, ..StorageConfig::default() };
    ListedBuckets::open([(&config, &[2][..])]).unwrap()
}
