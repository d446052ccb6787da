use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use model::AssetId;
use moka::future::Cache;
use serde_json::{Value, json};
use storage::keys;

use super::{
    cabinet::Cabinet,
    config::{LogLevel, ProfileConfig},
    holding::{Absent, Holding},
    source::{GLANCE, Seen, Source, Unseen},
    tally::Tally,
    workshop::Workshop,
};

/// One profile: what its names lead to.
pub(super) struct Profile {
    pub(super) name: String,
    pub(super) number: u32,
    pub(super) config: ProfileConfig,
    pub(super) source: Source,
    pub(super) cabinet: Cabinet,
    pub(super) workshop: Workshop,
    known: Cache<String, Known>,
    pub(super) tally: Tally,
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
    pub(super) async fn forget_all(&self, prefixes: &[String]) {
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
            cache.insert("in_use".to_owned(), self.tally.in_use().into());
            cache.insert("waiting_clean_up".to_owned(), self.cabinet.leaving().into());
            if kept == "source_cache" {
                let took = cache.get("response_time").cloned().unwrap_or_default();
                cache.insert("mss_status".to_owned(), json!({ "response_time": took }));
            }
        }
        json!({ "name": self.name, kept: cache })
    }

    async fn look(self: Arc<Self>, id: AssetId, last: Option<Known>) -> Known {
        let _in_use = self.tally.begin();
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

    /// What the visitor is told. Where originals come from, and what went wrong there, is for the log.
    fn absent(&self, name: &str, unseen: Unseen) -> Absent {
        let (absent, level, reason) = match unseen {
            Unseen::Gone => (self.none(name), LogLevel::Debug, "there is no such image".to_owned()),
            Unseen::Refused(reason) => {
                let told = "the source gives no image that can be shown";
                (Absent::Broken(told.to_owned()), LogLevel::Warning, reason)
            }
            Unseen::Unavailable(reason) => {
                let told = "the source of the image does not answer: please try again";
                (Absent::Unavailable(told.to_owned()), LogLevel::Warning, reason)
            }
        };
        self.tally.error(kind(&absent));
        self.say(level, name, &reason);
        absent
    }

    /// Writes to the log what the profile's level lets through.
    pub(super) fn say(&self, level: LogLevel, image: &str, message: &str) {
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

pub(super) fn kind(error: &Absent) -> &'static str {
    match error {
        Absent::NoProfile(_) | Absent::NoImage { .. } => "missing",
        Absent::Broken(_) => "broken",
        Absent::Replaced | Absent::Unavailable(_) => "unavailable",
    }
}
