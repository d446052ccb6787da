use catalogue::{AssetFields, Change, NewAsset, Priority, Registered, Upload};
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
    let said = Metadata::read(upload.asset.customer, &upload.metadata)?;
    let stored = management.catalogue.asset(&said.asset).await?;
    let (id, config) = (&said.asset, &*management.config);
    let fields = put_fields(said.fields, &Subject { id, stored: stored.as_ref(), config }, true)?;
    register(management, upload, fields, Priority::Normal).await.map(drop)
}

/// Makes what came the origin of the asset; from then on it is the asset's.
pub(super) async fn register(
    management: &Management,
    upload: &mut Upload,
    mut fields: AssetFields,
    priority: Priority,
) -> Result<Registered, Error> {
    let parts = management.catalogue.upload_parts(&upload.id).await?;
    let parts: Vec<_> =
        parts.iter().map(|part| json!({"object": part.object, "bytes": part.bytes})).collect();
    let key = keys::upload_parts(&upload.asset, &upload.id);
    management.bucket.put(&key, json!({"parts": parts}).to_string().into()).await?;
    fields.origin = Change::Set(Origin::upload(&key));
    let new = NewAsset { id: upload.asset.clone(), fields };
    let registered = management.catalogue.register_asset(&new, priority, management.now()).await;
    let registered = registered.during("Upload")?;
    upload.finished = true;
    management.catalogue.finish_upload(&upload.id).await?;
    tracing::info!(asset = %upload.asset, bytes = upload.received, "uploaded");
    Ok(registered)
}
