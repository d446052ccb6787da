use axum::http::StatusCode;
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
        match complete(management, &mut upload).await {
            Err(error) if error.status() == StatusCode::SERVICE_UNAVAILABLE => return Err(error),
            Err(error) => {
                tracing::warn!(%error, asset = %upload.asset, "an upload could not become an asset");
            }
            Ok(()) => {}
        }
    }
    if !upload.finished {
        let folder = keys::upload(&upload.asset, &upload.id);
        management.bucket.delete_prefix(&folder).await?;
    }
    Ok(management.catalogue.delete_upload(&upload.id).await?)
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_STANDARD};
    use catalogue::{NewUpload, UploadPart};
    use time::OffsetDateTime;

    use super::*;
    use crate::{ManagementConfig, testing::on_every_database};

    #[tokio::test]
    async fn what_nobody_goes_on_with_goes_unless_all_of_it_had_come() {
        on_every_database(async |api| {
            api.librarian().await;
            let said =
                [("space", "1"), ("mediaType", "text/plain"), ("deliveryChannels", r#"["file"]"#)];
            for (name, bytes) in [("whole", 5), ("part", 6)] {
                let id = ("id", name);
                let said = said.iter().chain([&id]);
                let said =
                    said.map(|(name, text)| format!("{name} {}", BASE64_STANDARD.encode(text)));
                let new = NewUpload {
                    asset: format!("2/1/{name}").parse().unwrap(),
                    metadata: said.collect::<Vec<_>>().join(","),
                    bytes,
                    expires: OffsetDateTime::UNIX_EPOCH,
                };
                let upload = api.catalogue.create_upload(new).await.unwrap();
                let object = keys::upload_part(&upload.asset, &upload.id, 0, "x");
                api.bucket.put(&object, "hello".into()).await.unwrap();
                let part = UploadPart { start: 0, bytes: 5, object };
                let long_ago = OffsetDateTime::UNIX_EPOCH;
                api.catalogue.add_upload_parts(&upload.id, &[part], long_ago).await.unwrap();
            }
            let (catalogue, config) = (api.catalogue.clone(), ManagementConfig::default());
            let management = Management::new(catalogue, api.bucket.clone(), config);
            expire_uploads(&management).await;
            assert_eq!(management.catalogue.expired_uploads(management.now()).await.unwrap(), []);
            let asset = |name: &str| format!("2/1/{name}").parse().unwrap();
            assert!(api.catalogue.asset(&asset("whole")).await.unwrap().is_some());
            assert!(api.catalogue.asset(&asset("part")).await.unwrap().is_none());
            let kept = api.stored_under("uploads").await;
            assert!(kept.len() == 2 && kept.iter().all(|key| key.contains("/whole/")), "{kept:?}");
        })
        .await;
    }
}
