use axum::extract::State;

use crate::{
    Management,
    caller::Guest,
    error::Error,
    hydra::{Collection, Space},
    query::Query,
    urls::Urls,
};

/// `GET /customers/{customer}/spaces`: a page of them, ordered by `id`, `name` or `created`.
pub(crate) async fn get_spaces(
    State(management): State<Management>,
    urls: Urls,
    Guest { reach }: Guest,
    query: Query,
) -> Result<Collection<Space>, Error> {
    let (page, order) = (query.page()?, query.order()?);
    let spaces = management.catalogue.spaces(reach, page, order).await?;
    Ok(Collection::new(&urls, spaces.map(|space| Space::of(space, &urls))))
}

#[cfg(test)]
mod tests {
    use insta::{allow_duplicates, assert_json_snapshot};
    use serde_json::{Value, json};

    use crate::testing::{Answer, Api, Client, on_every_database};

    async fn with_spaces(api: &Api, names: &[&str]) -> Client {
        let librarian = api.librarian().await;
        for name in names {
            let space = librarian.post("/customers/2/spaces", json!({"name": name})).await;
            assert_eq!(space.status, 201, "{name}");
        }
        librarian
    }

    fn names(answer: &Answer) -> Vec<&str> {
        let members = answer.body["member"].as_array().unwrap();
        members.iter().map(|space| space["name"].as_str().unwrap()).collect()
    }

    #[tokio::test]
    async fn a_page_of_spaces_links_to_the_others_and_keeps_the_query() {
        on_every_database(async |api| {
            let librarian = with_spaces(&api, &["prints", "books"]).await;
            let path = "/customers/2/spaces?page=2&pageSize=1&orderBy=name";
            let answer = librarian.get(path).await;
            allow_duplicates! { assert_json_snapshot!(answer.steady(), @r#"
            {
              "@context": "http://www.w3.org/ns/hydra/context.jsonld",
              "@id": "https://api.example.org/customers/2/spaces?page=2&pageSize=1&orderBy=name",
              "@type": "Collection",
              "totalItems": 3,
              "pageSize": 1,
              "member": [
                {
                  "@id": "https://api.example.org/customers/2/spaces/1",
                  "@type": "vocab:Space",
                  "id": 1,
                  "name": "maps",
                  "created": "[time]",
                  "approximateNumberOfImages": 0,
                  "defaultTags": [],
                  "defaultRoles": [],
                  "maxUnauthorised": -1,
                  "images": "https://api.example.org/customers/2/spaces/1/images",
                  "defaultDeliveryChannels": "https://api.example.org/customers/2/spaces/1/defaultDeliveryChannels",
                  "storage": "https://api.example.org/customers/2/spaces/1/storage"
                }
              ],
              "view": {
                "@id": "https://api.example.org/customers/2/spaces?page=2&pageSize=1&orderBy=name",
                "@type": "PartialCollectionView",
                "first": "https://api.example.org/customers/2/spaces?page=1&pageSize=1&orderBy=name",
                "previous": "https://api.example.org/customers/2/spaces?page=1&pageSize=1&orderBy=name",
                "next": "https://api.example.org/customers/2/spaces?page=3&pageSize=1&orderBy=name",
                "last": "https://api.example.org/customers/2/spaces?page=3&pageSize=1&orderBy=name",
                "page": 2,
                "pageSize": 1,
                "totalPages": 3
              }
            }
            "#) };
        })
        .await;
    }

    #[tokio::test]
    async fn following_next_visits_every_space_once() {
        on_every_database(async |api| {
            let librarian = with_spaces(&api, &["a", "b", "c", "d"]).await;
            let mut path = "/customers/2/spaces?pageSize=2&orderByDescending=name".to_owned();
            let mut seen = Vec::new();
            loop {
                let answer = librarian.get(&path).await;
                seen.extend(names(&answer).into_iter().map(str::to_owned));
                let Value::String(next) = &answer.body["view"]["next"] else { break };
                path = next.strip_prefix("https://api.example.org").unwrap().to_owned();
            }
            assert_eq!(seen, ["maps", "d", "c", "b", "a"]);
        })
        .await;
    }

    #[tokio::test]
    async fn spaces_are_ordered_as_asked() {
        on_every_database(async |api| {
            let librarian = with_spaces(&api, &["prints", "books"]).await;
            for (query, expected) in [
                ("", ["maps", "prints", "books"]),
                ("orderBy=name", ["books", "maps", "prints"]),
                ("orderByDescending=id", ["books", "prints", "maps"]),
                ("orderByDescending=CREATED", ["books", "prints", "maps"]),
            ] {
                let answer = librarian.get(&format!("/customers/2/spaces?{query}")).await;
                assert_eq!(names(&answer), expected, "{query}");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn an_unknown_order_is_refused_with_the_known_ones() {
        on_every_database(async |api| {
            let answer = api.librarian().await.get("/customers/2/spaces?orderBy=colour").await;
            assert_eq!(answer.status, 400);
            assert!(answer.detail().contains("id, name or created"), "{}", answer.detail());
        })
        .await;
    }

    #[tokio::test]
    async fn a_page_beyond_the_last_is_empty_and_leads_back() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            for page in ["9", "4294967295", "9223372036854775807"] {
                let answer = librarian.get(&format!("/customers/2/spaces?page={page}")).await;
                assert_eq!(answer.status, 200, "{page}");
                assert_eq!(answer.body["member"], json!([]), "{page}");
                assert_eq!(answer.body["view"]["totalPages"], 1, "{page}");
                assert!(answer.body["view"]["first"].is_string(), "{page}");
            }
        })
        .await;
    }
}
