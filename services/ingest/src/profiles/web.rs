use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    sync::Arc,
    time::Duration,
};

use model::AssetId;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest, Sha256};
use storage::keys;
use time::OffsetDateTime;
use tokio::sync::Semaphore;
use url::Url;

use super::{
    cabinet::Cabinet,
    config::PLACE,
    source::{GLANCE, Original, Remote, Seen, Sighting, Unseen, last_part, version_of},
    tally::Tally,
    workshop::Workshop,
};
use crate::{
    engine::now,
    origins::{Asked, FetchError, HttpOrigins, Marks, path_of},
};

/// A web server; the address of an image follows from its name.
pub(super) struct Web {
    template: String,
    origins: HttpOrigins,
    connections: Arc<Semaphore>,
}

/// What a name may keep as it is, so that it neither leaves its place nor names another server.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Web {
    pub(super) fn new(template: String, origins: HttpOrigins, connections: usize) -> Self {
        Self { template, origins, connections: Arc::new(Semaphore::new(connections.max(1))) }
    }

    pub(super) async fn ask(
        &self,
        name: &str,
        marks: &Marks,
        into: &Path,
    ) -> Result<Asked, FetchError> {
        let _turn = self.connections.acquire().await;
        self.origins.ask(&self.address(name), marks, into).await
    }

    /// As the address ends; a IIIF image service calls everything `default.jpg`.
    pub(super) fn file_name(&self, name: &str) -> String {
        if self.template.ends_with(IIIF_FULL) {
            return format!("{}.jpg", last_part(name));
        }
        let url = Url::parse(&self.address(name)).ok();
        let last = url.as_ref().and_then(|url| url.path_segments()?.next_back());
        let last = last.and_then(|last| percent_decode_str(last).decode_utf8().ok());
        let last = last.map(|last| last_part(&last)).filter(|last| !last.is_empty());
        last.unwrap_or_else(|| last_part(name))
    }

    fn address(&self, name: &str) -> String {
        self.template.replace(PLACE, &utf8_percent_encode(name, ESCAPED).to_string())
    }
}

const IIIF_FULL: &str = "/full/max/0/default.jpg";

/// The addresses of another IIIF image service.
pub(super) fn iiif_template(url: &str) -> String {
    format!("{}/{PLACE}{IIIF_FULL}", url.trim_end_matches('/'))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::IngestConfig;

    fn web(template: &str) -> Web {
        let origins = HttpOrigins::new(&IngestConfig::default()).unwrap();
        Web::new(template.to_owned(), origins, 1)
    }

    #[test]
    fn a_name_stays_in_its_place() {
        let web = web("https://example.org/images/{name}.jpg?size=full");
        for (name, address) in [
            ("banana", "https://example.org/images/banana.jpg?size=full"),
            ("a b/c?d=e&f#g", "https://example.org/images/a%20b%2Fc%3Fd%3De%26f%23g.jpg?size=full"),
            (
                "@evil.example:80/x",
                "https://example.org/images/%40evil.example%3A80%2Fx.jpg?size=full",
            ),
        ] {
            assert_eq!(web.address(name), address);
        }
    }

    #[test]
    fn a_file_is_called_as_its_address_ends() {
        assert_eq!(web("https://example.org/{name}.jpg").file_name("a b"), "a b.jpg");
        assert_eq!(web("https://example.org/{name}").file_name("x/y.tif"), "y.tif");
        assert_eq!(web("https://example.org/{name}/").file_name("x"), "x");
        assert_eq!(web(&iiif_template("https://example.org/iiif/")).file_name("x"), "x.jpg");
    }
}
