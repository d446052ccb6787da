use axum::extract::State;

use super::origin_strategy_fields::origin_strategy_fields;
use crate::{
    Management,
    body::JsonBody,
    error::{During, Error},
    hydra::{CustomerOriginStrategy, Document},
    paths::ItemPath,
    precondition::Precondition,
    urls::Urls,
};

/// `PUT /customers/{customer}/originStrategies/{id}`: changes what is said; makes none.
pub(crate) async fn put_origin_strategy(
    State(management): State<Management>,
    urls: Urls,
    ItemPath { customer, id }: ItemPath,
    Precondition(expected): Precondition,
    JsonBody(fields): JsonBody,
) -> Result<Document<CustomerOriginStrategy>, Error> {
    let fields = origin_strategy_fields(fields)?;
    let now = management.now();
    let changed =
        management.catalogue.put_origin_strategy(customer, &id, &fields, &expected, now).await;
    let changed = changed.during("Update origin strategy")?;
    Ok(Document::new(&urls, CustomerOriginStrategy::of(changed, &urls)))
}

#[cfg(test)]
mod tests {
    use catalogue::{HttpLogin, OriginAccess};
    use serde_json::json;

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn what_was_shown_can_be_sent_back_without_losing_the_credentials() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let body = json!({"regex": "^https://a", "strategy": "basic-http-authentication",
                "credentials": r#"{"user": "reader", "password": "hunter2"}"#});
            let made = librarian.post("/customers/2/originStrategies", body).await;
            let path = made.header("location").strip_prefix("https://api.example.org").unwrap();
            let mut shown = librarian.get(path).await.body;
            shown["order"] = json!(5);
            let answer = librarian.put(path, shown).await;
            assert_eq!((answer.status.as_u16(), &answer.body["order"]), (200, &json!(5)));
            let origin = "https://a.example.org/1.tif".parse().unwrap();
            let access = api.catalogue.origin_access(2, &origin).await.unwrap();
            let OriginAccess::Http(access) = access else { panic!("{access:?}") };
            let Some(HttpLogin::Basic(login)) = access.login else { panic!("no login") };
            assert_eq!(login.password.expose(), "hunter2");

            assert_eq!(librarian.put(path, json!({"credentials": null})).await.status, 400);
            let missing = "/customers/2/originStrategies/x";
            assert_eq!(librarian.put(missing, json!({"order": 1})).await.status, 404);
            assert_eq!(librarian.delete(path).await.status, 204);
            assert_eq!(librarian.delete(path).await.status, 404);
            assert_eq!(librarian.get(path).await.status, 404);
        })
        .await;
    }
}
