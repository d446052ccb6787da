use axum::extract::State;
use catalogue::Priority;

use super::bring_in::{bring_in, check_is_ours, existing};
use crate::{
    Management,
    error::{During, Error},
    hydra::{Document, Image},
    paths::ImagePath,
    urls::Urls,
};

/// `POST …/images/{image}/reingest`: brings an image in again, and answers when it is. A body says nothing.
pub(crate) async fn post_reingest(
    State(management): State<Management>,
    urls: Urls,
    ImagePath { asset: id }: ImagePath,
) -> Result<Document<Image>, Error> {
    check_is_ours(&existing(&management, &id).await?)?;
    let (catalogue, now) = (&management.catalogue, management.now());
    let again = catalogue.reingest_asset(&id, Priority::Immediate, now).await;
    let again = again.during("Reingest image")?;
    let asset = bring_in(&management, again.asset, again.job).await?;
    Ok(Document::new(&urls, Image::of(asset, &urls)))
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Method};
    use serde_json::json;

    use crate::testing::{IMAGE, jpeg, on_every_database};

    #[tokio::test]
    async fn an_image_is_brought_in_again_without_a_body() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            let before = librarian.put(IMAGE, jpeg(json!({}))).await.body;
            let path = format!("{IMAGE}/reingest");
            let answer = librarian.send(Method::POST, &path, Body::empty()).await;
            assert_eq!((answer.status.as_u16(), &answer.body["@id"]), (200, &before["@id"]));
            assert_ne!(answer.body["finished"], before["finished"]);
        })
        .await;
    }

    #[tokio::test]
    async fn only_images_that_are_there_are_brought_in_again() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let path = format!("{IMAGE}/reingest");
            assert_eq!(librarian.post(&path, json!({})).await.status, 404);
            let mut video = jpeg(json!({}));
            video["mediaType"] = json!("video/mp4");
            librarian.put(IMAGE, video).await;
            assert_eq!(librarian.post(&path, json!({})).await.status, 400);
        })
        .await;
    }
}
