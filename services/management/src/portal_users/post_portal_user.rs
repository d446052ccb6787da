use axum::extract::State;

use super::portal_user_fields::portal_user_fields;
use crate::{
    Management,
    body::JsonBody,
    caller::Tenant,
    error::{During, Error},
    hydra::{Document, PortalUser, Saved},
    urls::Urls,
};

/// `POST /customers/{customer}/portalUsers`: somebody who may use the portal.
pub(crate) async fn post_portal_user(
    State(management): State<Management>,
    urls: Urls,
    Tenant { customer }: Tenant,
    JsonBody(fields): JsonBody,
) -> Result<Saved<PortalUser>, Error> {
    let (fields, now) = (portal_user_fields(fields)?, management.now());
    let user = management.catalogue.create_portal_user(customer, &fields, now).await;
    let user = user.during("Create portal user")?;
    Ok(Document::new(&urls, PortalUser::of(user, &urls)).saved(true))
}

#[cfg(test)]
mod tests {
    use insta::{allow_duplicates, assert_json_snapshot};
    use serde_json::json;

    use crate::testing::on_every_database;

    const ALL: &str = "/customers/2/portalUsers";

    #[tokio::test]
    async fn a_portal_user_comes_changes_and_goes_and_the_password_is_never_shown() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let body = json!({"email": "ada@example.org", "password": "correct horse"});
            let made = librarian.post(ALL, body.clone()).await;
            assert_eq!(made.status, 201, "{}", made.detail());
            assert_eq!(made.body["@id"], made.header("location"));
            let mut shown = made.steady();
            shown["@id"] = json!("[id]");
            allow_duplicates! { assert_json_snapshot!(shown, @r#"
            {
              "@context": "https://api.example.org/contexts/PortalUser.jsonld",
              "@id": "[id]",
              "@type": "vocab:PortalUser",
              "email": "ada@example.org",
              "created": "[time]",
              "enabled": true
            }
            "#) };
            let again = librarian.post(ALL, body).await;
            assert_eq!(again.status, 400);
            assert_eq!(again.detail(), "The email address 'ada@example.org' is already in use");
            let path = made.header("location").strip_prefix("https://api.example.org").unwrap();
            let changed = librarian.patch(path, json!({"email": "ada@new.org"})).await;
            assert_eq!(
                (changed.status.as_u16(), &changed.body["email"]),
                (200, &json!("ada@new.org"))
            );
            assert_eq!(librarian.patch(path, json!({"password": "short"})).await.status, 400);
            assert_eq!(librarian.get(path).await.body, changed.body);
            assert_eq!(librarian.get(ALL).await.body["totalItems"], 1);
            assert_eq!(librarian.delete(path).await.status, 204);
            for answer in [librarian.get(path).await, librarian.delete(path).await] {
                assert_eq!(answer.status, 404);
            }
            for body in [json!({}), json!({"email": "ada"}), json!({"email": [], "password": 7})] {
                assert_eq!(librarian.post(ALL, body.clone()).await.status, 400, "{body}");
            }
        })
        .await;
    }
}
