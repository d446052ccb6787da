use axum::extract::State;

use crate::{
    Management,
    error::Error,
    hydra::{Document, Space},
    paths::SpacePath,
    urls::Urls,
};

/// `GET /customers/{customer}/spaces/{space}`.
pub(crate) async fn get_space(
    State(management): State<Management>,
    urls: Urls,
    SpacePath { customer, space }: SpacePath,
) -> Result<Document<Space>, Error> {
    let found = management.catalogue.space(customer, space).await?;
    let found = found.ok_or_else(|| Error::NotFound(format!("space {space}")))?;
    Ok(Document::new(&urls, Space::of(found, &urls)))
}

#[cfg(test)]
mod tests {
    use insta::{allow_duplicates, assert_json_snapshot};

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn a_space_is_shown_as_it_was_made() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let answer = librarian.get("/customers/2/spaces/1").await;
            let listed = librarian.get("/customers/2/spaces").await;
            assert_eq!(answer.body["@id"], listed.body["member"][0]["@id"]);
            assert_eq!(answer.body["@context"], "https://api.example.org/contexts/Space.jsonld");
            assert!(listed.body["member"][0].get("@context").is_none());
        })
        .await;
    }

    #[tokio::test]
    async fn spaces_that_are_not_there_are_not_found() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            for space in ["9", "x", "-1", "4294967295", "99999999999999999999", "1.5", "%2e%2e"] {
                let answer = librarian.get(&format!("/customers/2/spaces/{space}")).await;
                assert_eq!(answer.status, 404, "{space}");
            }
            let answer = librarian.get("/customers/2/spaces/9").await;
            allow_duplicates! { assert_json_snapshot!(answer.body, @r#"
            {
              "@context": "http://www.w3.org/ns/hydra/context.jsonld",
              "@type": "Error",
              "type": "about:blank",
              "title": "Not Found",
              "status": 404,
              "statusCode": 404,
              "detail": "There is no space 9",
              "description": "There is no space 9",
              "instance": "https://api.example.org/customers/2/spaces/9"
            }
            "#) };
        })
        .await;
    }
}
