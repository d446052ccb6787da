use axum::{Json, extract::State};
use model::Family;

use super::bring_in::existing;
use crate::{Management, error::Error, hydra::TranscoderJob, paths::ImagePath};

/// `GET …/images/{image}/metadata`: how audio or video was transcoded, or is being.
pub(crate) async fn get_metadata(
    State(management): State<Management>,
    ImagePath { asset: id }: ImagePath,
) -> Result<Json<TranscoderJob>, Error> {
    let asset = existing(&management, &id).await?;
    match asset.family {
        Family::TimeBased => {
            let job = TranscoderJob::of(&asset);
            job.map(Json).ok_or_else(|| Error::NotFound(format!("metadata of {id}")))
        }
        Family::Image | Family::File => {
            Err(Error::invalid(format!("{id} is neither audio nor video: it has no metadata")))
        }
    }
}

#[cfg(test)]
mod tests {
    use insta::{allow_duplicates, assert_json_snapshot};
    use serde_json::json;

    use crate::testing::{IMAGE, jpeg, on_every_database};

    const FILM: &str = "/customers/2/spaces/1/images/film";

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
            let video = jpeg(json!({"mediaType": "video/mp4", "deliveryChannels": ["none"]}));
            librarian.put(FILM, video).await;
            let never = librarian.get(&format!("{FILM}/metadata")).await;
            assert_eq!(never.status, 404, "nothing was to be made of it");
        })
        .await;
    }

    #[tokio::test]
    async fn what_was_made_of_a_film_is_told_in_the_words_of_the_dlcs() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let put = librarian.put(FILM, jpeg(json!({"mediaType": "video/mp4"}))).await;
            assert_eq!((put.status.as_u16(), &put.body["ingesting"]), (201, &json!(true)));
            let path = format!("{FILM}/metadata");
            let waiting = librarian.get(&path).await.body;
            assert_eq!(
                (&waiting["status"], &waiting["outputs"]),
                (&json!("PROGRESSING"), &json!([]))
            );

            api.end_next_job().await;
            let film = librarian.get(FILM).await.body;
            assert_eq!(film["metadata"], json!(format!("https://api.example.org{path}")));
            assert_eq!(film["duration"], json!(12_500));
            let mut answer = librarian.get(&path).await;
            assert_eq!(answer.status, 200);
            for steady in ["id", "createdAt"] {
                answer.body[steady] = json!("[when]");
            }
            assert!(answer.body["timing"]["finishTimeMillis"].as_i64() > Some(0));
            answer.body["timing"] = json!("[when]");
            allow_duplicates! { assert_json_snapshot!(answer.body, @r#"
            {
              "id": "[when]",
              "createdAt": "[when]",
              "input": {
                "input": "https://files.example.org/ms-1.jpg"
              },
              "outputs": [
                {
                  "id": "0",
                  "duration": 12,
                  "durationMillis": 12500,
                  "width": 1280,
                  "height": 720,
                  "transcodeKey": "2/1/film/full/full/max/max/0/default.mp4",
                  "key": "2/1/film/full/full/max/max/0/default.mp4",
                  "extension": "mp4",
                  "presetId": "video-mp4-720p"
                }
              ],
              "pipelineId": "recto",
              "status": "COMPLETE",
              "timing": "[when]",
              "userMetadata": {
                "dlcsId": "2/1/film",
                "mediaType": "video/mp4"
              }
            }
            "#) };
        })
        .await;
    }
}
