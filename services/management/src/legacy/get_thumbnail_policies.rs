use super::policies::{THUMBNAIL, ThumbnailPolicy};
use crate::{
    error::Error,
    hydra::{self, Collection, Document},
    paths::PlatformPath,
    urls::Urls,
};

/// `GET /thumbnailPolicies`: for everybody.
pub(crate) async fn get_thumbnail_policies(urls: Urls) -> Collection<hydra::ThumbnailPolicy> {
    Collection::whole(&urls, THUMBNAIL.iter().map(|policy| policy.to_hydra(&urls)).collect())
}

/// `GET /thumbnailPolicies/{id}`: for everybody.
pub(crate) async fn get_thumbnail_policy(
    urls: Urls,
    PlatformPath { id }: PlatformPath,
) -> Result<Document<hydra::ThumbnailPolicy>, Error> {
    let found = THUMBNAIL.iter().find(|policy| policy.id == id);
    let found = found.ok_or_else(|| Error::NotFound(format!("thumbnail policy {id}")))?;
    Ok(Document::new(&urls, found.to_hydra(&urls)))
}

impl ThumbnailPolicy {
    fn to_hydra(&self, urls: &Urls) -> hydra::ThumbnailPolicy {
        hydra::ThumbnailPolicy::of(self.id, self.name, self.sizes, urls)
    }
}
