use axum::extract::State;

use super::default_channel_fields::default_channel_fields;
use crate::{
    Management,
    body::JsonBody,
    error::{During, Error},
    hydra::{DefaultDeliveryChannel, Document, Saved},
    paths::OwnerPath,
    urls::Urls,
};

/// `POST …/defaultDeliveryChannels`: gives the assets of a media type a channel.
pub(crate) async fn post_default_channel(
    State(management): State<Management>,
    urls: Urls,
    OwnerPath { customer, space }: OwnerPath,
    JsonBody(fields): JsonBody,
) -> Result<Saved<DefaultDeliveryChannel>, Error> {
    let fields = default_channel_fields(fields)?;
    let now = management.now();
    let default = management.catalogue.create_default_channel(customer, space, &fields, now).await;
    let default = default.during("Create default delivery channel")?;
    Ok(Document::new(&urls, DefaultDeliveryChannel::of(default, &urls)).saved(true))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{IMAGE, jpeg, on_every_database};

    #[tokio::test]
    async fn what_is_registered_next_gets_the_channel_of_its_space() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            let body = json!({"channel": "file", "policy": "none", "mediaType": "image/*"});
            let path = "/customers/2/spaces/1/defaultDeliveryChannels";
            let answer = librarian.post(path, body.clone()).await;
            assert_eq!(answer.status, 201);
            assert!(answer.header("location").starts_with("https://api.example.org/customers/2/"));
            assert_eq!(answer.body["@id"], answer.header("location"));
            assert_eq!(librarian.post(path, body).await.status, 409);

            let image = librarian.put(IMAGE, jpeg(json!({}))).await.body;
            let channels: Vec<_> = image["deliveryChannels"].as_array().unwrap().iter().collect();
            let channels: Vec<_> = channels.iter().map(|own| own["channel"].clone()).collect();
            assert_eq!(json!(channels), json!(["iiif-img", "thumbs", "file"]));
        })
        .await;
    }

    #[tokio::test]
    async fn what_cannot_be_a_default_is_refused_in_the_words_of_the_dlcs() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let whole = |channel: &str, policy: &str, media_type: &str| {
                json!({"channel": channel, "policy": policy, "mediaType": media_type})
            };
            for (body, reason) in [
                (json!({}), "A channel is required. A policy is required. A media type is required"),
                (whole("file", "none", "image/?"), "'?' is a forbidden character"),
                (whole("pigeon", "none", "image/*"), "'pigeon' is not a valid delivery channel"),
                (
                    whole("thumbs", "unknown", "image/*"),
                    "'unknown' is not a policy of the delivery channel 'thumbs'",
                ),
                (
                    whole("thumbs", "default", "video/*"),
                    "'thumbs' is not a valid delivery channel for asset of type 'video/*'",
                ),
                (whole("file", "none", "im*"), "'im*' is not a media type"),
                (whole("file", "/", "image/*"), "A policy is required"),
            ] {
                let answer = librarian.post("/customers/2/defaultDeliveryChannels", body).await;
                assert_eq!(answer.status, 400, "{reason}");
                assert!(answer.detail().starts_with(reason), "{reason}: {}", answer.detail());
            }
        })
        .await;
    }
}
