use axum::extract::State;

use crate::{
    Management,
    error::Error,
    hydra::{CustomerStorage, Document},
    paths::OwnerPath,
    urls::Urls,
};

/// `GET /customers/{customer}/storage`, and of one space: how much is kept, exactly.
pub(crate) async fn get_storage(
    State(management): State<Management>,
    urls: Urls,
    OwnerPath { customer, space }: OwnerPath,
) -> Result<Document<CustomerStorage>, Error> {
    let found = management.catalogue.customer_storage(customer, space).await?;
    let found = found.ok_or_else(|| Error::NotFound("such storage".to_owned()))?;
    Ok(Document::new(&urls, CustomerStorage::of(found, &urls)))
}

#[cfg(test)]
mod tests {
    use insta::{allow_duplicates, assert_json_snapshot};
    use serde_json::json;

    use crate::testing::{IMAGE, jpeg, on_every_database};

    #[tokio::test]
    async fn customers_spaces_and_images_say_what_they_take() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            librarian.put(IMAGE, jpeg(json!({}))).await;
            let customer = librarian.get("/customers/2/storage").await;
            allow_duplicates! { assert_json_snapshot!(customer.steady(), @r#"
            {
              "@context": "https://api.example.org/contexts/CustomerStorage.jsonld",
              "@id": "https://api.example.org/customers/2/storage",
              "@type": "vocab:CustomerStorage",
              "numberOfStoredImages": 1,
              "totalSizeOfStoredImages": 0,
              "totalSizeOfThumbnails": 0,
              "lastCalculated": "[time]",
              "storagePolicy": "https://api.example.org/storagePolicies/default"
            }
            "#) };
            let space = librarian.get("/customers/2/spaces/1/storage").await;
            assert_eq!(
                (space.status.as_u16(), &space.body["numberOfStoredImages"]),
                (200, &json!(1))
            );
            assert_eq!(space.body.get("storagePolicy"), None);
            let image = librarian.get(&format!("{IMAGE}/storage")).await;
            allow_duplicates! { assert_json_snapshot!(image.steady(), @r#"
            {
              "@context": "https://api.example.org/contexts/ImageStorage.jsonld",
              "@id": "https://api.example.org/customers/2/spaces/1/images/ms-1/storage",
              "@type": "vocab:ImageStorage",
              "size": 0,
              "thumbnailSize": 0,
              "lastChecked": "[time]",
              "checkingInProgress": false
            }
            "#) };
            for path in ["/customers/2/spaces/9/storage", "/customers/2/spaces/1/images/x/storage"]
            {
                assert_eq!(librarian.get(path).await.status, 404, "{path}");
            }
        })
        .await;
    }
}
