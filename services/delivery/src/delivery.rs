use std::fs::File;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::http::HeaderValue;
use bytes::Bytes;
use catalogue::{AssetCard, Catalogue};
use iiif::image::{Drawing, ImageRequest, Quality};
use model::AssetId;
use storage::{Derivatives, Ranges};

use crate::{
    DeliveryConfig,
    access::limits,
    counters::{Counters, How},
    error::Error,
    headers::Fingerprint,
    image::{Access, Admission, DrawError, Exhibit, Exhibits, Originals, Painters, Tiles},
    presentation::Documents,
    profiles::Profiles,
    projections::Memberships,
};

/// What the public face works with.
pub struct Delivery {
    pub(crate) config: DeliveryConfig,
    pub(crate) index: Index,
    pub(crate) ranges: Ranges,
    pub(crate) derivatives: Derivatives,
    pub(crate) originals: Originals,
    pub(crate) exhibits: Exhibits,
    pub(crate) tiles: Tiles,
    pub(crate) documents: Documents,
    pub(crate) memberships: Memberships,
    pub(crate) admission: Arc<Admission>,
    pub(crate) painters: Arc<Painters>,
    pub(crate) counters: Counters,
    /// Goes into the tag of every image: what is drawn otherwise has another one.
    pub(crate) encoder: Fingerprint,
    pub(crate) cache: CacheControl,
}

/// What says which images there are.
pub(crate) enum Index {
    Catalogue(Catalogue),
    /// Folders, web servers, buckets: nothing is registered.
    Profiles(Arc<dyn Profiles>),
}

/// The three values of `Cache-Control`.
pub(crate) struct CacheControl {
    pub(crate) image: HeaderValue,
    pub(crate) document: HeaderValue,
    pub(crate) private: HeaderValue,
}

/// Changes when the same request is drawn into other bytes.
const ENCODER: &str = "2";

impl Delivery {
    /// Registers its metrics with the recorder that is installed then.
    pub fn new(
        config: DeliveryConfig,
        catalogue: Catalogue,
        ranges: Ranges,
        derivatives: Derivatives,
        originals: Originals,
    ) -> Self {
        Self::with(config, Index::Catalogue(catalogue), ranges, derivatives, originals)
    }

    pub(crate) fn with(
        config: DeliveryConfig,
        index: Index,
        ranges: Ranges,
        derivatives: Derivatives,
        originals: Originals,
    ) -> Self {
        let admission = Admission::new(config.drawing.clone());
        Self {
            exhibits: Exhibits::new(ranges.clone(), config.index_bytes),
            tiles: Tiles::new(ranges.clone(), config.tile_bytes),
            documents: Documents::new(config.manifest_bytes),
            memberships: Memberships::default(),
            painters: Arc::new(Painters::new(admission.workers())),
            admission: Arc::new(admission),
            counters: Counters::register(),
            encoder: Fingerprint::NEW
                .of(ENCODER.as_bytes())
                .of(&[config.jpeg_quality, config.webp_quality]),
            cache: CacheControl::new(&config),
            config,
            index,
            ranges,
            derivatives,
            originals,
        }
    }

    pub(crate) async fn card(&self, id: &AssetId) -> Result<Arc<AssetCard>, Error> {
        self.catalogue()?.card(id).await?.ok_or(Error::NoSuchAsset)
    }

    /// Where nothing is registered, no asset is found.
    pub(crate) fn catalogue(&self) -> Result<&Catalogue, Error> {
        match &self.index {
            Index::Catalogue(catalogue) => Ok(catalogue),
            Index::Profiles(_) => Err(Error::NoSuchAsset),
        }
    }

    pub(crate) async fn exhibit(&self, id: &AssetId) -> Result<Arc<Exhibit>, Error> {
        self.exhibit_of(self.card(id).await?).await
    }

    pub(crate) async fn exhibit_of(&self, card: Arc<AssetCard>) -> Result<Arc<Exhibit>, Error> {
        let exhibit = self.exhibits.of(card).await?;
        if matches!(exhibit.access, Access::Original(_)) {
            self.originals.warm();
        }
        Ok(exhibit)
    }

    /// The original that an exhibit is drawn from, open.
    pub(crate) async fn original(&self, exhibit: &Exhibit) -> Result<Arc<File>, DrawError> {
        match &self.index {
            Index::Catalogue(_) => self.originals.file(&exhibit.card, &exhibit.key).await,
            Index::Profiles(profiles) => {
                let original = profiles.original(&exhibit.card.id, exhibit.card.version).await;
                Ok(Arc::new(original.map_err(DrawError::Absent)?))
            }
        }
    }

    /// Works a request out for an image.
    pub(crate) fn resolve(
        &self,
        request: &ImageRequest,
        exhibit: &Exhibit,
    ) -> Result<Drawing, Error> {
        if !self.config.offers(request.format) {
            return Err(Error::NotOffered(request.format));
        }
        let limits = limits(&self.config, &exhibit.card);
        let drawing = request.resolve(exhibit.extent(), &limits)?;
        let is_gray = exhibit.is_gray() && drawing.quality == Quality::Gray;
        Ok(if is_gray { drawing.of_gray_source() } else { drawing })
    }

    /// An image that was drawn before, or is drawn now; everyone who asks meanwhile gets the same.
    pub(crate) async fn remember_or_draw(
        &self,
        key: &str,
        draw: impl Future<Output = Result<Bytes, DrawError>> + Send,
    ) -> Result<(Bytes, How), Error> {
        let is_new = AtomicBool::new(false);
        let drawn = self.derivatives.get_or_draw(key, async {
            is_new.store(true, Ordering::Relaxed);
            draw.await
        });
        let image = drawn.await?;
        let how = if is_new.into_inner() { How::Drawn } else { How::Derivative };
        Ok((image, how))
    }
}

impl CacheControl {
    fn new(config: &DeliveryConfig) -> Self {
        let public = |seconds| text(format!("public, max-age={seconds}, s-maxage={seconds}"));
        Self {
            image: public(config.image_max_age_seconds),
            document: public(config.document_max_age_seconds),
            private: text(format!("private, max-age={}", config.private_max_age_seconds)),
        }
    }
}

fn text(value: String) -> HeaderValue {
    HeaderValue::try_from(value).expect("words and numbers are allowed in headers")
}
