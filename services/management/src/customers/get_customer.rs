use axum::extract::State;

use crate::{
    Management,
    caller::Guest,
    error::Error,
    hydra::{Customer, Document},
    urls::Urls,
};

/// `GET /customers/{customer}`; clients also learn from it whether their key is valid.
pub(crate) async fn get_customer(
    State(management): State<Management>,
    urls: Urls,
    Guest { reach }: Guest,
) -> Result<Document<Customer>, Error> {
    let customer = reach.customer;
    let found = management.catalogue.customer(customer).await?;
    let found = found.ok_or_else(|| Error::NotFound(format!("customer {customer}")))?;
    Ok(Document::new(&urls, Customer::of(found, &urls)))
}

#[cfg(test)]
mod tests {
    use insta::{allow_duplicates, assert_json_snapshot};

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn a_customer_sees_itself() {
        on_every_database(async |api| {
            let answer = api.librarian().await.get("/customers/2").await;
            assert_eq!(answer.status, 200);
            allow_duplicates! { assert_json_snapshot!(answer.steady(), @r#"
            {
              "@context": "https://api.example.org/contexts/Customer.jsonld",
              "@id": "https://api.example.org/customers/2",
              "@type": "vocab:Customer",
              "name": "library",
              "displayName": "The library",
              "created": "[time]",
              "spaces": "https://api.example.org/customers/2/spaces",
              "allImages": "https://api.example.org/customers/2/allImages",
              "queue": "https://api.example.org/customers/2/queue",
              "keys": "https://api.example.org/customers/2/keys",
              "deliveryChannelPolicies": "https://api.example.org/customers/2/deliveryChannelPolicies",
              "defaultDeliveryChannels": "https://api.example.org/customers/2/defaultDeliveryChannels",
              "originStrategies": "https://api.example.org/customers/2/originStrategies",
              "customHeaders": "https://api.example.org/customers/2/customHeaders",
              "storage": "https://api.example.org/customers/2/storage",
              "namedQueries": "https://api.example.org/customers/2/namedQueries",
              "portalUsers": "https://api.example.org/customers/2/portalUsers",
              "audit": "https://api.example.org/customers/2/audit",
              "events": "https://api.example.org/customers/2/events",
              "webhooks": "https://api.example.org/customers/2/webhooks"
            }
            "#) };
        })
        .await;
    }

    #[tokio::test]
    async fn an_administrator_sees_every_customer_and_itself_as_one() {
        on_every_database(async |api| {
            let administrator = api.administrator().await;
            api.customer(&administrator, "library").await;
            assert_eq!(administrator.get("/customers/2").await.body["name"], "library");
            assert_eq!(administrator.get("/customers/1").await.body["administrator"], true);
        })
        .await;
    }

    #[tokio::test]
    async fn nobody_sees_customers_that_are_not_there() {
        on_every_database(async |api| {
            let administrator = api.administrator().await;
            for path in ["/customers/9", "/customers/x", "/customers/-1", "/customers/4294967296"] {
                let answer = administrator.get(path).await;
                assert_eq!(answer.status, 404, "{path}");
                assert_eq!(answer.body["@type"], "Error", "{path}");
            }
        })
        .await;
    }
}
