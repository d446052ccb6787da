use axum::extract::State;
use catalogue::{BatchList, Reach};

use crate::{
    Management,
    caller::Guest,
    error::Error,
    hydra::{Batch, Collection},
    query::Query,
    urls::Urls,
};

/// `GET /customers/{customer}/queue/batches`: all of them, in the order in which they came.
pub(crate) async fn get_batches(
    State(management): State<Management>,
    urls: Urls,
    Guest { reach }: Guest,
    query: Query,
) -> Result<Collection<Batch>, Error> {
    list(&management, &urls, (reach, BatchList::All), &query).await
}

/// `GET /customers/{customer}/queue/active`: those of which something is still to be done.
pub(crate) async fn get_active_batches(
    State(management): State<Management>,
    urls: Urls,
    Guest { reach }: Guest,
    query: Query,
) -> Result<Collection<Batch>, Error> {
    list(&management, &urls, (reach, BatchList::Active), &query).await
}

/// `GET /customers/{customer}/queue/recent`: those that are finished, the newest first.
pub(crate) async fn get_recent_batches(
    State(management): State<Management>,
    urls: Urls,
    Guest { reach }: Guest,
    query: Query,
) -> Result<Collection<Batch>, Error> {
    list(&management, &urls, (reach, BatchList::Recent), &query).await
}

async fn list(
    management: &Management,
    urls: &Urls,
    (reach, list): (Reach, BatchList),
    query: &Query,
) -> Result<Collection<Batch>, Error> {
    let batches = management.catalogue.batches(reach, list, query.page()?).await?;
    Ok(Collection::new(urls, batches.map(|batch| Batch::of(batch, urls))))
}

#[cfg(test)]
mod tests {
    use crate::testing::{Answer, batch_of, finish_batch, on_every_database};

    fn numbers(answer: &Answer) -> String {
        let members = answer.body["member"].as_array().unwrap();
        let number = |url: &str| url.rsplit('/').next().unwrap().to_owned();
        members.iter().map(|batch| number(batch["@id"].as_str().unwrap())).collect()
    }

    #[tokio::test]
    async fn batches_are_active_until_they_are_finished_and_then_recent() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            for names in [["a", "b"], ["c", "d"], ["e", "f"]] {
                batch_of(&librarian, &names).await;
            }
            finish_batch(&api, 2).await;
            finish_batch(&api, 1).await;
            for (path, expected) in [
                ("batches", "123"),
                ("active", "3"),
                ("recent", "12"),
                ("batches?pageSize=2", "12"),
            ] {
                let answer = librarian.get(&format!("/customers/2/queue/{path}")).await;
                assert_eq!(numbers(&answer), expected, "{path}");
            }
            let recent = librarian.get("/customers/2/queue/recent?pageSize=1").await;
            assert!(recent.body["view"]["next"].as_str().unwrap().contains("/recent?page=2"));
        })
        .await;
    }
}
