use axum::extract::State;

use crate::{
    Management,
    error::Error,
    hydra::{Collection, DefaultDeliveryChannel},
    paths::OwnerPath,
    urls::Urls,
};

/// `GET …/defaultDeliveryChannels`: the customer's, or those of a space alone.
pub(crate) async fn get_default_channels(
    State(management): State<Management>,
    urls: Urls,
    OwnerPath { customer, space }: OwnerPath,
) -> Result<Collection<DefaultDeliveryChannel>, Error> {
    if let Some(space) = space
        && management.catalogue.space(customer, space).await?.is_none()
    {
        return Err(Error::NotFound(format!("space {space}")));
    }
    let defaults = management.catalogue.default_delivery_channels(customer, space).await?;
    let defaults = defaults.into_iter().map(|default| DefaultDeliveryChannel::of(default, &urls));
    Ok(Collection::whole(&urls, defaults.collect()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn a_new_customer_has_the_defaults_of_the_administrator_and_a_space_none() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let answer = librarian.get("/customers/2/defaultDeliveryChannels").await;
            let root = "https://api.example.org/customers/2/deliveryChannelPolicies";
            let told: Vec<_> = answer.body["member"].as_array().unwrap().iter().collect();
            let told: Vec<_> = told
                .iter()
                .map(|it| json!([it["mediaType"], it["channel"], it["policy"]]))
                .collect();
            assert_eq!(
                json!(told),
                json!([
                    ["application/*", "file", "none"],
                    ["audio/*", "iiif-av", format!("{root}/iiif-av/default-audio")],
                    ["image/*", "iiif-img", "default"],
                    ["image/*", "thumbs", format!("{root}/thumbs/default")],
                    ["video/*", "iiif-av", format!("{root}/iiif-av/default-video")],
                ])
            );
            let of_space = librarian.get("/customers/2/spaces/1/defaultDeliveryChannels").await;
            assert_eq!((of_space.status.as_u16(), &of_space.body["totalItems"]), (200, &json!(0)));
            let nowhere = librarian.get("/customers/2/spaces/9/defaultDeliveryChannels").await;
            assert_eq!(nowhere.status, 404);
        })
        .await;
    }
}
