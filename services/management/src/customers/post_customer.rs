use axum::extract::State;
use catalogue::NewCustomer;

use crate::{
    Management,
    body::JsonBody,
    caller::Administrator,
    error::{During, Error},
    fields::Fields,
    hydra::{Customer, Document, Saved},
    urls::Urls,
};

const MAX_NAME: usize = 60;
const MAX_DISPLAY_NAME: usize = 500;
const RESERVED: [&str; 1] = ["admin"];

/// `POST /customers`: an administrator makes a customer.
pub(crate) async fn post_customer(
    State(management): State<Management>,
    urls: Urls,
    _: Administrator,
    JsonBody(fields): JsonBody,
) -> Result<Saved<Customer>, Error> {
    let new = new_customer(fields)?;
    let customer = management.catalogue.create_customer(&new, management.now()).await;
    let customer = customer.during("Create customer")?;
    Ok(Document::new(&urls, Customer::of(customer, &urls)).saved(true))
}

fn new_customer(mut fields: Fields) -> Result<NewCustomer, Error> {
    let name = fields.text("name").unwrap_or_default();
    let display_name = display_name(&mut fields).unwrap_or_default();
    if name.is_empty() {
        fields.fault("A new customer must have a name (url part).");
    }
    if display_name.is_empty() {
        fields.fault("A new customer must have a Display name (label).");
    }
    if fields.text("administrator").is_some_and(|it| it.eq_ignore_ascii_case("true")) {
        fields.fault("You can't attempt to create an Administrator customer.");
    }
    if let Some(fault) = fault_of_name(&name) {
        fields.fault(format!("Name field [{name}] {fault}"));
    }
    fields.finish()?;
    Ok(NewCustomer { name, display_name })
}

pub(super) fn display_name(fields: &mut Fields) -> Option<String> {
    Some(fields.text_up_to("displayName", MAX_DISPLAY_NAME)?.trim().to_owned())
}

/// Why a name can't stand in public addresses, where a number would be taken for a customer's id.
fn fault_of_name(name: &str) -> Option<&'static str> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    let is_version = name.strip_prefix(['v', 'V']).is_some_and(is_number);
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    if RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(name)) {
        Some("cannot be a reserved word.")
    } else if is_version {
        Some("cannot start with a version slug.")
    } else if !name.bytes().all(is_allowed) {
        Some("contains invalid characters. Accepted: [a-z] [A-Z] [0-9] - _ and .")
    } else if name.len() > MAX_NAME {
        Some("cannot be longer than 60 characters.")
    } else if is_number(name) {
        Some("cannot be a number.")
    } else if matches!(name, "." | "..") {
        Some("cannot be dots alone.")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use insta::{allow_duplicates, assert_json_snapshot};
    use serde_json::json;

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn an_administrator_makes_a_customer() {
        on_every_database(async |api| {
            let administrator = api.administrator().await;
            let body = json!({"@type": "x", "Name": "library", "displayName": "The library"});
            let answer = administrator.post("/customers", body).await;
            assert_eq!(answer.status, 201);
            assert_eq!(answer.header("location"), "https://api.example.org/customers/2");
            allow_duplicates! { assert_json_snapshot!(answer.steady(), @r#"
            {
              "@context": "https://api.example.org/contexts/Customer.jsonld",
              "@id": "https://api.example.org/customers/2",
              "@type": "vocab:Customer",
              "name": "library",
              "displayName": "The library",
              "created": "[time]",
              "spaces": "https://api.example.org/customers/2/spaces",
              "allImages": "https://api.example.org/customers/2/allImages",
              "queue": "https://api.example.org/customers/2/queue",
              "keys": "https://api.example.org/customers/2/keys",
              "deliveryChannelPolicies": "https://api.example.org/customers/2/deliveryChannelPolicies",
              "defaultDeliveryChannels": "https://api.example.org/customers/2/defaultDeliveryChannels",
              "originStrategies": "https://api.example.org/customers/2/originStrategies",
              "customHeaders": "https://api.example.org/customers/2/customHeaders",
              "storage": "https://api.example.org/customers/2/storage",
              "namedQueries": "https://api.example.org/customers/2/namedQueries",
              "portalUsers": "https://api.example.org/customers/2/portalUsers",
              "audit": "https://api.example.org/customers/2/audit",
              "events": "https://api.example.org/customers/2/events",
              "webhooks": "https://api.example.org/customers/2/webhooks"
            }
            "#) };
        })
        .await;
    }

    #[tokio::test]
    async fn a_name_is_unique_in_any_case() {
        on_every_database(async |api| {
            let administrator = api.administrator().await;
            api.customer(&administrator, "library").await;
            for (name, display_name) in [("LIBRARY", "Another"), ("another", "the LIBRARY")] {
                let body = json!({"name": name, "displayName": display_name});
                let answer = administrator.post("/customers", body).await;
                assert_eq!(answer.status, 409, "{name}");
                assert_eq!(answer.body["title"], "Create customer: Conflict");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn names_that_cannot_stand_in_an_address_are_refused() {
        on_every_database(async |api| {
            let administrator = api.administrator().await;
            for (name, reason) in [
                (json!(null), "A new customer must have a name (url part)."),
                (json!(""), "A new customer must have a name (url part)."),
                (json!("Admin"), "Name field [Admin] cannot be a reserved word."),
                (json!("v2"), "Name field [v2] cannot start with a version slug."),
                (json!("a/b"), "Accepted: [a-z] [A-Z] [0-9] - _ and ."),
                (json!("é"), "Accepted: [a-z] [A-Z] [0-9] - _ and ."),
                (json!("x".repeat(61)), "cannot be longer than 60 characters."),
                (json!(7), "Name field [7] cannot be a number."),
                (json!(".."), "Name field [..] cannot be dots alone."),
                (json!({}), "'name' must be a text"),
            ] {
                let body = json!({"name": name, "displayName": "The library"});
                let answer = administrator.post("/customers", body).await;
                assert_eq!(answer.status, 400, "{name}");
                assert!(answer.detail().contains(reason), "{name}: {}", answer.detail());
            }
        })
        .await;
    }

    #[tokio::test]
    async fn everything_that_is_missing_is_said_at_once() {
        on_every_database(async |api| {
            let administrator = api.administrator().await;
            let answer = administrator.post("/customers", json!({"administrator": true})).await;
            assert_eq!(answer.status, 400);
            allow_duplicates! { assert_json_snapshot!(answer.body, @r#"
            {
              "@context": "http://www.w3.org/ns/hydra/context.jsonld",
              "@type": "Error",
              "type": "about:blank",
              "title": "Bad request",
              "status": 400,
              "statusCode": 400,
              "detail": "A new customer must have a name (url part). A new customer must have a Display name (label). You can't attempt to create an Administrator customer.",
              "description": "A new customer must have a name (url part). A new customer must have a Display name (label). You can't attempt to create an Administrator customer.",
              "instance": "https://api.example.org/customers"
            }
            "#) };
        })
        .await;
    }

    #[tokio::test]
    async fn only_an_administrator_makes_customers() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let body = json!({"name": "other", "displayName": "Other"});
            let answer = librarian.post("/customers", body.clone()).await;
            assert_eq!((answer.status.as_u16(), &answer.body["title"]), (403, &json!("Forbidden")));
            let answer = api.anonymous().post("/customers", body).await;
            assert_eq!(answer.status, 401);
        })
        .await;
    }
}
