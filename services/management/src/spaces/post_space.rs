use axum::extract::State;
use catalogue::Change;

use super::space_fields::space_fields;
use crate::{
    Management,
    body::JsonBody,
    caller::Tenant,
    error::{During, Error},
    hydra::{Document, Saved, Space},
    urls::Urls,
};

/// `POST /customers/{customer}/spaces`: makes a space with the next number.
pub(crate) async fn post_space(
    State(management): State<Management>,
    urls: Urls,
    Tenant { customer }: Tenant,
    JsonBody(fields): JsonBody,
) -> Result<Saved<Space>, Error> {
    let fields = space_fields(fields, None)?;
    if fields.name == Change::Keep {
        return Err(Error::invalid("A space must have a name."));
    }
    let space = management.catalogue.create_space(customer, &fields, management.now()).await;
    Ok(Document::new(&urls, Space::of(space.during("Create space")?, &urls)).saved(true))
}

#[cfg(test)]
mod tests {
    use insta::{allow_duplicates, assert_json_snapshot};
    use serde_json::json;

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn a_space_gets_the_next_number_of_its_customer() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let body = json!({"@type": "Space", "Name": "prints", "defaultTags": ["a"],
                "defaultRoles": "https://x.example.org/roles/staff", "id": 77, "colour": "red"});
            let answer = librarian.post("/customers/2/spaces", body).await;
            assert_eq!(answer.status, 201);
            assert_eq!(answer.header("location"), "https://api.example.org/customers/2/spaces/2");
            allow_duplicates! { assert_json_snapshot!(answer.steady(), @r#"
            {
              "@context": "https://api.example.org/contexts/Space.jsonld",
              "@id": "https://api.example.org/customers/2/spaces/2",
              "@type": "vocab:Space",
              "id": 2,
              "name": "prints",
              "created": "[time]",
              "approximateNumberOfImages": 0,
              "defaultTags": [
                "a"
              ],
              "defaultRoles": [
                "https://x.example.org/roles/staff"
              ],
              "maxUnauthorised": -1,
              "images": "https://api.example.org/customers/2/spaces/2/images",
              "defaultDeliveryChannels": "https://api.example.org/customers/2/spaces/2/defaultDeliveryChannels",
              "storage": "https://api.example.org/customers/2/spaces/2/storage"
            }
            "#) };
        })
        .await;
    }

    #[tokio::test]
    async fn a_space_needs_a_name_of_its_own() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            for (body, status) in [
                (json!({}), 400),
                (json!({"name": " "}), 400),
                (json!({"name": ["x"]}), 400),
                (json!({"name": "x".repeat(501)}), 400),
                (json!({"name": "x\u{0}y"}), 400),
                (json!({"name": "x", "defaultTags": {"a": 1}}), 400),
                (json!({"name": "MAPS"}), 409),
            ] {
                let answer = librarian.post("/customers/2/spaces", body.clone()).await;
                assert_eq!(answer.status, status, "{body}");
                assert_eq!(answer.body["@type"], "Error", "{body}");
            }
        })
        .await;
    }
}
