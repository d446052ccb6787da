use axum::extract::State;

use crate::{
    Management,
    error::Error,
    hydra::{Document, ImageProgress},
    paths::ImagePath,
    urls::Urls,
};

/// `GET /customers/{customer}/spaces/{space}/images/{image}/progress`: where an asset is on its way in.
pub(crate) async fn get_progress(
    State(management): State<Management>,
    urls: Urls,
    ImagePath { asset }: ImagePath,
) -> Result<Document<ImageProgress>, Error> {
    let progress = management.catalogue.asset_progress(&asset).await?;
    let progress = progress.ok_or_else(|| Error::NotFound(format!("asset {asset}")))?;
    Ok(Document::new(&urls, ImageProgress::of(progress, &urls)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{batch_of, finish_batch, on_every_database};

    #[tokio::test]
    async fn an_image_tells_how_far_it_is() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            batch_of(&librarian, &["a", "broken-1"]).await;
            let of = |name: &str| format!("/customers/2/spaces/1/images/{name}/progress");
            let api_root = "https://api.example.org";
            let waiting = librarian.get(&of("broken-1")).await;
            assert_eq!(
                waiting.body,
                json!({
                    "@context": "https://api.example.org/contexts/ImageProgress.jsonld",
                    "@id": format!("{api_root}{}", of("broken-1")), "@type": "vocab:ImageProgress",
                    "image": format!("{api_root}/customers/2/spaces/1/images/broken-1"),
                    "stage": "waiting", "place": 2, "attempts": 0,
                })
            );
            finish_batch(&api, 1).await;
            assert_eq!(librarian.get(&of("a")).await.body["stage"], "done");
            let failed = librarian.get(&of("broken-1")).await.body;
            assert_eq!((&failed["stage"], &failed["attempts"]), (&json!("failed"), &json!(1)));
            assert!(failed["error"].as_str().unwrap().contains("the middle"));
            assert_eq!(librarian.get(&of("none")).await.status, 404);
        })
        .await;
    }
}
