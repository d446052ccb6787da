use axum::{extract::State, http::StatusCode};

use crate::{
    Management,
    error::{During, Error},
    paths::SpacePath,
    precondition::Precondition,
};

/// `DELETE /customers/{customer}/spaces/{space}`: only an empty space can go.
pub(crate) async fn delete_space(
    State(management): State<Management>,
    SpacePath { customer, space }: SpacePath,
    Precondition(expected): Precondition,
) -> Result<StatusCode, Error> {
    let deleted = management.catalogue.delete_space(customer, space, &expected).await;
    deleted.during("Delete space")?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn an_empty_space_goes_once() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let answer = librarian.delete("/customers/2/spaces/1").await;
            assert_eq!((answer.status.as_u16(), &answer.body), (204, &json!(null)));
            assert_eq!(librarian.delete("/customers/2/spaces/1").await.status, 404);
        })
        .await;
    }

    #[tokio::test]
    async fn a_space_with_assets_stays() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            let image = json!({"mediaType": "image/png", "origin": "https://x.example.org/a.png"});
            librarian.put("/customers/2/spaces/1/images/a", image).await;
            let answer = librarian.delete("/customers/2/spaces/1").await;
            assert_eq!(answer.status, 409);
            assert_eq!(answer.body["title"], "Delete space: Conflict");
        })
        .await;
    }
}
