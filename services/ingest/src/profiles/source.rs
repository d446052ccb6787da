use std::{fs::File, path::PathBuf, time::Duration};

use model::AssetId;
use time::OffsetDateTime;

use super::{
    cabinet::Cabinet,
    disk::Disk,
    remote::{self, Remote},
    tally::Tally,
    workshop::Workshop,
};
use crate::origins::FetchError;

/// Where a profile's originals come from.
pub(super) enum Source {
    Disk(Disk),
    Remote { at: Remote, revalidate_after: Duration },
}

/// An original that is here, and open.
#[derive(Debug)]
pub(super) struct Original {
    pub(super) version: u64,
    pub(super) file: File,
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    pub(super) modified: OffsetDateTime,
    pub(super) file_name: String,
}

/// What was seen, and for how long that is believed.
pub(super) struct Seen {
    pub(super) original: Original,
    pub(super) for_now: Duration,
    /// Why it may be out of date, if it could not be asked for.
    pub(super) doubt: Option<String>,
    /// The images that had to make room for it, by their prefixes.
    pub(super) evicted: Vec<String>,
}

/// Why nothing was seen.
pub(super) enum Unseen {
    Gone,
    Refused(String),
    Unavailable(String),
}

/// A file on this machine is looked at again after so long.
pub(super) const GLANCE: Duration = Duration::from_secs(1);

impl Source {
    /// Sees what the name leads to now; what is remote is fetched if it is not here, or has changed.
    pub(super) async fn see(
        &self,
        id: &AssetId,
        (cabinet, workshop, tally): (&Cabinet, &Workshop, &Tally),
    ) -> Result<Seen, Unseen> {
        match self {
            Self::Disk(disk) => {
                let original = disk.open(id.name()).await?;
                Ok(Seen { original, for_now: GLANCE, doubt: None, evicted: Vec::new() })
            }
            Self::Remote { at, revalidate_after } => {
                remote::see(at, id, *revalidate_after, (cabinet, workshop, tally)).await
            }
        }
    }

    /// The original of a version that was seen; `None` if it has changed since, or is gone.
    pub(super) async fn reopen(
        &self,
        id: &AssetId,
        version: u64,
        cabinet: &Cabinet,
        workshop: &Workshop,
    ) -> Result<Option<File>, Unseen> {
        let original = match self {
            Self::Disk(disk) => match disk.open(id.name()).await {
                Ok(original) => Some(original),
                Err(Unseen::Gone) => None,
                Err(unseen) => return Err(unseen),
            },
            Self::Remote { .. } => return remote::open(id, version, cabinet, workshop).await,
        };
        Ok(original.filter(|original| original.version == version).map(|original| original.file))
    }
}

impl From<FetchError> for Unseen {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Refused(reason) => Self::Refused(reason),
            FetchError::Unavailable(reason) => Self::Unavailable(reason),
        }
    }
}

/// What stands behind the last slash.
pub(super) fn last_part(name: &str) -> String {
    name.rsplit('/').next().unwrap_or(name).to_owned()
}

/// A version out of what tells one state from another; never 0, which would mean that there is none.
pub(super) fn version_of(state: &[u8]) -> u64 {
    use sha2::{Digest, Sha256};

    let digest: [u8; 32] = Sha256::digest(state).into();
    digest.first_chunk().map_or(1, |first| u64::from_be_bytes(*first) >> 1).max(1)
}
