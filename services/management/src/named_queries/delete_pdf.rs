use axum::{extract::State, response::Response};
use serde_json::json;

use crate::{Management, deletion::deletion, error::Error, paths::ItemPath, query::Query};

/// `DELETE /customers/{customer}/resources/pdf/{name}?args=5/b123`: no PDF of what the named query finds is kept after this.
///
/// No PDF is ever kept by now, so there is nothing to remove; that the question makes sense is seen to.
pub(crate) async fn delete_pdf(
    State(management): State<Management>,
    ItemPath { customer, id: name }: ItemPath,
    query: Query,
) -> Result<Response, Error> {
    let found = management.catalogue.named_query_called(customer, &name).await?;
    let found = found.ok_or_else(|| Error::NotFound(format!("named query called {name}")))?;
    let asked = found.parsed()?.ask(query.get("args").unwrap_or_default());
    asked.map_err(|fault| Error::invalid(fault.to_string()))?;
    Ok(deletion(&management.config, json!({ "success": true })))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn the_answer_is_json_for_clients_that_insist() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let body = json!({"name": "book", "template": "s1=p1&space=p2"});
            librarian.post("/customers/2/namedQueries", body).await;
            let root = "/customers/2/resources/pdf";
            let answer = librarian.delete(&format!("{root}/book?args=b123/5")).await;
            assert_eq!((answer.status.as_u16(), answer.body), (200, json!({"success": true})));
            assert_eq!(librarian.delete(&format!("{root}/book?args=b123/five")).await.status, 400);
            assert_eq!(librarian.delete(&format!("{root}/book")).await.status, 400);
            assert_eq!(librarian.delete(&format!("{root}/other?args=1")).await.status, 404);
        })
        .await;
    }
}
