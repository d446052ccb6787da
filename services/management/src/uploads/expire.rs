use catalogue::Upload;
use storage::keys;

use super::complete::complete;
use crate::{Management, error::Error};

/// Forgets uploads that nobody goes on with, and their bytes. Several processes may do so at once.
pub async fn expire_uploads(management: &Management) {
    match management.catalogue.expired_uploads(management.now()).await {
        Ok(expired) => {
            for upload in expired {
                let id = upload.id.clone();
                if let Err(error) = forget(management, upload).await {
                    tracing::warn!(?error, id, "an upload could not be forgotten");
                }
            }
        }
        Err(error) => tracing::warn!(?error, "expired uploads can't be looked up"),
    }
}

/// Removes an upload; its bytes too, unless they are an asset's by now.
pub(super) async fn forget(management: &Management, mut upload: Upload) -> Result<(), Error> {
    // All had come when a process died over it: the sender thinks that it is done.
    if upload.received == upload.bytes {
        let completed = complete(management, &mut upload).await;
        if let Err(error) = completed {
            tracing::warn!(%error, asset = %upload.asset, "an upload could not become an asset");
        }
    }
    if !upload.finished {
        let folder = keys::upload(&upload.asset, &upload.id);
        management.bucket.delete_prefix(&folder).await?;
    }
    Ok(management.catalogue.delete_upload(&upload.id).await?)
}
