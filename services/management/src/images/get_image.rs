use axum::extract::State;

use super::bring_in::existing;
use crate::{
    Management,
    error::Error,
    hydra::{Document, Image},
    paths::ImagePath,
    urls::Urls,
};

/// `GET /customers/{customer}/spaces/{space}/images/{image}`.
pub(crate) async fn get_image(
    State(management): State<Management>,
    urls: Urls,
    ImagePath { asset }: ImagePath,
) -> Result<Document<Image>, Error> {
    let found = existing(&management, &asset).await?;
    Ok(Document::new(&urls, Image::of(found, &urls)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{IMAGE, jpeg, on_every_database};

    #[tokio::test]
    async fn an_image_is_shown_as_it_was_put() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            let put = librarian.put(IMAGE, jpeg(json!({}))).await;
            let answer = librarian.get(IMAGE).await;
            assert_eq!((answer.status.as_u16(), &answer.body), (200, &put.body));
        })
        .await;
    }

    #[tokio::test]
    async fn names_are_decoded_once() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            let path = "/customers/2/spaces/1/images/ark:%C3%A9%2520(1)";
            let put = librarian.put(path, jpeg(json!({}))).await;
            assert_eq!((put.status.as_u16(), &put.body["id"]), (201, &json!("ark:é%20(1)")));
            assert_eq!(put.body["@id"], format!("https://api.example.org{path}"));
            assert_eq!(librarian.get(path).await.status, 200);
        })
        .await;
    }

    #[tokio::test]
    async fn images_that_are_not_there_are_not_found() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            for path in [
                "/customers/2/spaces/1/images/missing",
                "/customers/2/spaces/9/images/a",
                "/customers/2/spaces/x/images/a",
            ] {
                assert_eq!(librarian.get(path).await.status, 404, "{path}");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn names_that_no_image_can_have_are_refused() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let long = "x".repeat(501);
            for name in
                ["..", "%2E%2e", "a%2F", "..%2F..%2Fetc", "a%5Cb", "a%00b", "a%0Ab", "%FF", &long]
            {
                let path = format!("/customers/2/spaces/1/images/{name}");
                let got = librarian.get(&path).await;
                let put = librarian.put(&path, jpeg(json!({}))).await;
                for answer in [got, put] {
                    assert_eq!(answer.status, 400, "{name}");
                    assert_eq!(answer.body["@type"], "Error", "{name}");
                }
            }
        })
        .await;
    }
}
