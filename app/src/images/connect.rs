//! Introduces who finds originals to who shows them; the services do not know each other.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    sync::Arc,
};

use axum::http::HeaderValue;
use delivery::{Absent, Item, ProfileWords, Profiles};
use futures_util::{FutureExt, TryFutureExt, future::BoxFuture};
use ingest::{Holding, ProfileConfig, ProfileKind};
use model::AssetId;
use serde_json::Value;

/// What `ingest` finds, as `delivery` wants it.
pub(super) struct Introduced {
    profiles: ingest::Profiles,
    words: HashMap<String, (Arc<ProfileWords>, ProfileKind)>,
}

impl Introduced {
    pub(super) fn new(
        profiles: ingest::Profiles,
        settings: &BTreeMap<String, ProfileConfig>,
    ) -> Self {
        let words = settings.iter().map(|(name, profile)| {
            let rights = Some(profile.rights.clone()).filter(|rights| !rights.is_empty());
            let cache_control = HeaderValue::try_from(format!("max-age={}", profile.cache_for));
            let cache_control = cache_control.unwrap_or(HeaderValue::from_static("no-cache"));
            (name.clone(), (Arc::new(ProfileWords { rights, cache_control }), profile.kind))
        });
        Self { profiles, words: words.collect() }
    }
}

impl Profiles for Introduced {
    fn find<'a>(&'a self, profile: &'a str, name: &'a str) -> BoxFuture<'a, Result<Item, Absent>> {
        let find = async move {
            let (words, _) =
                self.words.get(profile).ok_or_else(|| Absent::NoProfile(profile.to_owned()))?;
            let holding = self.profiles.find(profile, name).await.map_err(absent)?;
            Ok(item(holding, Arc::clone(words)))
        };
        find.boxed()
    }

    fn original<'a>(
        &'a self,
        id: &'a AssetId,
        version: u64,
    ) -> BoxFuture<'a, Result<File, Absent>> {
        self.profiles.original(id, version).map_err(absent).boxed()
    }

    fn forget<'a>(&'a self, id: &'a AssetId) -> BoxFuture<'a, ()> {
        self.profiles.forget(id).boxed()
    }

    /// As the server of the Natural History Museum: a disk has to have what is asked of it.
    fn may_lack(&self, profile: &str) -> bool {
        self.words.get(profile).is_some_and(|(_, kind)| *kind != ProfileKind::Disk)
    }

    fn status(&self) -> Value {
        self.profiles.status().into_iter().collect()
    }
}

fn item(holding: Holding, words: Arc<ProfileWords>) -> Item {
    let ready = holding.ready().map_err(absent).boxed().shared();
    let Holding { card, file_name, bytes, meanwhile, .. } = holding;
    let meanwhile =
        meanwhile.map(|ingest::Meanwhile { outline, turn }| delivery::Meanwhile { outline, turn });
    Item { card, words, file_name, bytes, ready, meanwhile }
}

fn absent(absent: ingest::Absent) -> Absent {
    match absent {
        ingest::Absent::NoProfile(name) => Absent::NoProfile(name),
        ingest::Absent::NoImage { profile, name } => Absent::NoImage { profile, name },
        ingest::Absent::Broken(reason) => Absent::Broken(reason),
        ingest::Absent::Replaced => Absent::Replaced,
        ingest::Absent::Unavailable(reason) => Absent::Unavailable(reason),
    }
}
