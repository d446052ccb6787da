use axum::extract::State;

use super::put_image;
use crate::{
    Management,
    body::UploadBody,
    error::Error,
    hydra::{Image, Saved},
    paths::ImagePath,
    precondition::Precondition,
    urls::Urls,
};

/// `POST /customers/{customer}/spaces/{space}/images/{image}`: an old way to PUT an image with its bytes.
pub(crate) async fn post_image(
    state: State<Management>,
    urls: Urls,
    path: ImagePath,
    precondition: Precondition,
    body: UploadBody,
) -> Result<Saved<Image>, Error> {
    if body.file.is_none() {
        return Err(Error::invalid("POST needs the bytes of the image as 'file'; or use PUT"));
    }
    put_image(state, urls, path, precondition, body).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{IMAGE, PIXEL, jpeg, on_every_database};

    #[tokio::test]
    async fn bytes_can_be_posted_as_they_can_be_put() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            let body = json!({"mediaType": "image/png", "file": PIXEL});
            assert_eq!(librarian.post(IMAGE, body.clone()).await.status, 201);
            assert_eq!(librarian.post(IMAGE, body).await.status, 200);
            assert_eq!(librarian.post(IMAGE, jpeg(json!({}))).await.status, 400);
        })
        .await;
    }
}
