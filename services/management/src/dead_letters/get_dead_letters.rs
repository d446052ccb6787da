use axum::extract::State;

use crate::{
    Management,
    caller::{Administrator, Guest},
    error::Error,
    hydra::{Collection, DeadLetter},
    query::Query,
    urls::Urls,
};

/// `GET /customers/{customer}/queue/deadLetters`: what was given up, and why, the newest first.
pub(crate) async fn get_dead_letters(
    State(management): State<Management>,
    urls: Urls,
    Guest { reach }: Guest,
    query: Query,
) -> Result<Collection<DeadLetter>, Error> {
    let letters = management.catalogue.dead_letters(reach, query.page()?).await?;
    Ok(Collection::new(&urls, letters.map(|letter| DeadLetter::of(letter, &urls))))
}

/// `GET /queue/deadLetters`: those of all customers; for an administrator.
pub(crate) async fn get_all_dead_letters(
    State(management): State<Management>,
    urls: Urls,
    _: Administrator,
    query: Query,
) -> Result<Collection<DeadLetter>, Error> {
    let letters = management.catalogue.all_dead_letters(query.page()?).await?;
    Ok(Collection::new(&urls, letters.map(|letter| DeadLetter::of(letter, &urls))))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{batch_of, finish_batch, on_every_database};

    const ALL: &str = "/customers/2/queue/deadLetters";

    #[tokio::test]
    async fn what_was_given_up_is_listed_with_its_asset_and_the_reason() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            batch_of(&librarian, &["a", "broken-1", "broken-2"]).await;
            finish_batch(&api, 1).await;
            let answer = librarian.get(&format!("{ALL}?pageSize=1")).await;
            assert_eq!((answer.status.as_u16(), &answer.body["totalItems"]), (200, &json!(2)));
            let letter = &answer.body["member"][0];
            let image = "https://api.example.org/customers/2/spaces/1/images/broken-2";
            for (name, value) in [
                ("@type", json!("vocab:DeadLetter")),
                ("kind", json!("ingest-image")),
                ("asset", json!(image)),
                ("name", json!("broken-2")),
                ("space", json!(1)),
                ("attempts", json!(1)),
                ("reason", json!("the file ends in the middle of the image")),
            ] {
                assert_eq!(letter[name], value, "{name}");
            }
            for time in ["queued", "givenUp"] {
                assert!(letter[time].as_str().unwrap().ends_with('Z'), "{time}");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn an_administrator_sees_those_of_all_and_others_their_own() {
        on_every_database(async |api| {
            let administrator = api.administrator().await;
            let library = api.customer(&administrator, "library").await;
            let museum = api.customer(&administrator, "museum").await;
            for (n, customer) in [(1, &library), (2, &museum)] {
                let spaces = format!("/customers/{}/spaces", customer.customer);
                customer.post(&spaces, json!({"name": "maps"})).await;
                batch_of(customer, &["broken"]).await;
                finish_batch(&api, n).await;
            }
            let answer = administrator.get("/queue/deadLetters").await;
            assert_eq!((answer.status.as_u16(), &answer.body["totalItems"]), (200, &json!(2)));
            assert_eq!(library.get("/queue/deadLetters").await.status, 403);
            assert_eq!(library.get(ALL).await.body["totalItems"], 1);
            library.post("/customers/2/spaces", json!({"name": "books"})).await;
            let key = json!({"scope": "read", "spaces": [2]});
            let key = library.post("/customers/2/keys", key).await;
            let guest = api.anonymous().with_key(2, &key.body);
            assert_eq!(guest.get(ALL).await.body["totalItems"], 0);
        })
        .await;
    }
}
