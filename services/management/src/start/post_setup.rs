use axum::extract::State;

use crate::{
    Management,
    error::{During, Error},
    hydra::{Document, FreshKey},
    urls::Urls,
};

/// `POST /setup`: makes the administrator, customer 1, and shows its key; works once.
pub(crate) async fn post_setup(
    State(management): State<Management>,
    urls: Urls,
) -> Result<Document<FreshKey>, Error> {
    let fresh = management.catalogue.set_up(management.now()).await.during("Set up")?;
    let fresh = fresh.ok_or(Error::AlreadySetUp)?;
    Ok(Document::new(&urls, FreshKey::of(fresh, &urls)))
}

#[cfg(test)]
mod tests {
    use insta::{allow_duplicates, assert_json_snapshot};
    use serde_json::json;

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn the_first_caller_gets_the_administrators_key_and_the_second_a_conflict() {
        on_every_database(async |api| {
            let fresh = api.anonymous().post("/setup", json!({})).await;
            assert_eq!(fresh.status, 200);
            allow_duplicates! { assert_json_snapshot!(fresh.steady(), @r#"
            {
              "@context": "https://api.example.org/contexts/Key.jsonld",
              "@id": "https://api.example.org/customers/1/keys/[secret]",
              "@type": "vocab:Key",
              "key": "[secret]",
              "scope": "admin",
              "secret": "[secret]"
            }
            "#) };
            let again = api.anonymous().post("/setup", json!({})).await;
            assert_eq!(again.status, 409);
            allow_duplicates! { assert_json_snapshot!(again.body, @r#"
            {
              "@context": "http://www.w3.org/ns/hydra/context.jsonld",
              "@type": "Error",
              "type": "about:blank",
              "title": "Set up: Conflict",
              "status": 409,
              "statusCode": 409,
              "detail": "This service was set up before; its administrator has the key",
              "description": "This service was set up before; its administrator has the key",
              "instance": "https://api.example.org/setup"
            }
            "#) };
        })
        .await;
    }
}
