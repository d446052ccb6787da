use axum::extract::State;
use catalogue::SpaceFields;

use super::space_fields::space_fields;
use crate::{
    Management,
    body::JsonBody,
    error::{During, Error},
    hydra::{Document, Saved, Space},
    paths::SpacePath,
    precondition::Precondition,
    urls::Urls,
};

/// `PUT /customers/{customer}/spaces/{space}`: makes the space with this number, or changes it.
pub(crate) async fn put_space(
    State(management): State<Management>,
    urls: Urls,
    SpacePath { customer, space }: SpacePath,
    Precondition(expected): Precondition,
    JsonBody(fields): JsonBody,
) -> Result<Saved<Space>, Error> {
    let fields = SpaceFields { expected, ..space_fields(fields, Some(space))? };
    let put = management.catalogue.put_space(customer, space, &fields, management.now()).await;
    let put = put.during("Put space")?;
    Ok(Document::new(&urls, Space::of(put.space, &urls)).saved(put.created))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn the_first_put_makes_the_space_and_the_second_changes_it() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let path = "/customers/2/spaces/40";
            let made = librarian.put(path, json!({"name": "a", "defaultTags": ["x"]})).await;
            assert_eq!((made.status.as_u16(), &made.body["id"]), (201, &json!(40)));
            assert_eq!(made.header("location"), "https://api.example.org/customers/2/spaces/40");

            let changed = librarian.put(path, json!({"name": "b", "id": "40"})).await;
            assert_eq!((changed.status.as_u16(), &changed.body["name"]), (200, &json!("b")));
            assert_eq!(changed.header("location"), "");
        })
        .await;
    }

    #[tokio::test]
    async fn the_next_post_does_not_collide_with_a_number_that_was_put() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let put = librarian.put("/customers/2/spaces/2", json!({"name": "a"})).await;
            assert_eq!(put.status, 201);
            let post = librarian.post("/customers/2/spaces", json!({"name": "b"})).await;
            assert_eq!((post.status.as_u16(), &post.body["id"]), (201, &json!(3)));
        })
        .await;
    }

    #[tokio::test]
    async fn what_cannot_be_a_space_is_refused() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            for (space, body, status) in [
                ("0", json!({"name": "a"}), 400),
                ("5", json!({}), 400),
                ("5", json!({"name": "a", "id": 6}), 400),
                ("5", json!({"name": "a", "@id": "https://x/customers/2/spaces/6"}), 400),
                ("5", json!({"name": "a", "maxUnauthorised": "many"}), 400),
                ("5", json!({"name": "Maps"}), 409),
                ("x", json!({"name": "a"}), 404),
            ] {
                let path = format!("/customers/2/spaces/{space}");
                let answer = librarian.put(&path, body.clone()).await;
                assert_eq!(answer.status, status, "{space} {body} {}", answer.detail());
            }
        })
        .await;
    }
}
