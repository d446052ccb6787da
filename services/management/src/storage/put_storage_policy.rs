use axum::extract::State;
use catalogue::StoragePolicyFields;

use super::storage_policy_fields::{check_name, storage_policy_fields};
use crate::{
    Management,
    body::JsonBody,
    caller::Administrator,
    error::{During, Error},
    hydra::{Document, Saved, StoragePolicy},
    paths::PlatformPath,
    precondition::Precondition,
    urls::Urls,
};

/// `PUT /storagePolicies/{id}`: an administrator makes it, or replaces what it says.
pub(crate) async fn put_storage_policy(
    State(management): State<Management>,
    urls: Urls,
    _: Administrator,
    PlatformPath { id }: PlatformPath,
    Precondition(expected): Precondition,
    JsonBody(fields): JsonBody,
) -> Result<Saved<StoragePolicy>, Error> {
    let (name, fields) = storage_policy_fields(fields)?;
    check_name(name.as_deref(), &id)?;
    let fields = StoragePolicyFields { expected, ..fields };
    let put = management.catalogue.put_storage_policy(&id, &fields, management.now()).await;
    let (policy, created) = put.during("Put storage policy")?;
    Ok(Document::new(&urls, StoragePolicy::of(policy, &urls)).saved(created))
}
