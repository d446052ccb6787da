use axum::extract::State;

use crate::{
    Management,
    error::Error,
    hydra::{Collection, StoragePolicy},
    query::Query,
    urls::Urls,
};

/// `GET /storagePolicies`: a page of them; for everybody.
pub(crate) async fn get_storage_policies(
    State(management): State<Management>,
    urls: Urls,
    query: Query,
) -> Result<Collection<StoragePolicy>, Error> {
    let policies = management.catalogue.storage_policies(query.page()?).await?;
    Ok(Collection::new(&urls, policies.map(|policy| StoragePolicy::of(policy, &urls))))
}
