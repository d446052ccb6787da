use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::FutureExt;
use imaging::Outline;
use model::{AssetId, MediaType};
use moka::future::Cache;
use serde_json::{Value, json};
use storage::keys;

use super::{
    cabinet::Cabinet,
    config::{LogLevel, ProfileConfig},
    holding::{Absent, Holding, made},
    kept_card::{KeptCard, media_type, unknown},
    source::{GLANCE, Original, Seen, Source, Unseen},
    tally::Tally,
    workshop::{Look, Workshop},
};

/// One profile: what its names lead to.
pub(super) struct Profile {
    pub(super) name: String,
    pub(super) number: u32,
    pub(super) config: ProfileConfig,
    source: Source,
    cabinet: Cabinet,
    workshop: Workshop,
    known: Cache<String, Known>,
    tally: Tally,
}

/// What is believed of a name, until it is looked at again.
#[derive(Clone)]
struct Known {
    until: Instant,
    /// The version of an original that can't be shown, and how long that is not tried again.
    broken: Option<(u64, Instant)>,
    found: Result<Holding, Absent>,
}

/// Images of profiles have no space.
const NO_SPACE: u32 = 0;

impl Profile {
    pub(super) fn new(
        (name, number): (String, u32),
        config: ProfileConfig,
        source: Source,
        cabinet: Cabinet,
        workshop: Workshop,
    ) -> Self {
        let known = Cache::builder().max_capacity(config.info_cache_size.max(1)).build();
        Self { name, number, config, source, cabinet, workshop, known, tally: Tally::default() }
    }

    /// What the name leads to.
    pub(super) async fn find(self: &Arc<Self>, name: &str) -> Result<Holding, Absent> {
        Tally::count(&self.tally.requests);
        let found = self.believe(name).await;
        if found.is_err() {
            Tally::count(&self.tally.failed);
        }
        found
    }

    /// What is known of the name, or is found now; whoever asks meanwhile gets what is found then.
    async fn believe(self: &Arc<Self>, name: &str) -> Result<Holding, Absent> {
        let Ok(id) = AssetId::new(self.number, NO_SPACE, name) else { return Err(self.none(name)) };
        let prefix = keys::asset_prefix(&id);
        self.cabinet.touch(&prefix);
        let last = self.known.get(&prefix).await;
        if let Some(known) = &last
            && known.until > Instant::now()
        {
            Tally::count(&self.tally.known);
            return known.found.clone();
        }
        let profile = Arc::clone(self);
        // In a task of its own: whoever asked first may lose interest.
        let look = async {
            let found = tokio::spawn(async move { profile.look(id, last).await }).await;
            found.unwrap_or_else(|_| Known {
                until: Instant::now(),
                broken: None,
                found: Err(Absent::Unavailable("the search for the image broke down".to_owned())),
            })
        };
        let is_old = |known: &Known| known.until <= Instant::now();
        let entry = self.known.entry(prefix).or_insert_with_if(look, is_old).await;
        entry.into_value().found
    }

    /// The original that is drawn in place, or handed out.
    pub(super) async fn original(
        &self,
        id: &AssetId,
        version: u64,
    ) -> Result<std::fs::File, Absent> {
        let file = self.source.reopen(id, version, &self.cabinet, &self.workshop).await;
        match file {
            Ok(Some(file)) => Ok(file),
            Ok(None) => {
                self.known.invalidate(&keys::asset_prefix(id)).await;
                Err(Absent::Replaced)
            }
            Err(unseen) => Err(self.absent(id.name(), unseen)),
        }
    }

    /// Forgets what is believed of an image, as what was kept of it is gone.
    pub(super) async fn forget(&self, id: &AssetId) {
        self.known.invalidate(&keys::asset_prefix(id)).await;
    }

    /// The same for all that had to make room.
    async fn forget_all(&self, prefixes: &[String]) {
        for prefix in prefixes {
            self.known.invalidate(prefix).await;
        }
    }

    pub(super) fn status(&self) -> Value {
        let (bytes, max) = (self.cabinet.bytes(), self.cabinet.max_bytes());
        let kept = match self.source {
            Source::Disk(_) => "converted_cache",
            Source::Remote { .. } => "source_cache",
        };
        let mut cache = self.tally.to_json();
        if let Value::Object(cache) = &mut cache {
            cache.insert("cache_size".to_owned(), bytes.into());
            cache.insert("max_size".to_owned(), max.into());
            cache.insert("in_use".to_owned(), 0.into());
            cache.insert("waiting_clean_up".to_owned(), 0.into());
        }
        json!({ "name": self.name, kept: cache })
    }

    async fn look(self: Arc<Self>, id: AssetId, last: Option<Known>) -> Known {
        let seen = self.source.see(&id, (&self.cabinet, &self.workshop, &self.tally)).await;
        let Seen { original, for_now, doubt, evicted } = match seen {
            Ok(seen) => seen,
            Err(unseen) => {
                let found = Err(self.absent(id.name(), unseen));
                let until = Instant::now() + self.believed(&found);
                return Known { until, broken: None, found };
            }
        };
        self.forget_all(&evicted).await;
        let for_now = match doubt {
            Some(doubt) => {
                self.say(LogLevel::Warning, id.name(), &format!("an old copy is shown: {doubt}"));
                self.missing_for()
            }
            None => for_now,
        };
        let (now, version) = (Instant::now(), original.version);
        match last {
            Some(Known { found: Ok(last), .. })
                if last.card.version == version && last.is_sound() =>
            {
                return Known { until: now + for_now, broken: None, found: Ok(last) };
            }
            Some(Known { broken: Some((broken, again)), found, .. })
                if broken == version && again > now =>
            {
                return Known { until: now + for_now, broken: Some((broken, again)), found };
            }
            Some(_) | None => {}
        }
        let found = self.hold(&id, original).await;
        let Err(error) = &found else {
            return Known { until: now + for_now, broken: None, found };
        };
        self.tally.error(kind(error));
        self.say(LogLevel::Warning, id.name(), &error.to_string());
        let again = now + self.missing_for();
        Known { until: again.min(now + for_now), broken: Some((version, again)), found }
    }

    /// Takes what an earlier look left of this version, or begins to make it ready.
    async fn hold(self: &Arc<Self>, id: &AssetId, original: Original) -> Result<Holding, Absent> {
        let version = original.version;
        let (bytes, file_name) = (original.bytes, Arc::from(original.file_name.as_str()));
        let modified = original.modified;
        let hold = |kept: &KeptCard, making| Holding {
            card: Arc::new(kept.to_card(id, version, modified)),
            file_name,
            bytes,
            making,
        };
        if let Some(kept) = self.kept(id, version).await {
            return Ok(hold(&kept, made()));
        }
        if let Source::Disk(_) = self.source {
            // What there may be is of an older version.
            self.cabinet.empty(&keys::asset_prefix(id)).await;
        }
        match self.workshop.look(&original).await? {
            Look::InPlace(outline) => {
                Tally::count(&self.tally.in_place);
                let kept = KeptCard {
                    extent: outline.extent,
                    gray: outline.gray,
                    media_type: media_type(&original.file_name),
                    in_place: true,
                };
                self.keep_outline(id, version, &outline).await?;
                self.keep_card(id, version, &kept).await?;
                Ok(hold(&kept, made()))
            }
            Look::Image(facts) => {
                let kept = KeptCard {
                    extent: facts.upright(),
                    gray: facts.channels < 3,
                    media_type: facts.media_type.parse().unwrap_or_else(|_| unknown()),
                    in_place: false,
                };
                let (profile, id) = (Arc::clone(self), id.clone());
                let media_type = kept.media_type.clone();
                let make =
                    tokio::spawn(async move { profile.make(&id, original, media_type).await });
                let making = async move {
                    let made = make.await.unwrap_or_else(|_| Err(broke_down()));
                    made.map(drop)
                };
                Ok(hold(&kept, making.boxed().shared()))
            }
            Look::Strange => {
                let kept = self.make(id, original, unknown()).await?;
                Ok(hold(&kept, made()))
            }
        }
    }

    /// Makes the pyramid and keeps it; then the version is complete.
    async fn make(
        &self,
        id: &AssetId,
        original: Original,
        media_type: MediaType,
    ) -> Result<KeptCard, Absent> {
        let version = original.version;
        let done = async {
            let wishes = (self.config.jpeg_quality, self.config.full_chroma);
            let (made, _folder) = self.workshop.make(original, wishes).await?;
            let key = keys::pyramid(id, version);
            let stored = self.cabinet.bucket().put_file(&key, &made.pyramid).await;
            let stored = stored.map_err(|error| not_kept(&error))?;
            let converted = &made.converted;
            let kept = KeptCard {
                extent: converted.extent,
                gray: converted.gray,
                media_type,
                in_place: false,
            };
            self.keep_card(id, version, &kept).await?;
            let gone = self.cabinet.kept(&keys::asset_prefix(id), stored.bytes).await;
            self.forget_all(&gone).await;
            Ok(kept)
        };
        let done: Result<KeptCard, Absent> = done.await;
        match &done {
            Ok(_) => {
                Tally::count(&self.tally.converted);
                self.say(LogLevel::Info, id.name(), "a pyramid was made");
            }
            Err(error) => {
                self.tally.error(kind(error));
                self.say(LogLevel::Warning, id.name(), &format!("no pyramid was made: {error}"));
            }
        }
        done
    }

    async fn kept(&self, id: &AssetId, version: u64) -> Option<KeptCard> {
        let written = self.cabinet.bucket().read(&keys::profile_card(id, version)).await.ok()?;
        serde_json::from_slice(&written).ok()
    }

    async fn keep_card(&self, id: &AssetId, version: u64, card: &KeptCard) -> Result<(), Absent> {
        self.keep(&keys::profile_card(id, version), serde_json::to_vec(card)).await
    }

    async fn keep_outline(
        &self,
        id: &AssetId,
        version: u64,
        outline: &Outline,
    ) -> Result<(), Absent> {
        self.keep(&keys::outline(id, version), serde_json::to_vec(outline)).await
    }

    async fn keep(
        &self,
        key: &str,
        json: Result<Vec<u8>, serde_json::Error>,
    ) -> Result<(), Absent> {
        let json = json.map_err(|error| not_kept(&error))?;
        let kept = self.cabinet.bucket().put(key, Bytes::from(json)).await;
        kept.map(drop).map_err(|error| not_kept(&error))
    }

    /// For how long an answer that there is nothing holds.
    fn believed(&self, found: &Result<Holding, Absent>) -> Duration {
        match (&self.source, found) {
            (Source::Disk(_), Err(Absent::NoImage { .. })) => GLANCE,
            _ => self.missing_for(),
        }
    }

    fn missing_for(&self) -> Duration {
        Duration::from_secs(self.config.missing_for)
    }

    fn none(&self, name: &str) -> Absent {
        Absent::NoImage { profile: self.name.clone(), name: name.to_owned() }
    }

    fn absent(&self, name: &str, unseen: Unseen) -> Absent {
        let absent = match unseen {
            Unseen::Gone => self.none(name),
            Unseen::Refused(reason) => Absent::Broken(reason),
            Unseen::Unavailable(reason) => Absent::Unavailable(reason),
        };
        self.tally.error(kind(&absent));
        let level = match &absent {
            Absent::NoImage { .. } | Absent::NoProfile(_) => LogLevel::Debug,
            Absent::Broken(_) | Absent::Replaced | Absent::Unavailable(_) => LogLevel::Warning,
        };
        self.say(level, name, &absent.to_string());
        absent
    }

    /// Writes to the log what the profile's level lets through.
    fn say(&self, level: LogLevel, image: &str, message: &str) {
        if level > self.config.log_level {
            return;
        }
        let profile = &self.name;
        match level {
            LogLevel::Error => tracing::error!(profile, image, "{message}"),
            LogLevel::Warning => tracing::warn!(profile, image, "{message}"),
            LogLevel::Info => tracing::info!(profile, image, "{message}"),
            LogLevel::Debug => tracing::debug!(profile, image, "{message}"),
        }
    }
}

fn kind(error: &Absent) -> &'static str {
    match error {
        Absent::NoProfile(_) | Absent::NoImage { .. } => "missing",
        Absent::Broken(_) => "broken",
        Absent::Replaced | Absent::Unavailable(_) => "unavailable",
    }
}

fn not_kept(error: &dyn std::fmt::Display) -> Absent {
    Absent::Unavailable(format!("the image can't be kept: {error}"))
}

fn broke_down() -> Absent {
    Absent::Unavailable("making the image ready broke down".to_owned())
}
