use axum::extract::State;

use super::origin_strategy_fields::origin_strategy_fields;
use crate::{
    Management,
    body::JsonBody,
    caller::Tenant,
    error::{During, Error},
    hydra::{CustomerOriginStrategy, Document, Saved},
    urls::Urls,
};

/// `POST /customers/{customer}/originStrategies`: says how the origins that match a regex are fetched.
pub(crate) async fn post_origin_strategy(
    State(management): State<Management>,
    urls: Urls,
    Tenant { customer }: Tenant,
    JsonBody(fields): JsonBody,
) -> Result<Saved<CustomerOriginStrategy>, Error> {
    let fields = origin_strategy_fields(fields)?;
    let now = management.now();
    let strategy = management.catalogue.create_origin_strategy(customer, &fields, now).await;
    let strategy = strategy.during("Create origin strategy")?;
    Ok(Document::new(&urls, CustomerOriginStrategy::of(strategy, &urls)).saved(true))
}

#[cfg(test)]
mod tests {
    use insta::{allow_duplicates, assert_json_snapshot};
    use serde_json::json;

    use crate::testing::on_every_database;

    const ALL: &str = "/customers/2/originStrategies";

    #[tokio::test]
    async fn credentials_are_taken_in_both_forms_and_never_shown() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            for (regex, credentials) in [
                ("^https://a", json!(r#"{"user": "reader", "password": "hunter2"}"#)),
                ("^https://b", json!({"user": "reader", "password": "hunter2"})),
            ] {
                let strategy = "https://api.example.org/originStrategies/basic-http-authentication";
                let body = json!({"regex": regex, "strategy": strategy, "order": "3",
                    "credentials": credentials});
                let answer = librarian.post(ALL, body).await;
                assert_eq!(answer.status, 201, "{}", answer.detail());
                assert_eq!(answer.body["@id"], answer.header("location"));
                assert!(!answer.body.to_string().contains("hunter2"));
                let mut shown = answer.body.clone();
                shown["@id"] = json!("[id]");
                shown["regex"] = json!("[regex]");
                allow_duplicates! { assert_json_snapshot!(shown, @r#"
                {
                  "@context": "https://api.example.org/contexts/CustomerOriginStrategy.jsonld",
                  "@id": "[id]",
                  "@type": "vocab:CustomerOriginStrategy",
                  "regex": "[regex]",
                  "strategy": "https://api.example.org/originStrategies/basic-http-authentication",
                  "credentials": "xxx",
                  "optimised": false,
                  "order": 3
                }
                "#) };
            }
            let all = librarian.get(ALL).await;
            assert_eq!(all.body["totalItems"], 2);
            assert!(!all.body.to_string().contains("hunter2"));
        })
        .await;
    }

    #[tokio::test]
    async fn what_makes_no_sense_is_refused_in_the_words_of_the_dlcs() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let basic = "basic-http-authentication";
            let both = r#"{"user": "a", "password": "b"}"#;
            for (body, reason) in [
                (json!({"regex": "a"}), "An origin strategy must be specified"),
                (json!({"strategy": "default"}), "Regex cannot be empty"),
                (json!({"regex": "(", "strategy": "default"}), "Regex is not valid"),
                (json!({"regex": "a", "strategy": "pigeon"}), "'pigeon' is not an origin strategy"),
                (
                    json!({"regex": "a", "strategy": "default", "optimised": true}),
                    "'Optimised' is only applicable when using s3-ambient as an origin strategy",
                ),
                (
                    json!({"regex": "a", "strategy": "default", "optimised": 7}),
                    "'optimised' must be",
                ),
                (
                    json!({"regex": "a", "strategy": basic}),
                    "Credentials must be specified when using basic-http-authentication as an \
                     origin strategy",
                ),
                (
                    json!({"regex": "a", "strategy": "s3-ambient", "credentials": both}),
                    "Credentials can only be specified when using basic-http-authentication or \
                     SFTP as an origin strategy, or one of Recto's own that needs them",
                ),
                (
                    json!({"regex": "a", "strategy": basic, "credentials": "secret"}),
                    "'credentials' must be a text with",
                ),
                (
                    json!({"regex": "a", "strategy": basic,
                        "credentials": {"user": "a", "password": "b\nHost: x"}}),
                    "'credentials' do not fit basic-http-authentication: 'password' must not have",
                ),
                (
                    json!({"regex": "a", "strategy": "http-headers",
                        "credentials": {"headers": {"Host": "x"}}}),
                    "'credentials' do not fit http-headers: 'headers' must not set 'host'",
                ),
                (
                    json!({"regex": "a", "strategy": "s3-keys", "credentials": {"accessKeyId": "x"}}),
                    "'credentials' do not fit s3-keys: 'secretAccessKey' is missing",
                ),
            ] {
                let answer = librarian.post(ALL, body.clone()).await;
                assert_eq!(answer.status, 400, "{body}");
                assert!(answer.detail().starts_with(reason), "{body}: {}", answer.detail());
            }
            let body = json!({"regex": "a", "strategy": "default"});
            assert_eq!(librarian.post(ALL, body.clone()).await.status, 201);
            assert_eq!(librarian.post(ALL, body).await.status, 409);
        })
        .await;
    }
}
