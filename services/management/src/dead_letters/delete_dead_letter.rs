use axum::{extract::State, http::StatusCode};

use super::dead_letter_path::DeadLetterPath;
use crate::{
    Management,
    error::{During, Error},
    precondition::Precondition,
};

/// `DELETE /customers/{customer}/queue/deadLetters/{id}`: discards it; its asset keeps the error.
pub(crate) async fn delete_dead_letter(
    State(management): State<Management>,
    DeadLetterPath { reach, id }: DeadLetterPath,
    Precondition(expected): Precondition,
) -> Result<StatusCode, Error> {
    let deleted = management.catalogue.delete_dead_letter(reach, id, &expected).await;
    deleted.during("Discard dead letter")?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{batch_of, finish_batch, on_every_database};

    #[tokio::test]
    async fn what_is_discarded_is_gone_and_who_did_it_is_written_down() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            batch_of(&librarian, &["broken-1"]).await;
            finish_batch(&api, 1).await;
            let all = librarian.get("/customers/2/queue/deadLetters").await.body;
            let url = all["member"][0]["@id"].as_str().unwrap();
            let path = url.strip_prefix("https://api.example.org").unwrap();
            assert_eq!(librarian.delete(path).await.status, 204);
            assert_eq!(librarian.delete(path).await.status, 404);
            let image = librarian.get("/customers/2/spaces/1/images/broken-1").await.body;
            assert!(image["error"].is_string());
            let audit = librarian.get("/customers/2/audit").await.body;
            let entries = audit["member"].as_array().unwrap();
            let discarded = entries.iter().find(|it| it["status"] == json!(204)).unwrap();
            assert_eq!(discarded["path"], path);
            for nonsense in ["x", "-1", "%2B1", "99999999999999999999"] {
                let path = format!("/customers/2/queue/deadLetters/{nonsense}");
                assert_eq!(librarian.delete(&path).await.status, 404, "{nonsense}");
            }
        })
        .await;
    }
}
