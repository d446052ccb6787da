use axum::{Json, http::header::CONTENT_TYPE, response::IntoResponse};

use crate::{error::Error, hydra, paths::ContextPath, urls::Urls};

/// `GET /contexts/{Class}.jsonld`: what the keys of a class mean; for everybody.
pub(crate) async fn get_context(
    urls: Urls,
    ContextPath { file }: ContextPath,
) -> Result<impl IntoResponse, Error> {
    let class = file
        .strip_suffix(".jsonld")
        .and_then(|name| hydra::CLASSES.iter().find(|class| class.name.eq_ignore_ascii_case(name)));
    let class = class.ok_or_else(|| Error::NotFound("such context".to_owned()))?;
    Ok(([(CONTENT_TYPE, "application/ld+json")], Json(class.context(&urls))))
}

#[cfg(test)]
mod tests {
    use insta::{allow_duplicates, assert_json_snapshot};
    use serde_json::json;

    use crate::{
        hydra,
        testing::{batch_of, on_every_database},
    };

    #[tokio::test]
    async fn a_context_gives_every_key_its_meaning() {
        on_every_database(async |api| {
            let answer = api.anonymous().get("/contexts/Space.jsonld").await;
            assert_eq!(answer.header("content-type"), "application/ld+json");
            allow_duplicates! { assert_json_snapshot!(answer.body, @r#"
            {
              "@context": {
                "vocab": "https://api.example.org/vocab#",
                "xsd": "http://www.w3.org/2001/XMLSchema#",
                "id": {
                  "@id": "vocab:id",
                  "@type": "xsd:integer"
                },
                "name": {
                  "@id": "vocab:name",
                  "@type": "xsd:string"
                },
                "created": {
                  "@id": "vocab:created",
                  "@type": "xsd:dateTime"
                },
                "approximateNumberOfImages": {
                  "@id": "vocab:approximateNumberOfImages",
                  "@type": "xsd:integer"
                },
                "defaultTags": {
                  "@id": "vocab:defaultTags",
                  "@type": "xsd:string"
                },
                "defaultRoles": {
                  "@id": "vocab:defaultRoles",
                  "@type": "xsd:string"
                },
                "maxUnauthorised": {
                  "@id": "vocab:maxUnauthorised",
                  "@type": "xsd:integer"
                },
                "images": {
                  "@id": "vocab:images",
                  "@type": "@id"
                },
                "defaultDeliveryChannels": {
                  "@id": "vocab:defaultDeliveryChannels",
                  "@type": "@id"
                },
                "storage": {
                  "@id": "vocab:storage",
                  "@type": "@id"
                }
              }
            }
            "#) };
        })
        .await;
    }

    #[tokio::test]
    async fn every_key_of_every_answer_is_explained() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            let image = json!({"mediaType": "image/jpeg", "origin": "https://x.example.org/a.jpg",
                "openFullMax": 400, "maxWidth": 1000});
            let image = librarian.put("/customers/2/spaces/1/images/a", image).await;
            let key = librarian.post("/customers/2/keys", json!({})).await;
            let customer = librarian.get("/customers/2").await;
            let space = librarian.get("/customers/2/spaces/1").await;
            let batch = batch_of(&librarian, &["b"]).await;
            let queue = librarian.get("/customers/2/queue").await;
            let summary = librarian.get("/queue").await;
            let start = librarian.get("/").await;
            for document in [image, key, customer, space, batch, queue, summary, start] {
                let context = document.body["@context"].as_str().unwrap();
                let path = context.strip_prefix("https://api.example.org").unwrap();
                let context = api.anonymous().get(path).await;
                assert_eq!(context.status, 200, "{path}");
                let class = path.trim_start_matches("/contexts/").trim_end_matches(".jsonld");
                let class = hydra::CLASSES.iter().find(|it| it.name == class).unwrap();
                for (name, value) in document.body.as_object().unwrap() {
                    let is_explained = context.body["@context"].get(name).is_some();
                    assert!(is_explained || name.starts_with('@'), "{path}: {name}");
                    let property = class.properties.iter().find(|it| it.name == name);
                    let fits = property.is_none_or(|it| it.range.holds(value));
                    assert!(fits, "{path}: {name} is {value}");
                }
            }
        })
        .await;
    }

    #[tokio::test]
    async fn other_contexts_are_not_found() {
        on_every_database(async |api| {
            for path in ["/contexts/Nonsense.jsonld", "/contexts/Space", "/contexts/%FF"] {
                let answer = api.anonymous().get(path).await;
                assert!(answer.status.is_client_error(), "{path}");
                assert_eq!(answer.body["@type"], "Error", "{path}");
            }
        })
        .await;
    }
}
