use axum::{extract::State, response::Response};
use catalogue::{ProjectionKind, ProjectionName};
use serde_json::json;
use storage::keys;

use crate::{Management, deletion::deletion, error::Error, paths::ItemPath, query::Query};

/// `DELETE /customers/{customer}/resources/pdf/{name}?args=5/b123`: no PDF of what the named query finds is kept after
/// this, nor one that is being made. That there was none is as good.
pub(crate) async fn delete_pdf(
    State(management): State<Management>,
    ItemPath { customer, id: name }: ItemPath,
    query: Query,
) -> Result<Response, Error> {
    let found = management.catalogue.named_query_called(customer, &name).await?;
    let found = found.ok_or_else(|| Error::NotFound(format!("named query called {name}")))?;
    let arguments = query.get("args").unwrap_or_default();
    let asked = found.parsed()?.ask(arguments);
    asked.map_err(|fault| Error::invalid(fault.to_string()))?;
    let name = ProjectionName::new(customer, ProjectionKind::Pdf, &found.name, arguments);
    // First the record: a file that nobody leads to is harmless, and goes with the next attempt.
    management.catalogue.delete_projection(&name).await?;
    management.bucket.delete_prefix(&keys::projection_prefix(customer, &name.id())).await?;
    Ok(deletion(&management.config, json!({ "success": true })))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use catalogue::{JobKind, MadeFile, Priority, ProjectionKind, ProjectionName};
    use serde_json::json;
    use storage::keys;
    use time::macros::datetime;

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn the_pdf_is_gone_and_so_is_who_makes_it() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let body = json!({"name": "book", "template": "s1=p1&space=p2"});
            librarian.post("/customers/2/namedQueries", body).await;
            let name = ProjectionName::new(2, ProjectionKind::Pdf, "book", "b%20123/5");
            let (catalogue, bucket) = (&api.catalogue, &api.bucket);
            let now = datetime!(2026-11-21 17:00 UTC);
            catalogue.want_projection(&name, Priority::Normal, now).await.unwrap();
            let (kinds, lease) = ([JobKind::Project], Duration::from_secs(60));
            let job = catalogue.claim_job(&kinds, "binder", lease, now).await.unwrap().unwrap();
            let key = keys::projection(2, &name.id(), job.version, "pdf");
            bucket.put(&key, "%PDF".into()).await.unwrap();
            let file = MadeFile {
                version: job.version,
                made: now,
                members: String::new(),
                maker: String::new(),
                file_name: "a.pdf".to_owned(),
                items: 1,
                pages: 1,
                bytes: 4,
                roles: Vec::new(),
                shown: Vec::new(),
            };
            assert!(catalogue.record_projection(&job, &file, now).await.unwrap());
            catalogue.want_projection(&name, Priority::Normal, now).await.unwrap();
            let path = "/customers/2/resources/pdf/book?args=b%20123/5";
            assert_eq!(librarian.delete(path).await.status, 200);
            assert_eq!(catalogue.projection(&name).await.unwrap(), None);
            assert_eq!(bucket.head(&key).await.unwrap(), None);
            let left = catalogue.claim_job(&kinds, "binder", lease, now).await.unwrap();
            assert_eq!(left, None);
            assert_eq!(librarian.delete(path).await.status, 200);
        })
        .await;
    }

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
