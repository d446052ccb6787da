use std::{collections::HashSet, fmt, str::FromStr};

use model::AssetId;

use crate::{
    Asset, AssetCard, Catalogue, Error, Job, Leftovers,
    database::query::{self, unreadable},
};

/// The name and version under which bytes lie in the storage that belong to another asset now: it was moved, or copied.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Whereabouts {
    pub id: AssetId,
    pub version: u64,
}

impl Asset {
    /// Under which name and version its bytes lie in the storage.
    pub fn kept_at(&self) -> (&AssetId, u64) {
        kept_at(self.kept.as_ref(), &self.id, self.version)
    }
}

impl AssetCard {
    /// Under which name and version its bytes lie in the storage.
    pub fn kept_at(&self) -> (&AssetId, u64) {
        kept_at(self.kept.as_ref(), &self.id, self.version)
    }
}

fn kept_at<'a>(kept: Option<&'a Whereabouts>, id: &'a AssetId, version: u64) -> (&'a AssetId, u64) {
    kept.map_or((id, version), |kept| (&kept.id, kept.version))
}

impl Catalogue {
    /// What a clean-up may remove: not what another asset has by now.
    ///
    /// An asset can only be moved or copied while it has its bytes, so what nobody has stays so.
    pub async fn unneeded(&self, job: &Job) -> Result<Leftovers, Error> {
        let mut leftovers = Leftovers::default();
        for version in &job.leftovers.versions {
            if !self.is_kept(&job.asset, *version).await? {
                leftovers.versions.push(*version);
            }
        }
        // A document that was given up may be tried again before its pages are gone.
        let making = match job.leftovers.uploads.is_empty() {
            true => HashSet::new(),
            false => self.pages_in_the_making().await?,
        };
        for key in job.leftovers.uploads.iter().filter(|key| !making.contains(*key)) {
            let sql = "SELECT COUNT(*) FROM asset WHERE origin = $1
                       AND origin >= 'recto-upload:' AND origin < 'recto-upload;'";
            let origin = model::Origin::upload(key).as_str().to_owned();
            let database = self.database().reader();
            if query::one::<i64>(database, sql, [origin.into()]).await? == Some(0) {
                leftovers.uploads.push(key.clone());
            }
        }
        Ok(leftovers)
    }

    async fn is_kept(&self, id: &AssetId, version: u64) -> Result<bool, Error> {
        // One statement: an asset that is just being moved is seen before or after it, never in between.
        let sql = "SELECT (SELECT COUNT(*) FROM asset WHERE kept = $5) +
                   (SELECT COUNT(*) FROM asset WHERE customer = $1 AND space = $2 AND name = $3
                    AND version = $4 AND kept IS NULL)";
        let kept = Whereabouts { id: id.clone(), version }.to_string();
        let values =
            query::key_of(id).into_iter().chain([query::whole(version).into(), kept.into()]);
        let count = query::one::<i64>(self.database().reader(), sql, values).await?;
        Ok(count.unwrap_or_default() > 0)
    }
}

impl fmt::Display for Whereabouts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.version, self.id)
    }
}

impl FromStr for Whereabouts {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || unreadable("kept");
        let (version, id) = text.split_once(' ').ok_or_else(wrong)?;
        let (version, id) = (version.parse(), id.parse());
        Ok(Self { version: version.map_err(|_| wrong())?, id: id.map_err(|_| wrong())? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_bytes_lie_is_read_as_it_is_written() {
        let kept = Whereabouts { id: "2/5/ark:/1 2/x".parse().unwrap(), version: 17 };
        assert_eq!(kept.to_string(), "17 2/5/ark:/1 2/x");
        assert_eq!(kept.to_string().parse::<Whereabouts>().unwrap(), kept);
        for text in ["", "17", "x 2/5/a", "17 2/a"] {
            assert!(text.parse::<Whereabouts>().is_err(), "{text}");
        }
    }
}
