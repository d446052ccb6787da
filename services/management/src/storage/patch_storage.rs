use axum::extract::State;
use catalogue::Change;

use crate::{
    Management,
    body::JsonBody,
    caller::Holder,
    error::{During, Error},
    hydra::{CustomerStorage, Document},
    paths::OwnerPath,
    references::last_segment,
    urls::Urls,
};

/// `PATCH /customers/{customer}/storage`, and of one space: how much may be kept, by a storage policy.
///
/// An administrator says it of a customer; the customer may say less of its spaces.
pub(crate) async fn patch_storage(
    State(management): State<Management>,
    urls: Urls,
    holder: Holder,
    OwnerPath { customer, space }: OwnerPath,
    JsonBody(mut fields): JsonBody,
) -> Result<Document<CustomerStorage>, Error> {
    if space.is_none() && !holder.administrator {
        return Err(Error::NotAnAdministrator);
    }
    let policy = fields.change("storagePolicy", |fields, name| {
        fields.text(name).map(|text| last_segment(&text).unwrap_or_default())
    });
    fields.finish()?;
    if policy == Change::Keep {
        return Err(Error::invalid("'storagePolicy' must name a storage policy"));
    }
    let storage = management.catalogue.assign_storage_policy(customer, space, &policy).await;
    let storage = storage.during("Assign storage policy")?;
    Ok(Document::new(&urls, CustomerStorage::of(storage, &urls)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{IMAGE, jpeg, on_every_database};

    #[tokio::test]
    async fn a_policy_of_a_space_limits_the_space_and_one_of_the_customer_all() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let administrator = api.administrator().await;
            let library = api.customer(&administrator, "library").await;
            library.put("/customers/2/spaces/1", json!({"name": "maps"})).await;
            library.put("/customers/2/spaces/2", json!({"name": "books"})).await;
            let one =
                json!({"maximumNumberOfStoredImages": 1, "maximumTotalSizeOfStoredImages": 9000});
            administrator.put("/storagePolicies/one", one).await;
            let small = json!({"storagePolicy": "https://api.example.org/storagePolicies/one"});

            let space = "/customers/2/spaces/1/storage";
            let answer = library.patch(space, small.clone()).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.body["storagePolicy"]),
                (200, &small["storagePolicy"])
            );
            assert_eq!(library.put(IMAGE, jpeg(json!({}))).await.status, 201);
            let full = library.put("/customers/2/spaces/1/images/b", jpeg(json!({}))).await;
            assert_eq!(full.status, 507, "{}", full.detail());
            let elsewhere = library.put("/customers/2/spaces/2/images/b", jpeg(json!({}))).await;
            assert_eq!(elsewhere.status, 201);
            assert_eq!(library.patch(space, json!({"storagePolicy": null})).await.status, 200);
            let open = library.put("/customers/2/spaces/1/images/b", jpeg(json!({}))).await;
            assert_eq!(open.status, 201);

            let whole = "/customers/2/storage";
            assert_eq!(library.patch(whole, small.clone()).await.status, 403);
            assert_eq!(administrator.patch(whole, small).await.status, 200);
            let full = library.put("/customers/2/spaces/2/images/c", jpeg(json!({}))).await;
            assert_eq!(full.status, 507);
            assert_eq!(administrator.delete("/storagePolicies/one").await.status, 409);
            for (path, body, status) in [
                (whole, json!({"storagePolicy": "unknown"}), 400),
                (whole, json!({"storagePolicy": null}), 400),
                (whole, json!({}), 400),
                ("/customers/2/spaces/9/storage", json!({"storagePolicy": "one"}), 404),
                ("/customers/9/storage", json!({"storagePolicy": "one"}), 404),
            ] {
                assert_eq!(
                    administrator.patch(path, body.clone()).await.status,
                    status,
                    "{path} {body}"
                );
            }
        })
        .await;
    }
}
