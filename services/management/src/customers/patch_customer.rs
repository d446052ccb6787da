use axum::extract::State;

use super::post_customer::display_name;
use crate::{
    Management,
    body::JsonBody,
    caller::Tenant,
    error::{During, Error},
    fields::Fields,
    hydra::{Customer, Document},
    precondition::Precondition,
    urls::Urls,
};

/// `PATCH /customers/{customer}`: changes the display name, the one thing that may change.
pub(crate) async fn patch_customer(
    State(management): State<Management>,
    urls: Urls,
    Tenant { customer }: Tenant,
    Precondition(expected): Precondition,
    JsonBody(fields): JsonBody,
) -> Result<Document<Customer>, Error> {
    let name = new_name(fields)?;
    let now = management.now();
    let renamed = management.catalogue.rename_customer(customer, &name, &expected, now).await;
    Ok(Document::new(&urls, Customer::of(renamed.during("Update customer")?, &urls)))
}

fn new_name(mut fields: Fields) -> Result<String, Error> {
    for fixed in ["name", "administrator", "created"] {
        if fields.has(fixed) {
            fields.fault(format!("Should not include {fixed}"));
        }
    }
    let name = display_name(&mut fields).unwrap_or_default();
    if name.is_empty() {
        fields.fault("DisplayName cannot be empty");
    }
    fields.finish()?;
    Ok(name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn the_display_name_changes_and_the_rest_stays() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let answer = librarian.patch("/customers/2", json!({"DisplayName": "New"})).await;
            assert_eq!((answer.status.as_u16(), &answer.body["displayName"]), (200, &json!("New")));
            assert_eq!(librarian.get("/customers/2").await.body, answer.body);
        })
        .await;
    }

    #[tokio::test]
    async fn nothing_else_may_be_sent() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            for (body, reason) in [
                (json!({"displayName": "New", "name": "new"}), "Should not include name"),
                (
                    json!({"displayName": "New", "administrator": true}),
                    "Should not include administrator",
                ),
                (json!({"displayName": " "}), "DisplayName cannot be empty"),
                (json!({}), "DisplayName cannot be empty"),
            ] {
                let answer = librarian.patch("/customers/2", body).await;
                assert_eq!((answer.status.as_u16(), answer.detail()), (400, reason));
            }
        })
        .await;
    }

    #[tokio::test]
    async fn a_display_name_is_unique() {
        on_every_database(async |api| {
            let administrator = api.administrator().await;
            api.customer(&administrator, "library").await;
            let museum = api.customer(&administrator, "museum").await;
            let body = json!({"displayName": "The library"});
            assert_eq!(museum.patch("/customers/3", body).await.status, 409);
        })
        .await;
    }
}
