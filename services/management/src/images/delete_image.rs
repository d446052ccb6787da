use axum::{extract::State, http::StatusCode};

use super::bring_in::{check_is_ours, existing};
use crate::{
    Management,
    error::{During, Error},
    paths::ImagePath,
    precondition::Precondition,
};

/// `DELETE /customers/{customer}/spaces/{space}/images/{image}`; what was made of it goes a little later.
///
/// `deleteFrom` says nothing to us: no cache outlives the asset's version.
pub(crate) async fn delete_image(
    State(management): State<Management>,
    ImagePath { asset }: ImagePath,
    Precondition(expected): Precondition,
) -> Result<StatusCode, Error> {
    check_is_ours(&existing(&management, &asset).await?)?;
    let deleted = management.catalogue.delete_asset(&asset, &expected, management.now()).await;
    deleted.during("Delete image")?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{IMAGE, jpeg, on_every_database};

    #[tokio::test]
    async fn an_image_goes_once() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            librarian.put(IMAGE, jpeg(json!({}))).await;
            let path = format!("{IMAGE}?deleteFrom=cdn,internalCache");
            let answer = librarian.delete(&path).await;
            assert_eq!((answer.status.as_u16(), &answer.body), (204, &json!(null)));
            assert_eq!(librarian.get(IMAGE).await.status, 404);
            assert_eq!(librarian.delete(&path).await.status, 404);
            assert_eq!(librarian.put(IMAGE, jpeg(json!({}))).await.status, 201);
        })
        .await;
    }
}
