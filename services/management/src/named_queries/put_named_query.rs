use axum::extract::State;
use catalogue::NamedQueryFields;

use super::post_named_query::presentation;
use crate::{
    Management,
    body::JsonBody,
    error::{During, Error},
    hydra::{Document, NamedQuery},
    paths::ItemPath,
    precondition::Precondition,
    urls::Urls,
};

/// `PUT /customers/{customer}/namedQueries/{id}`: changes what it asks; its name stays.
pub(crate) async fn put_named_query(
    State(management): State<Management>,
    urls: Urls,
    ItemPath { customer, id }: ItemPath,
    Precondition(expected): Precondition,
    JsonBody(mut fields): JsonBody,
) -> Result<Document<NamedQuery>, Error> {
    let template = fields.text_up_to("template", super::MAX_TEMPLATE);
    let presentation = fields.change("presentation", presentation);
    let (name, global) = (fields.text("name"), fields.truth("global"));
    fields.finish()?;
    let found = management.catalogue.named_query(customer, &id).await?;
    let found = found.ok_or_else(|| Error::NotFound(format!("named query {id}")))?;
    if name.is_some_and(|name| name != found.name) {
        return Err(Error::invalid("You cannot change the name of a named query"));
    }
    if global.is_some_and(|global| global != found.global) {
        return Err(Error::invalid("You cannot change whether a named query is global"));
    }
    let template = template.ok_or_else(|| Error::invalid("A template is required"))?;
    let (fields, now) = (NamedQueryFields { template, presentation }, management.now());
    let changed =
        management.catalogue.put_named_query(customer, &id, &fields, &expected, now).await;
    let changed = changed.during("Update named query")?;
    Ok(Document::new(&urls, NamedQuery::of(changed, customer, &urls)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn only_what_it_asks_and_says_can_be_changed() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let body = json!({"name": "book", "template": "s1=p1"});
            let made = librarian.post("/customers/2/namedQueries", body).await;
            let path = made.header("location").strip_prefix("https://api.example.org").unwrap();
            let mut shown = made.body.clone();
            shown["template"] = json!("s2=p1");
            let changed = librarian.put(path, shown).await;
            assert_eq!(
                (changed.status.as_u16(), &changed.body["template"]),
                (200, &json!("s2=p1"))
            );
            for (body, reason) in [
                (json!({}), "A template is required"),
                (json!({"template": "s9"}), "The template is wrong"),
                (json!({"name": "b", "template": "s1=p1"}), "You cannot change the name"),
                (json!({"global": true, "template": "s1=p1"}), "You cannot change whether"),
            ] {
                let answer = librarian.put(path, body.clone()).await;
                assert_eq!(answer.status, 400, "{body}");
                assert!(answer.detail().starts_with(reason), "{body}: {}", answer.detail());
            }
            assert_eq!(librarian.get(path).await.body["template"], "s2=p1");
            for (said, shown) in
                [(json!({"label": "Book"}), json!({"label": "Book"})), (json!(null), json!(null))]
            {
                let body = json!({"template": "s2=p1", "presentation": said});
                let changed = librarian.put(path, body).await;
                assert_eq!((changed.status.as_u16(), &changed.body["presentation"]), (200, &shown));
            }
            assert_eq!(librarian.delete(path).await.status, 204);
            assert_eq!(librarian.delete(path).await.status, 404);
            let gone = librarian.put(path, json!({"template": "s1=p1"})).await;
            assert_eq!(gone.status, 404);
        })
        .await;
    }
}
