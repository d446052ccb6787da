use catalogue::{Change, NewAsset, Priority, Registered, Upload};
use model::Origin;
use serde_json::json;
use storage::keys;

use super::metadata::Metadata;
use crate::{
    Management,
    error::{During, Error},
    images::{Subject, put_fields},
};

/// Registers the asset with what came, if all has come; done twice, it comes to the same.
pub(super) async fn complete(management: &Management, upload: &mut Upload) -> Result<(), Error> {
    if upload.finished || upload.received < upload.bytes {
        return Ok(());
    }
    let Metadata { asset: id, fields, .. } =
        Metadata::read(upload.asset.customer, &upload.metadata)?;
    let parts = management.catalogue.upload_parts(&upload.id).await?;
    let parts: Vec<_> =
        parts.iter().map(|part| json!({"object": part.object, "bytes": part.bytes})).collect();
    let key = keys::upload_parts(&id, &upload.id);
    management.bucket.put(&key, json!({"parts": parts}).to_string().into()).await?;

    let stored = management.catalogue.asset(&id).await?;
    let subject = Subject { id: &id, stored: stored.as_ref(), config: &management.config };
    let mut fields = put_fields(fields, &subject, true)?;
    fields.origin = Change::Set(Origin::upload(&key));
    let new = NewAsset { id, fields };
    let registered =
        management.catalogue.register_asset(&new, Priority::Normal, management.now()).await;
    let Registered { asset, .. } = registered.during("Upload")?;
    management.catalogue.finish_upload(&upload.id).await?;
    upload.finished = true;
    tracing::info!(asset = %asset.id, bytes = upload.bytes, "uploaded");
    Ok(())
}
