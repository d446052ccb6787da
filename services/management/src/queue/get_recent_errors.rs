use axum::extract::State;

use super::metadata_path::MetadataPath;
use crate::{
    Management,
    error::Error,
    hydra::{Collection, MetadataError},
    query::Query,
    urls::Urls,
};

/// `GET /customers/{customer}/queue/recentErrorsByMetadata/{field}`: what is wrong with assets now, by the values of
/// one of their free properties.
pub(crate) async fn get_recent_errors(
    State(management): State<Management>,
    urls: Urls,
    MetadataPath { reach, field }: MetadataPath,
    query: Query,
) -> Result<Collection<MetadataError>, Error> {
    let errors = management.catalogue.errors_by_metadata(reach, field, query.page()?).await?;
    Ok(Collection::new(&urls, errors.map(MetadataError::of)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{batch_of, finish_batch, on_every_database};

    #[tokio::test]
    async fn errors_are_counted_by_the_values_of_a_property() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            batch_of(&librarian, &["a", "broken-1", "broken-2"]).await;
            finish_batch(&api, 1).await;
            let path = "/customers/2/queue/recentErrorsByMetadata";
            let answer = librarian.get(&format!("{path}/Number1")).await;
            assert_eq!(answer.status, 200, "{}", answer.detail());
            let error = "the file ends in the middle of the image";
            let expected = json!({"@type": "vocab:MetadataError", "metadataNumber": 0,
                "count": 2, "category": "Ingest", "description": error});
            assert_eq!(answer.body["member"], json!([expected]));
            let answer = librarian.get(&format!("{path}/string1?pageSize=1")).await;
            assert_eq!(answer.body["totalItems"], 2);
            assert!(
                answer.body["member"][0]["metadataString"].as_str().unwrap().contains("broken")
            );
            assert_eq!(librarian.get(&format!("{path}/origin")).await.status, 400);
        })
        .await;
    }
}
