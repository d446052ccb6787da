use axum::{Json, http::header::CONTENT_TYPE, response::IntoResponse};

use crate::{hydra, urls::Urls};

/// `GET /vocab`: Hydra's description of the classes and their properties; for everybody.
pub(crate) async fn get_vocabulary(urls: Urls) -> impl IntoResponse {
    let documentation = hydra::api_documentation(&urls, hydra::CLASSES);
    ([(CONTENT_TYPE, "application/ld+json")], Json(documentation))
}

#[cfg(test)]
mod tests {
    use crate::testing::on_every_database;

    #[tokio::test]
    async fn every_class_is_described() {
        on_every_database(async |api| {
            let answer = api.anonymous().get("/vocab").await;
            let classes = answer.body["supportedClass"].as_array().unwrap();
            let names: Vec<_> =
                classes.iter().map(|class| class["title"].as_str().unwrap()).collect();
            assert_eq!(names[..5], ["EntryPoint", "Customer", "Key", "Space", "Image"]);
            assert_eq!(names.len(), crate::hydra::CLASSES.len());
        })
        .await;
    }
}
