use axum::extract::State;
use catalogue::KeyFields;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    Management,
    body::OptionalBody,
    caller::Tenant,
    error::{During, Error},
    fields::Fields,
    hydra::{Document, FreshKey},
    references::last_segment,
    urls::Urls,
};

/// `POST /customers/{customer}/keys`: makes a key; 200, as the DLCS has it. Without a body it opens all that is the customer's.
pub(crate) async fn post_key(
    State(management): State<Management>,
    urls: Urls,
    Tenant { customer }: Tenant,
    OptionalBody(fields): OptionalBody,
) -> Result<Document<FreshKey>, Error> {
    let (fields, now) = (key_fields(fields)?, management.now());
    let fresh = management.catalogue.create_key(customer, &fields, now).await;
    Ok(Document::new(&urls, FreshKey::of(fresh.during("Create key")?, &urls)))
}

fn key_fields(mut fields: Fields) -> Result<KeyFields, Error> {
    const MAX_LABEL: usize = 200;
    let label = fields.text_up_to("label", MAX_LABEL);
    let scope = fields.text("scope").map(|scope| scope.trim().to_ascii_lowercase().parse());
    let scope = scope.transpose().unwrap_or_else(|fault: catalogue::Error| {
        fields.fault(format!("'scope' {fault}"));
        None
    });
    let read = KeyFields {
        label,
        scope: scope.unwrap_or_default(),
        spaces: spaces(&mut fields),
        requests_per_minute: fields.whole_number("requestsPerMinute", 1..=1_000_000),
        expires: expires(&mut fields),
    };
    fields.finish()?;
    Ok(read)
}

/// Numbers, or addresses of spaces.
fn spaces(fields: &mut Fields) -> Option<Vec<u32>> {
    let spaces = fields.texts("spaces")?;
    let number = |text: &String| last_segment(text)?.parse().ok();
    let numbers: Option<Vec<u32>> = spaces.iter().map(number).collect();
    if numbers.is_none() {
        fields.fault("'spaces' must be the numbers of spaces");
    }
    numbers
}

fn expires(fields: &mut Fields) -> Option<OffsetDateTime> {
    let text = fields.text("expires")?;
    let moment = OffsetDateTime::parse(text.trim(), &Rfc3339);
    if moment.is_err() {
        fields.fault("'expires' must be a time such as 2027-01-31T00:00:00Z");
    }
    moment.ok()
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Method};
    use serde_json::json;

    use crate::{
        ManagementConfig,
        testing::{IMAGE, jpeg, on_every_database, on_every_database_with},
    };

    #[tokio::test]
    async fn a_new_key_opens_the_door_at_once() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let fresh = librarian.send(Method::POST, "/customers/2/keys", Body::empty()).await;
            assert_eq!(fresh.status, 200);
            let client = api.anonymous().with_key(2, &fresh.body);
            assert_eq!(client.get("/customers/2").await.status, 200);
            assert_eq!(client.get("/customers/2/keys").await.body["totalItems"], 2);
        })
        .await;
    }

    #[tokio::test]
    async fn a_key_opens_what_its_scope_says() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            librarian.put(IMAGE, jpeg(json!({}))).await;
            let client = async |body| {
                let key = librarian.post("/customers/2/keys", body).await;
                assert_eq!(key.status, 200, "{}", key.detail());
                api.anonymous().with_key(2, &key.body)
            };
            let reader = client(json!({"scope": "read", "label": "website"})).await;
            let scanner = client(json!({"scope": "Register", "spaces": [1]})).await;
            for (path, body, for_reader, for_scanner) in [
                (IMAGE, None, 200, 200),
                ("/customers/2", None, 200, 200),
                ("/customers/2/spaces", None, 200, 200),
                ("/customers/2/keys", None, 403, 403),
                (IMAGE, Some(jpeg(json!({"string1": "a"}))), 403, 200),
                ("/customers/2/spaces/1", Some(json!({"name": "charts"})), 403, 403),
                ("/customers/2/spaces/7", Some(json!({"name": "new"})), 403, 403),
            ] {
                for (client, status) in [(&reader, for_reader), (&scanner, for_scanner)] {
                    let answer = match &body {
                        Some(body) => client.put(path, body.clone()).await,
                        None => client.get(path).await,
                    };
                    assert_eq!(answer.status, status, "{path}: {}", answer.detail());
                }
            }
            let answer = reader.delete(IMAGE).await;
            assert_eq!(answer.status, 403);
            assert_eq!(
                answer.detail(),
                "This key is for the scope 'read'; this needs one for 'register'"
            );
        })
        .await;
    }

    #[tokio::test]
    async fn a_key_that_asks_too_often_is_told_when_to_come_back() {
        let config = ManagementConfig { requests_per_minute: 1000, ..Default::default() };
        on_every_database_with(config, async |api| {
            let librarian = api.librarian().await;
            let body = json!({"requestsPerMinute": 2});
            let key = librarian.post("/customers/2/keys", body).await;
            assert_eq!(key.body["requestsPerMinute"], 2);
            let client = api.anonymous().with_key(2, &key.body);
            for _ in 0..2 {
                assert_eq!(client.get("/customers/2").await.status, 200);
            }
            let answer = client.get("/customers/2").await;
            assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, "30"));
            assert_eq!(answer.body["title"], "Too Many Requests");
            assert_eq!(librarian.get("/customers/2").await.status, 200);
        })
        .await;
    }

    #[tokio::test]
    async fn what_cannot_be_a_key_is_refused() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            for (body, reason) in [
                (json!({"scope": "god"}), "'scope' 'god' is none of read, register and admin"),
                (json!({"spaces": ["x"]}), "'spaces' must be the numbers of spaces"),
                (json!({"spaces": [9]}), "Target space 9 does not exist"),
                (json!({"spaces": []}), "'spaces' must name a space"),
                (json!({"expires": "tomorrow"}), "'expires' must be a time such as"),
                (json!({"expires": "2020-01-01T00:00:00Z"}), "'expires' must be in the future"),
                (json!({"requestsPerMinute": 0}), "'requestsPerMinute' must be a whole number"),
            ] {
                let answer = librarian.post("/customers/2/keys", body.clone()).await;
                assert_eq!(answer.status, 400, "{body}");
                assert!(answer.detail().starts_with(reason), "{body}: {}", answer.detail());
            }
        })
        .await;
    }
}
