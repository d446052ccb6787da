use bytes::Bytes;
use model::{AssetId, Origin};
use storage::keys;
use uuid::Uuid;

use crate::{Management, error::Error};

/// Keeps the bytes that came with an asset; from then on they are its origin.
///
/// Every upload has a key of its own, so that what is recorded stays readable until something else is.
pub(super) async fn keep(
    management: &Management,
    asset: &AssetId,
    file: Bytes,
) -> Result<Origin, Error> {
    let key = keys::upload(asset, &Uuid::now_v7().to_string());
    management.bucket.put(&key, file).await?;
    Ok(Origin::upload(&key))
}

/// Forgets bytes whose asset was refused.
pub(super) async fn discard(management: &Management, origin: &Origin) {
    let Some(key) = origin.upload_key() else { return };
    if let Err(error) = management.bucket.delete(key).await {
        tracing::warn!(key, ?error, "an upload that nobody needs could not be deleted");
    }
}
