use axum::extract::State;

use super::policy_path::ChannelPath;
use crate::{
    Management,
    error::Error,
    hydra::{Collection, DeliveryChannelPolicy},
    urls::Urls,
};

/// `GET …/deliveryChannelPolicies/{channel}`: the system's policies and the customer's own.
pub(crate) async fn get_channel_policies(
    State(management): State<Management>,
    urls: Urls,
    ChannelPath { customer, channel }: ChannelPath,
) -> Result<Collection<DeliveryChannelPolicy>, Error> {
    let policies = management.catalogue.delivery_channel_policies(customer, Some(channel)).await?;
    let policies = policies.into_iter();
    let policies = policies.map(|policy| DeliveryChannelPolicy::of(policy, customer, &urls));
    Ok(Collection::whole(&urls, policies.collect()))
}

#[cfg(test)]
mod tests {
    use insta::{allow_duplicates, assert_json_snapshot};

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn a_new_customer_has_what_the_administrator_has() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let answer = librarian.get("/customers/2/deliveryChannelPolicies/thumbs").await;
            allow_duplicates! { assert_json_snapshot!(answer.steady(), @r#"
            {
              "@context": "http://www.w3.org/ns/hydra/context.jsonld",
              "@id": "https://api.example.org/customers/2/deliveryChannelPolicies/thumbs",
              "@type": "Collection",
              "totalItems": 1,
              "pageSize": 1,
              "member": [
                {
                  "@id": "https://api.example.org/customers/2/deliveryChannelPolicies/thumbs/default",
                  "@type": "vocab:DeliveryChannelPolicy",
                  "name": "default",
                  "channel": "thumbs",
                  "policyData": "[\"!1024,1024\",\"!400,400\",\"!200,200\",\"!100,100\"]",
                  "policyCreated": "[time]",
                  "policyModified": "[time]"
                }
              ]
            }
            "#) };
        })
        .await;
    }

    #[tokio::test]
    async fn an_unknown_channel_is_refused() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let answer = librarian.get("/customers/2/deliveryChannelPolicies/pigeon").await;
            assert_eq!(answer.status, 400);
            assert_eq!(answer.detail(), "'pigeon' is not a valid delivery channel");
        })
        .await;
    }
}
