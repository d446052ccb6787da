use axum::extract::State;

use super::{image_filter::Within, list_images::list_images};
use crate::{
    Management,
    error::Error,
    hydra::{Collection, Image},
    paths::SpacePath,
    query::Query,
    urls::Urls,
};

/// `GET /customers/{customer}/spaces/{space}/images`: a page of them, found and ordered as the query says.
pub(crate) async fn get_images(
    State(management): State<Management>,
    urls: Urls,
    SpacePath { customer, space }: SpacePath,
    query: Query,
) -> Result<Collection<Image>, Error> {
    let found = management.catalogue.space(customer, space).await?;
    found.ok_or_else(|| Error::NotFound(format!("space {space}")))?;
    let scope = Within { reach: customer.into(), space: Some(space), batch: None };
    list_images(&management, &urls, scope, &query).await
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{Answer, Api, Client, jpeg, on_every_database};

    const IMAGES: &str = "/customers/2/spaces/1/images";

    async fn with_images(api: &Api) -> Client {
        let librarian = api.librarian().await;
        for (name, string1, number1) in [("a", "t", 2), ("b", "u", 1), ("c", "t", 1)] {
            let mut body = jpeg(json!({}));
            body["deliveryChannels"] = json!(["none"]);
            (body["string1"], body["number1"]) = (json!(string1), json!(number1));
            let answer = librarian.put(&format!("{IMAGES}/{name}"), body).await;
            assert_eq!(answer.status, 201, "{}", answer.detail());
        }
        librarian
    }

    fn names(answer: &Answer) -> String {
        let members = answer.body["member"].as_array().unwrap();
        members.iter().map(|image| image["id"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
    }

    #[tokio::test]
    async fn images_are_found_by_q_and_by_its_shortcuts() {
        on_every_database(async |api| {
            let librarian = with_images(&api).await;
            for (query, expected) in [
                ("", "a b c"),
                ("string1=t", "a c"),
                ("STRING1=t&number1=1", "c"),
                ("q=%7B%0A%20%20%22string1%22:%20%22t%22%0A%7D", "a c"),
                ("q={\"String1\":\"t\",\"tags\":[]}&number1=2", "a"),
                ("q={\"number1\":\"1\"}", "b c"),
                ("q={\"space\":1,\"string1\":\"u\"}", "b"),
                ("q={\"space\":2}", ""),
                ("q={\"string1\":null}", "a b c"),
                ("string1=nonsense", ""),
                ("q={\"id\":[\"a\",\"c\"],\"number1\":{\"gt\":1}}", "a"),
                ("q={\"mediaType\":\"image/jpeg\",\"ingesting\":false,\"error\":false}", "a b c"),
                ("ingesting=true", ""),
                ("q={\"created\":{\"gte\":\"2020-01-01\",\"lt\":\"2021-01-01T00:00:00Z\"}}", ""),
                ("tags=x,y", ""),
                ("manifests=m", ""),
            ] {
                let query = query.replace('"', "%22").replace('{', "%7B").replace('}', "%7D");
                let answer = librarian.get(&format!("{IMAGES}?orderBy=id&{query}")).await;
                assert_eq!(answer.status, 200, "{query}: {}", answer.detail());
                assert_eq!(names(&answer), expected, "{query}");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn images_are_ordered_by_what_they_say() {
        on_every_database(async |api| {
            let librarian = with_images(&api).await;
            for (query, expected) in [
                ("", "a b c"),
                ("orderBy=created", "a b c"),
                ("orderByDescending=created", "c b a"),
                ("orderBy=number1", "b c a"),
                ("orderByDescending=String1", "b"),
            ] {
                let answer = librarian.get(&format!("{IMAGES}?{query}")).await;
                assert!(names(&answer).starts_with(expected), "{query}: {}", names(&answer));
            }
        })
        .await;
    }

    #[tokio::test]
    async fn following_next_visits_every_image_once_and_keeps_the_query() {
        on_every_database(async |api| {
            let librarian = with_images(&api).await;
            let mut path = format!("{IMAGES}?pageSize=1&q=%7B%22string1%22:%22t%22%7D");
            let mut seen = Vec::new();
            loop {
                let answer = librarian.get(&path).await;
                assert_eq!(answer.body["totalItems"], 2);
                seen.push(names(&answer));
                let Value::String(next) = &answer.body["view"]["next"] else { break };
                path = next.strip_prefix("https://api.example.org").unwrap().to_owned();
            }
            assert_eq!(seen, ["a", "c"]);
        })
        .await;
    }

    #[tokio::test]
    async fn members_are_whole_images_without_a_context_of_their_own() {
        on_every_database(async |api| {
            let librarian = with_images(&api).await;
            let mut single = librarian.get(&format!("{IMAGES}/b")).await.body;
            single.as_object_mut().unwrap().shift_remove("@context");
            let found = librarian.get(&format!("{IMAGES}?string1=u&include=adjuncts")).await;
            assert_eq!(found.body["member"], json!([single]));
        })
        .await;
    }

    #[tokio::test]
    async fn questions_that_make_no_sense_are_refused() {
        on_every_database(async |api| {
            let librarian = with_images(&api).await;
            for (query, reason) in [
                ("q=nonsense", "Could not parse query"),
                ("q=[]", "Could not parse query"),
                ("q=%7B%22number1%22:%22x%22%7D", "'number1' must be a whole number"),
                ("number1=x", "'number1' must be a whole number"),
                ("q=%7B%22colour%22:1%7D", "Assets cannot be searched by 'colour'"),
                ("cursor=nonsense", "'cursor' must come from a link of this list"),
                ("cursor=e30", "'cursor' must come from a link of this list"),
                ("orderBy=colour", "colour"),
                ("page=x", "'page' must be a whole number"),
            ] {
                let answer = librarian.get(&format!("{IMAGES}?{query}")).await;
                assert_eq!(answer.status, 400, "{query}");
                assert!(answer.detail().contains(reason), "{query}: {}", answer.detail());
            }
            assert_eq!(librarian.get("/customers/2/spaces/9/images").await.status, 404);
        })
        .await;
    }
}
