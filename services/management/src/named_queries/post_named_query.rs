use axum::extract::State;
use catalogue::NewNamedQuery;
use iiif::presentation::Description;

use crate::{
    Management,
    body::JsonBody,
    caller::{Holder, Tenant},
    error::{During, Error},
    fields::Fields,
    hydra::{Document, NamedQuery, Saved},
    urls::Urls,
};

/// `POST /customers/{customer}/namedQueries`: saves a template by which addresses can ask.
pub(crate) async fn post_named_query(
    State(management): State<Management>,
    urls: Urls,
    holder: Holder,
    Tenant { customer }: Tenant,
    JsonBody(fields): JsonBody,
) -> Result<Saved<NamedQuery>, Error> {
    let new = new_named_query(fields)?;
    if new.global && !holder.administrator {
        return Err(Error::NotAnAdministrator);
    }
    let query = management.catalogue.create_named_query(customer, &new, management.now()).await;
    let query = query.during("Create named query")?;
    Ok(Document::new(&urls, NamedQuery::of(query, customer, &urls)).saved(true))
}

/// What is said of manifests, read as delivery will read it.
pub(super) fn presentation(fields: &mut Fields, name: &str) -> Option<String> {
    let said = fields.take(name)?;
    let text = said.to_string();
    if text.len() > MAX_PRESENTATION {
        fields.fault(format!("'{name}' must not be longer than {MAX_PRESENTATION} bytes"));
    } else if text.contains("\\u0000") {
        fields.fault(format!("'{name}' must not contain the character NUL"));
    } else if let Err(fault) = Description::read(&said) {
        fields.fault(format!("'{name}' is wrong at {fault}"));
    }
    Some(text)
}

const MAX_PRESENTATION: usize = 64 * 1024;

fn new_named_query(mut fields: Fields) -> Result<NewNamedQuery, Error> {
    let name = fields.text("name").unwrap_or_default();
    let template = fields.text_up_to("template", super::MAX_TEMPLATE).unwrap_or_default();
    let global = fields.truth("global").unwrap_or_default();
    let presentation = presentation(&mut fields, "presentation");
    if let Some(id) = fields.text("id") {
        fields.fault(format!("DLCS must allocate named query id, but id {id} was supplied"));
    }
    if template.trim().is_empty() {
        fields.fault("A template is required");
    }
    if name.is_empty() {
        fields.fault("A name is required");
    }
    fields.finish()?;
    Ok(NewNamedQuery { name, template, global, presentation })
}

#[cfg(test)]
mod tests {
    use insta::{allow_duplicates, assert_json_snapshot};
    use serde_json::json;

    use crate::testing::on_every_database;

    const ALL: &str = "/customers/2/namedQueries";

    #[tokio::test]
    async fn a_named_query_is_saved_and_listed_with_the_global_ones() {
        on_every_database(async |api| {
            let administrator = api.administrator().await;
            let librarian = api.customer(&administrator, "library").await;
            let body = json!({"name": "book", "template": "assetOrder=n1&s1=p1&space=p2"});
            let made = librarian.post(ALL, body.clone()).await;
            assert_eq!(made.status, 201, "{}", made.detail());
            assert_eq!(made.body["@id"], made.header("location"));
            let mut shown = made.body.clone();
            shown["@id"] = json!("[id]");
            allow_duplicates! { assert_json_snapshot!(shown, @r#"
            {
              "@context": "https://api.example.org/contexts/NamedQuery.jsonld",
              "@id": "[id]",
              "@type": "vocab:NamedQuery",
              "name": "book",
              "global": false,
              "template": "assetOrder=n1&s1=p1&space=p2"
            }
            "#) };
            assert_eq!(librarian.post(ALL, body).await.status, 409);
            let global =
                json!({"name": "manifest-query", "template": "manifest=p1", "global": true});
            assert_eq!(librarian.post(ALL, global.clone()).await.status, 403);
            let global = administrator.post("/customers/1/namedQueries", global).await;
            assert_eq!((global.status.as_u16(), &global.body["global"]), (201, &json!(true)));
            let all = librarian.get(ALL).await;
            let names: Vec<_> = all.body["member"].as_array().unwrap().iter().collect();
            let names: Vec<_> = names.iter().map(|query| &query["name"]).collect();
            assert_eq!(names, ["book", "manifest-query"]);
            let address = all.body["member"][1]["@id"].as_str().unwrap();
            let path = address.strip_prefix("https://api.example.org").unwrap();
            assert_eq!(librarian.get(path).await.status, 200);
            assert_eq!(librarian.delete(path).await.status, 404, "only its owner can delete it");
        })
        .await;
    }

    #[tokio::test]
    async fn what_cannot_be_asked_is_refused_and_the_fault_pointed_at() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            for (body, reason) in [
                (json!({}), "A template is required. A name is required"),
                (
                    json!({"name": "a", "template": "s1=p1&n1=x"}),
                    "The template is wrong at character 7 ('n1=x'): 'n1' must be a whole number",
                ),
                (
                    json!({"name": "a", "template": "s1=papers"}),
                    "The template is wrong at character 1",
                ),
                (json!({"name": "a/b", "template": "s1=p1"}), "'a/b' cannot be the name"),
                (
                    json!({"name": "a", "template": "s1=p1", "global": "perhaps"}),
                    "'global' must be",
                ),
                (
                    json!({"name": "a", "template": "s1=p1", "presentation": {"rights": "mine"}}),
                    "'presentation' is wrong at /rights: must be a URI",
                ),
                (
                    json!({"name": "a", "template": "s1=p1", "presentation": "Book"}),
                    "'presentation' is wrong at /: must be an object",
                ),
                (
                    json!({"name": "a", "template": "s1=p1", "id": "7"}),
                    "DLCS must allocate named query id, but id 7 was supplied",
                ),
            ] {
                let answer = librarian.post(ALL, body.clone()).await;
                assert_eq!(answer.status, 400, "{body}");
                assert!(answer.detail().starts_with(reason), "{body}: {}", answer.detail());
            }
        })
        .await;
    }
}
