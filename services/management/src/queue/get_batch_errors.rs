use axum::extract::State;

use super::batch_path::BatchPath;
use crate::{
    Management,
    error::Error,
    hydra::{BatchError, Collection},
    query::Query,
    urls::Urls,
};

/// `GET /customers/{customer}/queue/batches/{batch}/errors`: which members failed, and why.
pub(crate) async fn get_batch_errors(
    State(management): State<Management>,
    urls: Urls,
    BatchPath { batch }: BatchPath,
    query: Query,
) -> Result<Collection<BatchError>, Error> {
    let errors = management.catalogue.batch_errors(batch.id, query.page()?).await?;
    Ok(Collection::new(&urls, errors.map(|error| BatchError::of(error, &urls))))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{batch_of, finish_batch, on_every_database};

    #[tokio::test]
    async fn the_errors_of_a_batch_name_the_assets_and_the_reasons() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            batch_of(&librarian, &["a", "broken-1", "broken-2"]).await;
            finish_batch(&api, 1).await;
            let answer = librarian.get("/customers/2/queue/batches/1/errors?pageSize=1").await.body;
            assert_eq!(answer["totalItems"], 2);
            let mut error = answer["member"][0].clone();
            assert!(error["finished"].as_str().unwrap().ends_with('Z'));
            error.as_object_mut().unwrap().shift_remove("finished");
            assert_eq!(
                error,
                json!({
                    "@id": "https://api.example.org/customers/2/spaces/1/images/broken-1",
                    "@type": "vocab:BatchError", "id": "broken-1", "space": 1,
                    "error": "the file ends in the middle of the image",
                })
            );
        })
        .await;
    }
}
