use axum::extract::State;
use catalogue::SpaceFields;

use super::space_fields::space_fields;
use crate::{
    Management,
    body::JsonBody,
    error::{During, Error},
    hydra::{Document, Space},
    paths::SpacePath,
    precondition::Precondition,
    urls::Urls,
};

/// `PATCH /customers/{customer}/spaces/{space}`: changes what is said, and nothing else.
pub(crate) async fn patch_space(
    State(management): State<Management>,
    urls: Urls,
    SpacePath { customer, space }: SpacePath,
    Precondition(expected): Precondition,
    JsonBody(fields): JsonBody,
) -> Result<Document<Space>, Error> {
    let fields = SpaceFields { expected, ..space_fields(fields, Some(space))? };
    let patched = management.catalogue.patch_space(customer, space, &fields, management.now());
    Ok(Document::new(&urls, Space::of(patched.await.during("Update space")?, &urls)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn what_is_not_said_stays() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let path = "/customers/2/spaces/1";
            librarian.patch(path, json!({"defaultTags": ["a"], "defaultRoles": ["r"]})).await;
            let answer = librarian.patch(path, json!({"name": "charts", "id": 1})).await;
            assert_eq!(answer.status, 200);
            assert_eq!(answer.body["name"], "charts");
            assert_eq!(answer.body["defaultTags"], json!(["a"]));

            let cleared = librarian.patch(path, json!({"defaultTags": null})).await;
            assert_eq!(cleared.body["defaultTags"], json!([]));
            assert_eq!(cleared.body["defaultRoles"], json!(["r"]));
        })
        .await;
    }

    #[tokio::test]
    async fn a_name_of_another_space_is_a_conflict_and_a_missing_space_not_found() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            librarian.post("/customers/2/spaces", json!({"name": "prints"})).await;
            let body = json!({"name": "Maps"});
            assert_eq!(librarian.patch("/customers/2/spaces/2", body.clone()).await.status, 409);
            assert_eq!(librarian.patch("/customers/2/spaces/9", body).await.status, 404);
        })
        .await;
    }
}
