use axum::extract::State;

use super::{
    default_channel_fields::default_channel_fields, default_channel_path::DefaultChannelPath,
};
use crate::{
    Management,
    body::JsonBody,
    error::{During, Error},
    hydra::{DefaultDeliveryChannel, Document},
    precondition::Precondition,
    urls::Urls,
};

/// `PUT …/defaultDeliveryChannels/{id}`: replaces what it says; makes none.
pub(crate) async fn put_default_channel(
    State(management): State<Management>,
    urls: Urls,
    DefaultChannelPath { owner, id }: DefaultChannelPath,
    Precondition(expected): Precondition,
    JsonBody(fields): JsonBody,
) -> Result<Document<DefaultDeliveryChannel>, Error> {
    let (whose, now) = ((owner.customer, owner.space), management.now());
    let fields = default_channel_fields(fields)?;
    let changed =
        management.catalogue.put_default_channel(whose, &id, &fields, &expected, now).await;
    let changed = changed.during("Update default delivery channel")?;
    Ok(Document::new(&urls, DefaultDeliveryChannel::of(changed, &urls)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn a_default_is_replaced_by_whoever_it_belongs_to() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let root = "/customers/2/defaultDeliveryChannels";
            let body = json!({"channel": "file", "policy": "none", "mediaType": "model/*"});
            let made = librarian.post(root, body.clone()).await;
            let id = made.header("location").rsplit('/').next().unwrap();
            let changed = json!({"channel": "file", "policy": "none", "mediaType": "Model/GLTF"});
            let answer = librarian.put(&format!("{root}/{id}"), changed).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.body["mediaType"]),
                (200, &json!("model/gltf"))
            );
            assert_eq!(librarian.get(&format!("{root}/{id}")).await.body, answer.body);

            let of_space = format!("/customers/2/spaces/1/defaultDeliveryChannels/{id}");
            assert_eq!(librarian.put(&of_space, body.clone()).await.status, 404);
            assert_eq!(librarian.get(&of_space).await.status, 404);
            assert_eq!(librarian.put(&format!("{root}/x"), body).await.status, 404);
            assert_eq!(librarian.put(&format!("{root}/{id}"), json!({})).await.status, 400);
            let taken = json!({"channel": "file", "policy": "none", "mediaType": "application/*"});
            assert_eq!(librarian.put(&format!("{root}/{id}"), taken).await.status, 409);
        })
        .await;
    }
}
