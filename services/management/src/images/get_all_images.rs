use axum::extract::State;

use super::{image_filter::Within, list_images::list_images};
use crate::{
    Management,
    caller::Guest,
    error::Error,
    hydra::{Collection, Image},
    query::Query,
    urls::Urls,
};

/// `GET /customers/{customer}/allImages`: a page of them, of all spaces, found and ordered as the query says.
pub(crate) async fn get_all_images(
    State(management): State<Management>,
    urls: Urls,
    Guest { reach }: Guest,
    query: Query,
) -> Result<Collection<Image>, Error> {
    let scope = Within { reach, space: None, batch: None };
    list_images(&management, &urls, scope, &query).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{batch_of, ids, jpeg, on_every_database};

    #[tokio::test]
    async fn images_of_all_spaces_are_found() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            librarian.put("/customers/2/spaces/4", json!({"name": "books"})).await;
            let body = jpeg(json!({"deliveryChannels": ["none"], "string1": "of b"}));
            librarian.put("/customers/2/spaces/4/images/z", body).await;
            batch_of(&librarian, &["a", "b"]).await;
            for (query, expected) in [
                ("", "z a b"),
                ("?string1=of%20b", "z b"),
                ("?q={\"space\":4}", "z"),
                ("?orderBy=id&pageSize=1&page=2", "b"),
            ] {
                let query = query.replace('"', "%22").replace('{', "%7B").replace('}', "%7D");
                let answer = librarian.get(&format!("/customers/2/allImages{query}")).await;
                assert_eq!(ids(&answer), expected, "{query}: {}", answer.detail());
            }
        })
        .await;
    }
}
