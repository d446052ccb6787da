use axum::extract::State;

use super::policy_path::PolicyPath;
use crate::{
    Management,
    error::Error,
    hydra::{DeliveryChannelPolicy, Document},
    urls::Urls,
};

/// `GET …/deliveryChannelPolicies/{channel}/{name}`: a policy of the customer, or of the system.
pub(crate) async fn get_policy(
    State(management): State<Management>,
    urls: Urls,
    path: PolicyPath,
) -> Result<Document<DeliveryChannelPolicy>, Error> {
    let PolicyPath { customer, channel, name } = path;
    let found = management.catalogue.delivery_channel_policy(customer, channel, &name).await?;
    let found = found.ok_or_else(|| Error::NotFound(format!("policy {channel}/{name}")))?;
    Ok(Document::new(&urls, DeliveryChannelPolicy::of(found, customer, &urls)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn a_policy_is_found_by_its_name_whatever_letters_that_has() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let root = "/customers/2/deliveryChannelPolicies";
            let body = json!({"name": "größe#1", "policyData": ["400,"]});
            let made = librarian.post(&format!("{root}/thumbs"), body).await;
            let path = made.header("location").strip_prefix("https://api.example.org").unwrap();
            assert_eq!(librarian.get(path).await.body["name"], "größe#1");
            let system = librarian.get(&format!("{root}/iiif-img/use-original")).await;
            assert_eq!(
                (system.status.as_u16(), &system.body["channel"]),
                (200, &json!("iiif-img"))
            );
            assert_eq!(librarian.get(&format!("{root}/thumbs/none")).await.status, 404);
        })
        .await;
    }
}
