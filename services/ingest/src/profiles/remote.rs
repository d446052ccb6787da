use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    time::Duration,
};

use model::AssetId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use storage::keys;
use time::OffsetDateTime;

use super::{
    cabinet::Cabinet,
    source::{GLANCE, Original, Seen, Unseen, last_part, version_of},
    tally::Tally,
    web::Web,
    workshop::Workshop,
};
use crate::origins::{Asked, FetchError, Marks, Objects, path_of};

/// What has to be fetched before it can be read.
pub(super) enum Remote {
    Web(Web),
    Objects(Objects),
}

/// What is remembered of a remote original between two questions.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sighting {
    pub(super) version: u64,
    pub(super) marks: Marks,
    /// When the source was asked last, in seconds of Unix.
    pub(super) asked: i64,
    /// When these bytes came.
    pub(super) came: i64,
}

impl Remote {
    async fn ask(&self, name: &str, marks: &Marks, into: &Path) -> Result<Asked, FetchError> {
        match self {
            Self::Web(web) => web.ask(name, marks, into).await,
            Self::Objects(objects) => objects.ask(name, marks, into).await,
        }
    }

    fn file_name(&self, name: &str) -> String {
        match self {
            Self::Web(web) => web.file_name(name),
            Self::Objects(_) => last_part(name),
        }
    }
}

/// Sees a remote original: what is here and fresh is taken as it is, else the source is asked, once, for what is new.
pub(super) async fn see(
    remote: &Remote,
    id: &AssetId,
    revalidate_after: Duration,
    (cabinet, workshop, tally): (&Cabinet, &Workshop, &Tally),
) -> Result<Seen, Unseen> {
    let last = last_sighting(id, cabinet).await;
    let here = match &last {
        Some(last) => open(id, last.version, cabinet, workshop).await?,
        None => None,
    };
    let known = last.zip(here);
    let seen = |file, sighting: &Sighting, doubt| {
        let age = now().unix_timestamp().saturating_sub(sighting.asked).max(0).unsigned_abs();
        let left = revalidate_after.saturating_sub(Duration::from_secs(age));
        let original = original(file, sighting, remote.file_name(id.name()))?;
        let for_now = left.max(GLANCE);
        Ok(Seen { original, for_now, doubt, evicted: Vec::new() })
    };
    if let Some((sighting, file)) = &known
        && !is_stale(sighting, revalidate_after)
    {
        let file = file.try_clone().map_err(|error| ours(&error))?;
        return seen(file, sighting, None);
    }

    let folder = workshop.folder()?;
    let into = folder.path().join("original");
    let marks = known.as_ref().map(|(last, _)| last.marks.clone()).unwrap_or_default();
    let begun = std::time::Instant::now();
    let asked = remote.ask(id.name(), &marks, &into).await;
    tally.responded(begun.elapsed());
    match (asked, known) {
        (Ok(Asked::Came(fetched, marks)), _) => {
            Tally::count(&tally.fetched);
            let version = version_of(&digest(fetched.file).await?);
            let at = now().unix_timestamp();
            let sighting = Sighting { version, marks, asked: at, came: at };
            cabinet.empty(&keys::asset_prefix(id)).await;
            let key = keys::original(id, version);
            let kept = cabinet.bucket().put_file(&key, &into).await;
            let kept = kept.map_err(|error| ours(&error))?;
            let evicted = cabinet.kept(&keys::asset_prefix(id), kept.bytes).await;
            remember(id, &sighting, cabinet).await?;
            let file = open(id, version, cabinet, workshop).await?;
            let file = file.ok_or_else(|| ours(&"it was just kept"))?;
            Ok(Seen { evicted, ..seen(file, &sighting, None)? })
        }
        (Ok(Asked::Same), Some((last, file))) => {
            Tally::count(&tally.revalidated);
            let sighting = Sighting { asked: now().unix_timestamp(), ..last };
            remember(id, &sighting, cabinet).await?;
            seen(file, &sighting, None)
        }
        (Ok(Asked::Same), None) => {
            Err(Unseen::Unavailable("the source says that nothing has changed".to_owned()))
        }
        (Ok(Asked::Gone(_)), _) => {
            cabinet.empty(&keys::asset_prefix(id)).await;
            Err(Unseen::Gone)
        }
        (Err(error), Some((last, file))) => seen(file, &last, Some(error.to_string())),
        (Err(error), None) => Err(error.into()),
    }
}

/// The original of a version, if it is here.
pub(super) async fn open(
    id: &AssetId,
    version: u64,
    cabinet: &Cabinet,
    workshop: &Workshop,
) -> Result<Option<File>, Unseen> {
    let folder = workshop.folder()?;
    let key = keys::original(id, version);
    match cabinet.bucket().open_file(&key, folder.path()).await {
        Ok(file) => Ok(Some(file)),
        Err(storage::Error::NotFound(_)) => Ok(None),
        Err(error) => Err(ours(&error)),
    }
}

fn is_stale(sighting: &Sighting, revalidate_after: Duration) -> bool {
    let age = now().unix_timestamp().saturating_sub(sighting.asked);
    u64::try_from(age).is_ok_and(|age| age >= revalidate_after.as_secs())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the edge of the service, where there is no database"
)]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

fn original(file: File, sighting: &Sighting, file_name: String) -> Result<Original, Unseen> {
    let bytes = file.metadata().map_err(|error| ours(&error))?.len();
    let path = path_of(&file).map_err(|error| ours(&error))?;
    let modified = OffsetDateTime::from_unix_timestamp(sighting.came);
    Ok(Original {
        version: sighting.version,
        file,
        path,
        bytes,
        modified: modified.unwrap_or(OffsetDateTime::UNIX_EPOCH),
        file_name,
    })
}

/// What can't be read is as good as never written: then the original is fetched again.
async fn last_sighting(id: &AssetId, cabinet: &Cabinet) -> Option<Sighting> {
    let written = cabinet.bucket().read(&keys::profile_sighting(id)).await.ok()?;
    serde_json::from_slice(&written).ok()
}

async fn remember(id: &AssetId, sighting: &Sighting, cabinet: &Cabinet) -> Result<(), Unseen> {
    let written = serde_json::to_vec(sighting).map_err(|error| ours(&error))?;
    let kept = cabinet.bucket().put(&keys::profile_sighting(id), written.into()).await;
    kept.map(drop).map_err(|error| ours(&error))
}

async fn digest(mut file: File) -> Result<Vec<u8>, Unseen> {
    let digest = tokio::task::spawn_blocking(move || {
        let (mut hasher, mut part) = (Sha256::new(), vec![0; 256 * 1024]);
        loop {
            match file.read(&mut part)? {
                0 => return io::Result::Ok(hasher.finalize().to_vec()),
                read => hasher.update(&part[..read]),
            }
        }
    });
    let digest = digest.await.map_err(|error| ours(&error))?;
    digest.map_err(|error| ours(&error))
}

/// Trouble on this machine.
pub(super) fn ours(error: &dyn std::fmt::Display) -> Unseen {
    Unseen::Unavailable(format!("the original can't be kept: {error}"))
}
