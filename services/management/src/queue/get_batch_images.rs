use axum::extract::State;
use catalogue::{Batch, BatchScope};

use super::batch_path::BatchPath;
use crate::{
    Management,
    error::Error,
    hydra::{Collection, Image},
    images::{Within, list_images},
    query::Query,
    urls::Urls,
};

/// `GET /customers/{customer}/queue/batches/{batch}/images`: the assets that came with this batch last.
pub(crate) async fn get_batch_images(
    State(management): State<Management>,
    urls: Urls,
    BatchPath { batch }: BatchPath,
    query: Query,
) -> Result<Collection<Image>, Error> {
    let scope = members_of(&batch, BatchScope::Last(batch.id));
    list_images(&management, &urls, scope, &query).await
}

/// `GET /customers/{customer}/queue/batches/{batch}/assets`: all that ever came with this batch and still exist.
pub(crate) async fn get_batch_assets(
    State(management): State<Management>,
    urls: Urls,
    BatchPath { batch }: BatchPath,
    query: Query,
) -> Result<Collection<Image>, Error> {
    let scope = members_of(&batch, BatchScope::Ever(batch.id));
    list_images(&management, &urls, scope, &query).await
}

fn members_of(batch: &Batch, scope: BatchScope) -> Within {
    Within { reach: batch.customer.into(), space: None, batch: Some(scope) }
}

#[cfg(test)]
mod tests {
    use crate::testing::{batch_of, ids, on_every_database};

    #[tokio::test]
    async fn images_are_those_that_came_last_and_assets_all_that_ever_came() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            batch_of(&librarian, &["a", "b", "c"]).await;
            batch_of(&librarian, &["b"]).await;
            for (path, expected) in [
                ("1/images", "a c"),
                ("1/assets", "a b c"),
                ("2/images", "b"),
                ("1/assets?q=%7B%22string1%22:%22of%20b%22%7D", "b"),
                ("1/images?string1=of%20b", ""),
                ("1/assets?orderByDescending=id", "c b a"),
                ("1/assets?orderBy=id&pageSize=2&page=2", "c"),
            ] {
                let answer = librarian.get(&format!("/customers/2/queue/batches/{path}")).await;
                assert_eq!(ids(&answer), expected, "{path}: {}", answer.detail());
            }
            let page = librarian.get("/customers/2/queue/batches/1/assets?pageSize=2").await.body;
            assert_eq!(page["totalItems"], 3);
        })
        .await;
    }
}
