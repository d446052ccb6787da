use std::convert::Infallible;

use axum::extract::State;
use model::Family;

use super::bring_in::existing;
use crate::{Management, error::Error, paths::ImagePath};

/// `GET …/images/{image}/metadata`: how audio and video were transcoded, of which nothing is recorded yet.
pub(crate) async fn get_metadata(
    State(management): State<Management>,
    ImagePath { asset: id }: ImagePath,
) -> Result<Infallible, Error> {
    match existing(&management, &id).await?.family {
        Family::TimeBased => Err(Error::NotFound(format!("metadata of {id}"))),
        Family::Image | Family::File => {
            Err(Error::invalid(format!("{id} is neither audio nor video: it has no metadata")))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{IMAGE, jpeg, on_every_database};

    #[tokio::test]
    async fn only_audio_and_video_have_metadata() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            let path = format!("{IMAGE}/metadata");
            assert_eq!(librarian.get(&path).await.status, 404);
            librarian.put(IMAGE, jpeg(json!({}))).await;
            let answer = librarian.get(&path).await;
            assert_eq!(answer.status, 400);
            assert!(answer.detail().contains("neither audio nor video"), "{}", answer.detail());
            let mut video = jpeg(json!({}));
            video["mediaType"] = json!("video/mp4");
            librarian.put("/customers/2/spaces/1/images/v", video).await;
            let video = librarian.get("/customers/2/spaces/1/images/v/metadata").await;
            assert_eq!(video.status, 404);
        })
        .await;
    }
}
