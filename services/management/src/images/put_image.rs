use std::mem::take;

use axum::extract::State;
use catalogue::{Change, Expected, NewAsset, Registered};
use model::AssetId;
use tracing::Instrument;

use super::{
    bring_in::{bring_in, check_is_ours, priority},
    image_fields::{Subject, effective, put_fields},
    upload,
};
use crate::{
    Management,
    body::UploadBody,
    error::{During, Error},
    hydra::{Document, Image, Saved},
    paths::ImagePath,
    precondition::Precondition,
    urls::Urls,
};

/// `PUT /customers/{customer}/spaces/{space}/images/{image}`: makes or changes an asset, and answers when it is in.
pub(crate) async fn put_image(
    State(management): State<Management>,
    urls: Urls,
    ImagePath { asset }: ImagePath,
    Precondition(expected): Precondition,
    body: UploadBody,
) -> Result<Saved<Image>, Error> {
    // Not left half done when the client hangs up: bytes would stay that nobody knows of.
    let registered =
        tokio::spawn(register(management.clone(), asset, expected, body).in_current_span());
    let registered = registered.await.map_err(|_| Error::Interrupted)??;
    let asset = bring_in(&management, registered.asset, registered.job).await?;
    Ok(Document::new(&urls, Image::of(asset, &urls)).saved(registered.created))
}

async fn register(
    management: Management,
    id: AssetId,
    expected: Expected,
    mut body: UploadBody,
) -> Result<Registered, Error> {
    let stored = management.catalogue.asset(&id).await?;
    stored.as_ref().map_or(Ok(()), check_is_ours)?;
    let subject = Subject { id: &id, stored: stored.as_ref(), config: &management.config };
    let has_file = body.file.is_some();
    let mut fields = put_fields(take(&mut body.fields), &subject, has_file)?;
    fields.expected = expected;
    let media_type = effective(&fields.media_type, &subject);
    let priority = media_type.map(priority).unwrap_or_default();

    let uploaded = match body.file.take() {
        Some(file) => Some(upload::keep(&management, &id, file).await?),
        None => None,
    };
    if let Some(origin) = &uploaded {
        fields.origin = Change::Set(origin.clone());
    }
    let new = NewAsset { id, fields };
    let registered = management.catalogue.register_asset(&new, priority, management.now()).await;
    if let (Err(_), Some(origin)) = (&registered, &uploaded) {
        upload::discard(&management, origin).await;
    }
    registered.during("Put image")
}

#[cfg(test)]
mod tests {
    use insta::{allow_duplicates, assert_json_snapshot};
    use serde_json::json;

    use crate::{
        ManagementConfig,
        testing::{IMAGE, PIXEL, jpeg, on_every_database, on_every_database_with},
    };

    #[tokio::test]
    async fn a_new_image_is_brought_in_before_the_answer() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let answer = api.librarian().await.put(IMAGE, jpeg(json!({}))).await;
            assert_eq!(answer.status, 201);
            assert_eq!(answer.header("location"), format!("https://api.example.org{IMAGE}"));
            allow_duplicates! { assert_json_snapshot!(answer.steady(), @r#"
            {
              "@context": "https://api.example.org/contexts/Image.jsonld",
              "@id": "https://api.example.org/customers/2/spaces/1/images/ms-1",
              "@type": "vocab:Image",
              "id": "ms-1",
              "space": 1,
              "imageService": "https://iiif.example.org/iiif-img/2/1/ms-1",
              "thumbnailImageService": "https://iiif.example.org/thumbs/2/1/ms-1",
              "manifest": "https://iiif.example.org/iiif-manifest/2/1/ms-1",
              "storage": "https://api.example.org/customers/2/spaces/1/images/ms-1/storage",
              "origin": "https://files.example.org/ms-1.jpg",
              "mediaType": "image/jpeg",
              "family": "I",
              "deliveryChannels": [
                {
                  "@type": "vocab:DeliveryChannel",
                  "channel": "iiif-img",
                  "policy": "default"
                },
                {
                  "@type": "vocab:DeliveryChannel",
                  "channel": "thumbs",
                  "policy": "https://api.example.org/customers/2/deliveryChannelPolicies/thumbs/default"
                }
              ],
              "roles": [],
              "maxUnauthorised": -1,
              "string1": "",
              "string2": "",
              "string3": "",
              "number1": 0,
              "number2": 0,
              "number3": 0,
              "tags": [],
              "manifests": [],
              "width": 6000,
              "height": 4000,
              "created": "[time]",
              "finished": "[time]",
              "ingesting": false
            }
            "#) };
        })
        .await;
    }

    #[tokio::test]
    async fn a_second_put_merges_and_brings_in_again() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            let body = jpeg(json!({"string1": "a", "tags": ["x"], "manifests": ["m"]}));
            let first = librarian.put(IMAGE, body).await;
            let body = json!({"mediaType": "image/jpeg", "number1": "9007199254740993",
                "manifests": []});
            let second = librarian.put(IMAGE, body).await;
            assert_eq!(second.status, 200, "{}", second.detail());
            assert_eq!(second.header("location"), "");
            assert_eq!(second.body["origin"], first.body["origin"]);
            assert_eq!(second.body["string1"], "a");
            assert_eq!(second.body["tags"], json!(["x"]));
            assert_eq!(second.body["manifests"], json!([]));
            assert_eq!(second.body["number1"], 9_007_199_254_740_993_i64);
            assert_ne!(second.body["finished"], first.body["finished"]);
        })
        .await;
    }

    #[tokio::test]
    async fn bytes_become_the_origin() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            let body = json!({"mediaType": "image/png", "File": PIXEL});
            let put = librarian.put(IMAGE, body).await;
            assert_eq!(put.status, 201, "{}", put.detail());
            let origin = put.body["origin"].as_str().unwrap();
            let key = origin.strip_prefix("recto-upload://").unwrap();
            assert!(api.bucket.read(key).await.unwrap().starts_with(b"\x89PNG"));
            assert_eq!(put.body.get("file"), None);

            let again = json!({"mediaType": "image/png", "origin": origin});
            assert_eq!(librarian.put(IMAGE, again.clone()).await.status, 200);
            let stolen = librarian.put("/customers/2/spaces/1/images/other", again).await;
            assert_eq!(stolen.status, 400);
            assert!(stolen.detail().contains("cannot name an upload"), "{}", stolen.detail());
        })
        .await;
    }

    #[tokio::test]
    async fn bytes_of_a_refused_image_are_not_kept() {
        on_every_database(async |api| {
            use futures_util::TryStreamExt;

            let librarian = api.librarian().await;
            let body = json!({"mediaType": "image/png", "file": PIXEL});
            let answer = librarian.put("/customers/2/spaces/9/images/a", body).await;
            assert_eq!(answer.status, 400, "{}", answer.detail());
            let kept: Vec<_> = api.bucket.list("").try_collect().await.unwrap();
            assert!(kept.is_empty(), "{kept:?}");
        })
        .await;
    }

    #[tokio::test]
    async fn a_broken_image_is_saved_with_its_error_and_answered_422() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            let path = "/customers/2/spaces/1/images/broken-1";
            let answer = librarian.put(path, jpeg(json!({}))).await;
            assert_eq!(answer.status, 422);
            allow_duplicates! { assert_json_snapshot!(answer.body, @r#"
            {
              "@context": "http://www.w3.org/ns/hydra/context.jsonld",
              "@type": "Error",
              "type": "about:blank",
              "title": "Ingest failed",
              "status": 422,
              "statusCode": 422,
              "detail": "The asset was saved, but could not be brought in: the file ends in the middle of the image",
              "description": "The asset was saved, but could not be brought in: the file ends in the middle of the image",
              "instance": "https://api.example.org/customers/2/spaces/1/images/broken-1"
            }
            "#) };
            let saved = librarian.get(path).await;
            assert_eq!(saved.body["error"], "the file ends in the middle of the image");
            assert_eq!(saved.body["ingesting"], false);
        })
        .await;
    }

    #[tokio::test]
    async fn an_image_that_does_not_fit_is_answered_507() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            let answer =
                librarian.put("/customers/2/spaces/1/images/full-1", jpeg(json!({}))).await;
            assert_eq!(answer.status, 507);
            assert_eq!(answer.body["title"], "Ingest: Storage limit exceeded");
        })
        .await;
    }

    #[tokio::test]
    async fn an_image_that_takes_too_long_stays_queued() {
        let config = ManagementConfig { immediate_timeout_seconds: 0, ..Default::default() };
        on_every_database_with(config, async |api| {
            let librarian = api.librarian().await;
            let answer = librarian.put(IMAGE, jpeg(json!({}))).await;
            assert_eq!(answer.status, 504);
            allow_duplicates! { assert_json_snapshot!(answer.body, @r#"
            {
              "@context": "http://www.w3.org/ns/hydra/context.jsonld",
              "@type": "Error",
              "type": "about:blank",
              "title": "Ingest timed out",
              "status": 504,
              "statusCode": 504,
              "detail": "The asset was saved and is queued, but was not brought in within 0 seconds; look at it again later",
              "description": "The asset was saved and is queued, but was not brought in within 0 seconds; look at it again later",
              "instance": "https://api.example.org/customers/2/spaces/1/images/ms-1"
            }
            "#) };
            assert_eq!(librarian.get(IMAGE).await.body["ingesting"], true);
        })
        .await;
    }

    #[tokio::test]
    async fn audio_and_video_are_not_waited_for() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let body = jpeg(json!({"mediaType": "video/mp4"}));
            let answer = librarian.put(IMAGE, body).await;
            assert_eq!(answer.status, 201, "{}", answer.detail());
            assert_eq!(
                (&answer.body["family"], &answer.body["ingesting"]),
                (&json!("T"), &json!(true))
            );
        })
        .await;
    }

    #[tokio::test]
    async fn what_is_only_registered_needs_no_work() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let answer = librarian.put(IMAGE, jpeg(json!({"deliveryChannels": ["none"]}))).await;
            assert_eq!((answer.status.as_u16(), &answer.body["ingesting"]), (201, &json!(false)));
            assert_eq!(answer.body["deliveryChannels"][0]["policy"], "none");
        })
        .await;
    }

    #[tokio::test]
    async fn channels_and_policies_come_back_as_they_were_sent() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            let channels = json!([{"channel": "iiif-img", "policy": "use-original"}, "thumbs"]);
            let answer = librarian.put(IMAGE, jpeg(json!({"deliveryChannels": channels}))).await;
            allow_duplicates! { assert_json_snapshot!(answer.body["deliveryChannels"], @r#"
            [
              {
                "@type": "vocab:DeliveryChannel",
                "channel": "iiif-img",
                "policy": "use-original"
              },
              {
                "@type": "vocab:DeliveryChannel",
                "channel": "thumbs",
                "policy": "https://api.example.org/customers/2/deliveryChannelPolicies/thumbs/default"
              }
            ]
            "#) };
            let returned = answer.body["deliveryChannels"].clone();
            let again = librarian.put(IMAGE, jpeg(json!({"deliveryChannels": returned}))).await;
            assert_eq!(again.body["deliveryChannels"], answer.body["deliveryChannels"]);
        })
        .await;
    }

    #[tokio::test]
    async fn what_the_catalogue_refuses_is_a_bad_request() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let policy = json!([{"channel": "thumbs", "policy": "nonsense"}]);
            for (path, body) in [
                ("/customers/2/spaces/9/images/a", jpeg(json!({}))),
                ("/customers/2/spaces/0/images/a", jpeg(json!({}))),
                ("/customers/2/spaces/4294967295/images/a", jpeg(json!({}))),
                (IMAGE, jpeg(json!({"deliveryChannels": policy}))),
            ] {
                let answer = librarian.put(path, body).await;
                assert_eq!(answer.status, 400, "{path}: {}", answer.detail());
            }
        })
        .await;
    }
}
