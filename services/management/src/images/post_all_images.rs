use std::collections::HashMap;

use axum::extract::State;
use serde_json::Value;

use super::{image_filter::Within, list_images::find_images};
use crate::{
    Management,
    body::JsonBody,
    caller::Guest,
    error::Error,
    hydra::{Collection, Image},
    members::{MAX_NAMED, by_asset, members},
    query::Query,
    urls::Urls,
};

/// `POST /customers/{customer}/allImages`: those of the named images that exist, in the order of the request; or, with
/// `q` in place of `member`, what GET finds, for queries too long for an address.
pub(crate) async fn post_all_images(
    State(management): State<Management>,
    urls: Urls,
    Guest { reach }: Guest,
    query: Query,
    JsonBody(mut body): JsonBody,
) -> Result<Collection<Image>, Error> {
    match body.take("q") {
        Some(Value::Object(q)) => {
            let scope = Within { reach, space: None, batch: None };
            return find_images(&management, &urls, scope, (q, &query)).await;
        }
        Some(_) => return Err(Error::invalid("'q' must be an object of properties and values")),
        None => {}
    }
    let named = by_asset(members(&mut body, MAX_NAMED)?, &reach, None)?;
    let ids: Vec<_> = named.into_iter().map(|(id, _)| id).collect();
    let found = management.catalogue.assets_by_id(&ids).await?;
    let mut found: HashMap<_, _> =
        found.into_iter().map(|asset| (asset.id.clone(), asset)).collect();
    let images = ids.iter().filter_map(|id| Some(Image::of(found.remove(id)?, &urls)));
    Ok(Collection::whole(&urls, images.collect()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{batch_of, ids, on_every_database};

    const ALL_IMAGES: &str = "/customers/2/allImages";

    #[tokio::test]
    async fn the_named_images_come_back_and_those_that_do_not_exist_are_missing() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            batch_of(&librarian, &["a", "b", "c"]).await;
            let url = "https://other.example.org/customers/2/spaces/1/images/a";
            let body = json!({"@context": "Collection", "member": [
                {"id": "2/1/c"}, {"id": "2/1/nothing"}, {"@id": url}, {"id": "b", "space": 9},
            ]});
            let answer = librarian.post(ALL_IMAGES, body).await;
            assert_eq!((answer.status.as_u16(), ids(&answer).as_str()), (200, "c a"));
            assert_eq!((&answer.body["totalItems"], answer.body.get("view")), (&json!(2), None));
        })
        .await;
    }

    #[tokio::test]
    async fn a_query_may_be_posted() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            batch_of(&librarian, &["a", "b", "c"]).await;
            let body = json!({"q": {"string1": ["of a", "of c"]}});
            let answer = librarian.post(&format!("{ALL_IMAGES}?orderByDescending=id"), body).await;
            assert_eq!(ids(&answer), "c a", "{}", answer.detail());
            assert_eq!(librarian.post(ALL_IMAGES, json!({"q": []})).await.status, 400);
        })
        .await;
    }

    #[tokio::test]
    async fn five_hundred_can_be_named_each_once() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let members = |count| (0..count).map(|n| json!({"id": format!("2/1/{n}")}));
            let members = |count| members(count).collect::<Value>();
            let answer = librarian.post(ALL_IMAGES, json!({"member": members(500)})).await;
            assert_eq!(answer.status, 200, "{}", answer.detail());
            let answer = librarian.post(ALL_IMAGES, json!({"member": members(501)})).await;
            assert_eq!(answer.detail(), "Maximum assets in single batch is 500");
            let twice = json!({"member": [{"id": "2/1/a"}, {"id": "a", "space": 1}]});
            let answer = librarian.post(ALL_IMAGES, twice).await;
            assert_eq!(answer.detail(), "Members contains 1 duplicate Id(s): Id:a,Space:1");
        })
        .await;
    }
}
