use axum::extract::State;

use super::storage_policy_fields::storage_policy_fields;
use crate::{
    Management,
    body::JsonBody,
    caller::Administrator,
    error::{During, Error},
    hydra::{Document, Saved, StoragePolicy},
    urls::Urls,
};

/// `POST /storagePolicies`: an administrator makes one.
pub(crate) async fn post_storage_policy(
    State(management): State<Management>,
    urls: Urls,
    _: Administrator,
    JsonBody(fields): JsonBody,
) -> Result<Saved<StoragePolicy>, Error> {
    let (name, fields) = storage_policy_fields(fields)?;
    let name = name.ok_or_else(|| Error::invalid("A storage policy must have a 'name'"))?;
    let now = management.now();
    let policy = management.catalogue.create_storage_policy(&name, &fields, now).await;
    let policy = policy.during("Create storage policy")?;
    Ok(Document::new(&urls, StoragePolicy::of(policy, &urls)).saved(true))
}

#[cfg(test)]
mod tests {
    use insta::{allow_duplicates, assert_json_snapshot};
    use serde_json::json;

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn an_administrator_writes_storage_policies_and_everybody_reads_them() {
        on_every_database(async |api| {
            let administrator = api.administrator().await;
            let body = json!({"name": "small", "maximumNumberOfStoredImages": "100",
                "maximumTotalSizeOfStoredImages": 1_000_000});
            let made = administrator.post("/storagePolicies", body.clone()).await;
            assert_eq!(made.status, 201, "{}", made.detail());
            let path = "/storagePolicies/small";
            assert_eq!(made.header("location"), format!("https://api.example.org{path}"));
            let shown = api.anonymous().get(path).await;
            allow_duplicates! { assert_json_snapshot!(shown.body, @r#"
            {
              "@context": "https://api.example.org/contexts/StoragePolicy.jsonld",
              "@id": "https://api.example.org/storagePolicies/small",
              "@type": "vocab:StoragePolicy",
              "name": "small",
              "maximumNumberOfStoredImages": 100,
              "maximumTotalSizeOfStoredImages": 1000000
            }
            "#) };
            assert_eq!(administrator.post("/storagePolicies", body).await.status, 409);
            let fewer = json!({"maximumNumberOfStoredImages": 7});
            let patched = administrator.patch(path, fewer.clone()).await;
            assert_eq!(patched.body["maximumNumberOfStoredImages"], 7);
            assert_eq!(patched.body["maximumTotalSizeOfStoredImages"], 1_000_000);
            assert_eq!(administrator.put(path, fewer).await.status, 400);
            let whole =
                json!({"maximumNumberOfStoredImages": 1, "maximumTotalSizeOfStoredImages": 2});
            assert_eq!(administrator.put(path, whole.clone()).await.status, 200);
            assert_eq!(administrator.put("/storagePolicies/new", whole).await.status, 201);
            let page = api.anonymous().get("/storagePolicies?pageSize=2").await;
            assert_eq!(
                (&page.body["totalItems"], &page.body["view"]["totalPages"]),
                (&json!(3), &json!(2))
            );
            assert_eq!(administrator.delete(path).await.status, 204);
            assert_eq!(administrator.delete(path).await.status, 404);
            assert_eq!(administrator.delete("/storagePolicies/default").await.status, 409);
        })
        .await;
    }

    #[tokio::test]
    async fn nobody_else_writes_them_and_nonsense_is_refused() {
        on_every_database(async |api| {
            let administrator = api.administrator().await;
            let library = api.customer(&administrator, "library").await;
            let body = json!({"name": "mine", "maximumNumberOfStoredImages": 1,
                "maximumTotalSizeOfStoredImages": 1});
            assert_eq!(library.post("/storagePolicies", body.clone()).await.status, 403);
            assert_eq!(library.put("/storagePolicies/default", body.clone()).await.status, 403);
            assert_eq!(library.patch("/storagePolicies/default", body.clone()).await.status, 403);
            assert_eq!(library.delete("/storagePolicies/default").await.status, 403);
            assert_eq!(api.anonymous().post("/storagePolicies", body).await.status, 401);
            for body in [
                json!({}),
                json!({"name": "a"}),
                json!({"name": "a b", "maximumNumberOfStoredImages": 1, "maximumTotalSizeOfStoredImages": 1}),
                json!({"name": "a", "maximumNumberOfStoredImages": -1, "maximumTotalSizeOfStoredImages": 1}),
            ] {
                assert_eq!(administrator.post("/storagePolicies", body.clone()).await.status, 400, "{body}");
            }
        })
        .await;
    }
}
