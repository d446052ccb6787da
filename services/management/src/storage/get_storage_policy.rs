use axum::extract::State;

use crate::{
    Management,
    error::Error,
    hydra::{Document, StoragePolicy},
    paths::PlatformPath,
    urls::Urls,
};

/// `GET /storagePolicies/{id}`: for everybody.
pub(crate) async fn get_storage_policy(
    State(management): State<Management>,
    urls: Urls,
    PlatformPath { id }: PlatformPath,
) -> Result<Document<StoragePolicy>, Error> {
    let found = management.catalogue.storage_policy(&id).await?;
    let found = found.ok_or_else(|| Error::NotFound(format!("storage policy {id}")))?;
    Ok(Document::new(&urls, StoragePolicy::of(found, &urls)))
}
