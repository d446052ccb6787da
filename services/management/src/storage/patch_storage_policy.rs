use axum::extract::State;
use catalogue::StoragePolicyFields;

use super::storage_policy_fields::{check_name, storage_policy_fields};
use crate::{
    Management,
    body::JsonBody,
    caller::Administrator,
    error::{During, Error},
    hydra::{Document, StoragePolicy},
    paths::PlatformPath,
    precondition::Precondition,
    urls::Urls,
};

/// `PATCH /storagePolicies/{id}`: an administrator changes what is said, and nothing else.
pub(crate) async fn patch_storage_policy(
    State(management): State<Management>,
    urls: Urls,
    _: Administrator,
    PlatformPath { id }: PlatformPath,
    Precondition(expected): Precondition,
    JsonBody(fields): JsonBody,
) -> Result<Document<StoragePolicy>, Error> {
    let (name, fields) = storage_policy_fields(fields)?;
    check_name(name.as_deref(), &id)?;
    let fields = StoragePolicyFields { expected, ..fields };
    let now = management.now();
    let patched = management.catalogue.patch_storage_policy(&id, &fields, now).await;
    let patched = patched.during("Update storage policy")?;
    Ok(Document::new(&urls, StoragePolicy::of(patched, &urls)))
}
