use axum::extract::State;
use catalogue::AssetFields;

use super::{
    bring_in::{bring_in, check_is_ours, existing, priority},
    image_fields::{Subject, effective, patch_fields},
};
use crate::{
    Management,
    body::JsonBody,
    error::{During, Error},
    hydra::{Document, Image},
    paths::ImagePath,
    precondition::Precondition,
    urls::Urls,
};

/// `PATCH /customers/{customer}/spaces/{space}/images/{image}`: changes what is said, and nothing else.
pub(crate) async fn patch_image(
    State(management): State<Management>,
    urls: Urls,
    ImagePath { asset: id }: ImagePath,
    Precondition(expected): Precondition,
    JsonBody(fields): JsonBody,
) -> Result<Document<Image>, Error> {
    let stored = existing(&management, &id).await?;
    check_is_ours(&stored)?;
    let subject = Subject { id: &id, stored: Some(&stored), config: &management.config };
    let fields = AssetFields { expected, ..patch_fields(fields, &subject)? };
    let priority = effective(&fields.media_type, &subject).map(priority).unwrap_or_default();

    let changed = management.catalogue.patch_asset(&id, &fields, priority, management.now()).await;
    let changed = changed.during("Patch image")?;
    let asset = bring_in(&management, changed.asset, changed.job).await?;
    Ok(Document::new(&urls, Image::of(asset, &urls)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{IMAGE, jpeg, on_every_database};

    #[tokio::test]
    async fn what_is_not_said_stays() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            let mut body = jpeg(json!({}));
            for (name, value) in [
                ("roles", json!(["https://x.example.org/roles/staff"])),
                ("tags", json!(["a", "b"])),
                ("string2", json!("two")),
                ("number3", json!(3)),
                ("openFullMax", json!(400)),
            ] {
                body[name] = value;
            }
            let before = librarian.put(IMAGE, body).await.body;
            let answer = librarian.patch(IMAGE, json!({"string1": "one"})).await;
            assert_eq!(answer.status, 200, "{}", answer.detail());
            let mut after = answer.body;
            assert_eq!(after["string1"], "one");
            after["string1"] = json!("");
            assert_eq!(after, before);
        })
        .await;
    }

    #[tokio::test]
    async fn null_removes() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            let mut body = jpeg(json!({}));
            body["tags"] = json!(["a"]);
            body["string1"] = json!("one");
            body["number1"] = json!(1);
            body["openFullMax"] = json!(400);
            let before = librarian.put(IMAGE, body).await.body;
            let body = json!({"tags": null, "string1": null, "number1": null, "openFullMax": null,
                "origin": null, "mediaType": null, "deliveryChannels": null});
            let after = librarian.patch(IMAGE, body).await.body;
            assert_eq!(after["tags"], json!([]));
            assert_eq!((&after["string1"], &after["number1"]), (&json!(""), &json!(0)));
            assert!(after.get("openFullMax").is_none());
            for kept in ["origin", "mediaType", "deliveryChannels"] {
                assert_eq!(after[kept], before[kept], "{kept}");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn only_what_changes_the_derivatives_brings_in_again() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            let before = librarian.put(IMAGE, jpeg(json!({}))).await.body;
            let described = librarian.patch(
                IMAGE,
                json!({"string1": "one", "origin": "https://files.example.org/ms-1.jpg"}),
            );
            assert_eq!(described.await.body["finished"], before["finished"]);
            let moved = json!({"origin": "https://x.example.org/new.jpg"});
            let moved = librarian.patch(IMAGE, moved).await.body;
            assert_ne!(moved["finished"], before["finished"]);
            assert_eq!(moved["ingesting"], false);
        })
        .await;
    }

    #[tokio::test]
    async fn what_cannot_change_is_refused() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            librarian.put(IMAGE, jpeg(json!({}))).await;
            for (body, reason) in [
                (json!({"width": 1}), "Width cannot be edited."),
                (json!({"height": 1}), "Height cannot be edited."),
                (json!({"duration": 1}), "Duration cannot be edited."),
                (json!({"family": "T"}), "Family cannot be edited."),
                (json!({"finished": "2026-01-01T00:00:00Z"}), "Should not include finished"),
                (json!({"file": "AAAA"}), "'file' can only be sent with PUT or POST"),
                (json!({"id": "other"}), "names another asset than the address"),
                (json!({"space": 2}), "'space' is 2, but 1 in the address"),
                (
                    json!({"deliveryChannels": ["iiif-av"]}),
                    "'iiif-av' is not a valid delivery channel for asset of type 'image/jpeg'",
                ),
            ] {
                let answer = librarian.patch(IMAGE, body.clone()).await;
                assert_eq!(answer.status, 400, "{body}");
                assert!(answer.detail().contains(reason), "{body}: {}", answer.detail());
            }
        })
        .await;
    }

    #[tokio::test]
    async fn a_missing_image_is_not_made() {
        on_every_database(async |api| {
            let answer = api.librarian().await.patch(IMAGE, jpeg(json!({}))).await;
            assert_eq!(answer.status, 404);
        })
        .await;
    }
}
