use axum::extract::State;

use super::webhook_fields::webhook_fields;
use crate::{
    Management,
    body::JsonBody,
    caller::Tenant,
    error::{During, Error},
    hydra::{Document, FreshWebhook, Saved},
    urls::Urls,
};

/// `POST /customers/{customer}/webhooks`: from now on the address is told what happens.
pub(crate) async fn post_webhook(
    State(management): State<Management>,
    urls: Urls,
    Tenant { customer }: Tenant,
    JsonBody(fields): JsonBody,
) -> Result<Saved<FreshWebhook>, Error> {
    let fields = webhook_fields(fields)?;
    let now = management.now();
    let made = management.catalogue.create_webhook(customer, &fields, now).await;
    let made = FreshWebhook::of(made.during("Create webhook")?, &urls);
    Ok(Document::new(&urls, made).saved(true))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::on_every_database;

    const ALL: &str = "/customers/2/webhooks";

    #[tokio::test]
    async fn a_webhook_is_made_looked_at_tried_changed_and_deleted() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let url = "https://hooks.example.org/recto";
            let body = json!({"url": url, "events": ["batch.completed", "asset.deleted"]});
            let made = librarian.post(ALL, body).await;
            assert_eq!(made.status, 201, "{}", made.detail());
            assert_eq!(made.body["secret"].as_str().map(str::len), Some(44), "said once");
            let path = made.header("location").strip_prefix("https://api.example.org").unwrap();
            let seen = librarian.get(path).await.body;
            assert_eq!((&seen["url"], seen.get("secret")), (&json!(url), None));
            assert_eq!(seen["events"], json!(["batch.completed", "asset.deleted"]));
            assert_eq!(seen["enabled"], true);
            assert_eq!(librarian.get(ALL).await.body["totalItems"], 1);

            let tried = librarian.post(&format!("{path}/test"), json!({})).await;
            assert_eq!((tried.status.as_u16(), tried.body.get("testResult")), (202, None));
            assert!(tried.body["lastTest"].is_string());

            let body =
                json!({"events": null, "enabled": false, "secret": "another secret of ours"});
            let changed = librarian.put(path, body).await;
            assert_eq!(changed.status, 200, "{}", changed.detail());
            assert_eq!((&changed.body["events"], &changed.body["url"]), (&json!([]), &json!(url)));
            assert_eq!(changed.body["enabled"], false);
            assert!(!changed.body.to_string().contains("another secret"));
            let audit = librarian.get("/customers/2/audit").await.body.to_string();
            assert!(!audit.contains(made.body["secret"].as_str().unwrap()));

            assert_eq!(librarian.delete(path).await.status, 204);
            assert_eq!(librarian.get(path).await.status, 404);
        })
        .await;
    }

    #[tokio::test]
    async fn what_makes_no_sense_is_refused_and_a_reader_sees_none() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            for (body, reason) in [
                (json!({}), "A url is required"),
                (json!({"url": "mailto:a@example.org"}), "'url' must be an address"),
                (json!({"url": "https://a", "events": ["asset.moved"]}), "'events': there is no"),
                (json!({"url": "https://a", "secret": "short"}), "'secret' must have"),
                (json!({"url": "https://a", "enabled": 7}), "'enabled' must be"),
            ] {
                let answer = librarian.post(ALL, body.clone()).await;
                assert_eq!(answer.status, 400, "{body}");
                assert!(answer.detail().starts_with(reason), "{body}: {}", answer.detail());
            }
            let key = librarian.post("/customers/2/keys", json!({"scope": "read"})).await;
            let reader = api.anonymous().with_key(2, &key.body);
            assert_eq!(reader.get(ALL).await.status, 403);
        })
        .await;
    }
}
