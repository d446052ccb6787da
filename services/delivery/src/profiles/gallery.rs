use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use storage::Derivatives;

use super::{
    config::ImagesConfig,
    error::Error,
    index::{Absent, Identifier, Item, Profiles},
};
use crate::{Delivery, DeliveryConfig, Originals, delivery::Index, image::Exhibit};

/// What the routes of `recto images` work with.
pub struct Gallery {
    pub(super) delivery: Delivery,
    pub(super) profiles: Arc<dyn Profiles>,
    pub(super) config: ImagesConfig,
    pub(super) begun: Instant,
    pub(super) tally: Tally,
    /// Identifiers by what images were called in an older system.
    pub(super) old_ids: HashMap<String, String>,
}

/// What became of image requests since the start.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) requests: AtomicU64,
    pub(super) completed: AtomicU64,
    pub(super) errors: AtomicU64,
    /// Those that are being answered now.
    pub(super) in_use: AtomicU64,
}

/// An image that is being answered, whatever becomes of it.
pub(super) struct InUse<'a>(&'a AtomicU64);

impl Drop for InUse<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl Tally {
    pub(super) fn begin(&self) -> InUse<'_> {
        self.in_use.fetch_add(1, Relaxed);
        InUse(&self.in_use)
    }
}

impl Gallery {
    pub fn new(
        (config, delivery): (ImagesConfig, DeliveryConfig),
        profiles: Arc<dyn Profiles>,
        ranges: storage::Ranges,
        derivatives: Derivatives,
        originals: Originals,
    ) -> Self {
        let index = Index::Profiles(Arc::clone(&profiles));
        Self {
            delivery: Delivery::with(delivery, index, ranges, derivatives, originals),
            profiles,
            config,
            begun: Instant::now(),
            tally: Tally::default(),
            old_ids: HashMap::new(),
        }
    }

    /// Leads old links to images; identifiers by what the images were called.
    pub fn with_old_ids(self, old_ids: HashMap<String, String>) -> Self {
        Self { old_ids, ..self }
    }

    pub(super) async fn find(&self, identifier: &Identifier) -> Result<Item, Error> {
        let profile = self.profile_of(identifier);
        if profile.is_empty() && identifier.profile.is_none() {
            // As Python has it.
            return Err(Absent::NoProfile("None".to_owned()).into());
        }
        Ok(self.profiles.find(profile, &identifier.name).await?)
    }

    /// Whether an image that is not there is left out of archives.
    pub(super) fn may_lack(&self, identifier: &Identifier) -> bool {
        self.profiles.may_lack(self.profile_of(identifier))
    }

    pub(super) fn profile_of<'a>(&'a self, identifier: &'a Identifier) -> &'a str {
        identifier.profile.as_deref().unwrap_or(&self.config.default_profile)
    }

    /// The image as it is drawn, once it is ready for that.
    pub(super) async fn exhibit(&self, item: &Item) -> Result<Arc<Exhibit>, Error> {
        let patience = Duration::from_secs(self.config.max_wait_seconds);
        match tokio::time::timeout(patience, item.ready.clone()).await {
            Ok(ready) => ready?,
            Err(_) => return Err(Error::NotReadyYet),
        }
        Ok(self.delivery.exhibit_of(Arc::clone(&item.card)).await?)
    }

    /// Tries again if the image has just been replaced, or what was kept of it cleared away.
    pub(super) async fn persist<T, F: Future<Output = Result<T, Error>>>(
        &self,
        identifier: &Identifier,
        show: impl Fn(Item) -> F,
    ) -> Result<T, Error> {
        let item = self.find(identifier).await?;
        let id = item.card.id.clone();
        match show(item).await {
            Err(error) if error.is_replaced() => {
                self.profiles.forget(&id).await;
                show(self.find(identifier).await?).await
            }
            shown => shown,
        }
    }

    pub(super) fn count(&self, outcome: &Result<axum::response::Response, Error>) {
        self.tally.requests.fetch_add(1, Relaxed);
        match outcome {
            Ok(_) => self.tally.completed.fetch_add(1, Relaxed),
            Err(_) => self.tally.errors.fetch_add(1, Relaxed),
        };
    }
}

impl From<Absent> for Error {
    fn from(absent: Absent) -> Self {
        Self::Absent(absent)
    }
}
