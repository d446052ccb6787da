use axum::extract::State;

use crate::{
    Management,
    caller::Tenant,
    error::Error,
    hydra::{Collection, Key},
    urls::Urls,
};

/// `GET /customers/{customer}/keys`: all keys, without their secrets.
pub(crate) async fn get_keys(
    State(management): State<Management>,
    urls: Urls,
    Tenant { customer }: Tenant,
) -> Result<Collection<Key>, Error> {
    let keys = management.catalogue.keys(customer).await?;
    let keys = keys.into_iter().map(|key| Key::of(key, &urls)).collect();
    Ok(Collection::whole(&urls, keys))
}

#[cfg(test)]
mod tests {
    use insta::{allow_duplicates, assert_json_snapshot};

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn keys_are_listed_without_secrets() {
        on_every_database(async |api| {
            let answer = api.librarian().await.get("/customers/2/keys").await;
            assert_eq!(answer.status, 200);
            allow_duplicates! { assert_json_snapshot!(answer.steady(), @r#"
            {
              "@context": "http://www.w3.org/ns/hydra/context.jsonld",
              "@id": "https://api.example.org/customers/2/keys",
              "@type": "Collection",
              "totalItems": 1,
              "pageSize": 1,
              "member": [
                {
                  "@id": "https://api.example.org/customers/2/keys/[secret]",
                  "@type": "vocab:Key",
                  "key": "[secret]",
                  "scope": "admin",
                  "created": "[time]",
                  "lastUsed": "[time]"
                }
              ]
            }
            "#) };
        })
        .await;
    }
}
