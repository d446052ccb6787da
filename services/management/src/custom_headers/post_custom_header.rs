use axum::extract::State;

use super::custom_header_fields::custom_header_fields;
use crate::{
    Management,
    body::JsonBody,
    caller::Tenant,
    error::{During, Error},
    hydra::{CustomHeader, Document, Saved},
    urls::Urls,
};

/// `POST /customers/{customer}/customHeaders`: from now on it is sent with the assets in its scope.
pub(crate) async fn post_custom_header(
    State(management): State<Management>,
    urls: Urls,
    Tenant { customer }: Tenant,
    JsonBody(fields): JsonBody,
) -> Result<Saved<CustomHeader>, Error> {
    let fields = custom_header_fields(fields)?;
    let now = management.now();
    let header = management.catalogue.create_custom_header(customer, &fields, now).await;
    let header = header.during("Create custom header")?;
    Ok(Document::new(&urls, CustomHeader::of(header, &urls)).saved(true))
}

#[cfg(test)]
mod tests {
    use insta::{allow_duplicates, assert_json_snapshot};
    use serde_json::json;

    use crate::testing::on_every_database;

    const ALL: &str = "/customers/2/customHeaders";

    #[tokio::test]
    async fn a_header_is_made_changed_and_deleted() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let role = "https://api.example.org/customers/2/roles/staff";
            let body = json!({"key": "X-Terms", "value": " ask us ", "space": "1", "role": role});
            let made = librarian.post(ALL, body).await;
            assert_eq!(
                (made.status.as_u16(), &made.body["@id"]),
                (201, &json!(made.header("location")))
            );
            let mut shown = made.body.clone();
            shown["@id"] = json!("[id]");
            allow_duplicates! { assert_json_snapshot!(shown, @r#"
            {
              "@context": "https://api.example.org/contexts/CustomHeader.jsonld",
              "@id": "[id]",
              "@type": "vocab:CustomHeader",
              "key": "X-Terms",
              "value": "ask us",
              "space": 1,
              "role": "https://api.example.org/customers/2/roles/staff"
            }
            "#) };
            let path = made.header("location").strip_prefix("https://api.example.org").unwrap();
            let changed = librarian.put(path, json!({"key": "X-Terms", "value": "free"})).await;
            assert_eq!((changed.status.as_u16(), &changed.body["value"]), (200, &json!("free")));
            assert_eq!(changed.body.get("space"), None);
            assert_eq!(librarian.get(path).await.body, changed.body);
            assert_eq!(librarian.get(ALL).await.body["totalItems"], 1);
            assert_eq!(librarian.delete(path).await.status, 204);
            assert_eq!(librarian.delete(path).await.status, 404);
            assert_eq!(librarian.get(path).await.status, 404);
            let body = json!({"key": "a", "value": "b"});
            assert_eq!(librarian.put(path, body).await.status, 404);
        })
        .await;
    }

    #[tokio::test]
    async fn what_cannot_be_sent_is_refused() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            for (body, reason) in [
                (json!({}), "A key is required. A value is required"),
                (json!({"key": "a\nb", "value": "x"}), "'a\nb' cannot be the name of a header"),
                (json!({"key": "a", "value": "x\r\nSet-Cookie: y"}), "'value' must be at most"),
                (json!({"key": "Content-Length", "value": "0"}), "The header 'Content-Length'"),
                (json!({"key": "a", "value": "b", "space": "x"}), "'space' must be the number"),
                (json!({"key": "a", "value": "b", "space": 9}), "Target space 9 does not exist"),
            ] {
                let answer = librarian.post(ALL, body.clone()).await;
                assert_eq!(answer.status, 400, "{body}");
                assert!(answer.detail().starts_with(reason), "{body}: {}", answer.detail());
            }
        })
        .await;
    }
}
