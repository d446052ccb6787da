use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    path::Path,
    sync::Arc,
};

use anyhow::{Context, bail};
use model::AssetId;
use serde_json::Value;
use storage::Bucket;
use tokio::sync::Semaphore;

use super::{
    cabinet::Cabinet,
    config::{ProfileConfig, ProfileKind},
    disk::Disk,
    holding::{Absent, Holding},
    profile::Profile,
    remote::Remote,
    source::{Source, version_of},
    web::{Web, iiif_template},
    workshop::Workshop,
};
use crate::{
    config::IngestConfig,
    origins::{HttpOrigins, Objects},
    scratch::Scratch,
};

/// All profiles of a server. Cheap to clone.
#[derive(Clone)]
pub struct Profiles {
    by_name: Arc<HashMap<String, Arc<Profile>>>,
    by_number: Arc<HashMap<u32, Arc<Profile>>>,
}

impl Profiles {
    /// What is fetched and made is kept in the bucket, which is a folder of this server's own.
    pub async fn open(
        profiles: &BTreeMap<String, ProfileConfig>,
        config: &IngestConfig,
        bucket: &Bucket,
        data: &Path,
    ) -> anyhow::Result<Self> {
        let root = match config.scratch.as_os_str().is_empty() {
            true => data.join("scratch"),
            false => config.scratch.clone(),
        };
        let worker = format!("images-{}", uuid::Uuid::new_v4().simple());
        let scratch = Scratch::open(&root, &worker).context("the scratch folder can't be used")?;
        let workshop = Workshop::new(Arc::new(config.clone()), scratch);
        let (mut by_name, mut by_number) = (HashMap::new(), HashMap::new());
        for (name, settings) in profiles {
            let number = number_of(name);
            let cabinet =
                Cabinet::open(bucket.clone(), &number.to_string(), settings.cache_size).await;
            let cabinet = cabinet.with_context(|| format!("what is kept of the profile {name}"))?;
            let source =
                source(settings, config, data).with_context(|| format!("the profile {name}"))?;
            let id = (name.clone(), number);
            let profile =
                Arc::new(Profile::new(id, settings.clone(), source, cabinet, workshop.clone()));
            if let Some(other) = by_number.insert(number, Arc::clone(&profile)) {
                bail!(
                    "the profiles {} and {name} can't stand side by side: rename one",
                    other.name
                );
            }
            by_name.insert(name.clone(), profile);
        }
        Ok(Self { by_name: Arc::new(by_name), by_number: Arc::new(by_number) })
    }

    /// What the name leads to in the profile.
    pub async fn find(&self, profile: &str, name: &str) -> Result<Holding, Absent> {
        let found = self.by_name.get(profile);
        found.ok_or_else(|| Absent::NoProfile(profile.to_owned()))?.find(name).await
    }

    /// The original of a version that was found, open.
    pub async fn original(&self, id: &AssetId, version: u64) -> Result<File, Absent> {
        self.of(id)?.original(id, version).await
    }

    /// Lets an image be looked at anew, as what was kept of it is gone.
    pub async fn forget(&self, id: &AssetId) {
        if let Ok(profile) = self.of(id) {
            profile.forget(id).await;
        }
    }

    /// What each profile has done and keeps.
    pub fn status(&self) -> BTreeMap<String, Value> {
        self.by_name.iter().map(|(name, profile)| (name.clone(), profile.status())).collect()
    }

    fn of(&self, id: &AssetId) -> Result<&Arc<Profile>, Absent> {
        let profile = self.by_number.get(&id.customer);
        profile.ok_or_else(|| Absent::NoProfile(id.customer.to_string()))
    }
}

/// Stands for the profile in keys, and keeps its images apart from those of others; the same after a restart.
fn number_of(name: &str) -> u32 {
    (version_of(name.as_bytes()) >> 31) as u32
}

fn source(settings: &ProfileConfig, config: &IngestConfig, data: &Path) -> anyhow::Result<Source> {
    let at = match settings.kind {
        ProfileKind::Disk => return Ok(Source::Disk(Disk::new(&settings.folder))),
        ProfileKind::Http => Remote::Web(web(settings.url.clone(), settings, config)?),
        ProfileKind::Recto => Remote::Web(web(iiif_template(&settings.url), settings, config)?),
        ProfileKind::S3 => {
            let bucket = Bucket::open(&settings.storage, data)?;
            let turns = Arc::new(Semaphore::new(settings.connections.max(1)));
            Remote::Objects(Objects::new(bucket, config.max_source_bytes, turns))
        }
    };
    let revalidate_after = std::time::Duration::from_secs(settings.revalidate_after);
    Ok(Source::Remote { at, revalidate_after })
}

/// The operator named the server, so it may be a private one; where it redirects to may not.
fn web(template: String, settings: &ProfileConfig, config: &IngestConfig) -> anyhow::Result<Web> {
    let url = url::Url::parse(&template).context("the url is not one")?;
    let mut config = IngestConfig { connections_per_host: settings.connections, ..config.clone() };
    config
        .private_hosts
        .extend(url.host_str().map(|host| host.trim_matches(['[', ']']).to_owned()));
    Ok(Web::new(template, HttpOrigins::new(&config)?))
}
