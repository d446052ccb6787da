use axum::{
    Router, middleware,
    routing::{any, delete, get, patch, post},
};

use crate::{
    Management,
    answer::answer,
    customers,
    error::{no_such_method, no_such_resource},
    images, spaces, start,
};

const SPACE: &str = "/customers/{customer}/spaces/{space}";
const IMAGES: &str = "/customers/{customer}/spaces/{space}/images";
const IMAGE: &str = "/customers/{customer}/spaces/{space}/images/{image}";
const REINGEST: &str = "/customers/{customer}/spaces/{space}/images/{image}/reingest";

/// Every address of the API.
///
/// Addresses that begin like ours and are none are answered here; whoever merges this router with others keeps the
/// fallback for the rest.
pub fn router(management: Management) -> Router {
    Router::new()
        .route("/", get(start::get_entry_point))
        .route("/setup", post(start::post_setup))
        .route("/vocab", get(start::get_vocabulary))
        .route("/contexts/{file}", get(start::get_context))
        .route("/customers", get(customers::get_customers).post(customers::post_customer))
        .route(
            "/customers/{customer}",
            get(customers::get_customer).patch(customers::patch_customer),
        )
        .route("/customers/{customer}/keys", get(customers::get_keys).post(customers::post_key))
        .route("/customers/{customer}/keys/{key}", delete(customers::delete_key))
        .route("/customers/{customer}/spaces", get(spaces::get_spaces).post(spaces::post_space))
        .route(SPACE, get(spaces::get_space).put(spaces::put_space))
        .route(SPACE, patch(spaces::patch_space).delete(spaces::delete_space))
        .route(IMAGES, get(images::get_images))
        .route(IMAGE, get(images::get_image).put(images::put_image).post(images::post_image))
        .route(IMAGE, patch(images::patch_image).delete(images::delete_image))
        .route(REINGEST, post(images::post_reingest))
        .route("/customers/", any(no_such_resource))
        .route("/customers/{customer}/", any(no_such_resource))
        .route("/customers/{customer}/{*rest}", any(no_such_resource))
        .route("/contexts/", any(no_such_resource))
        .route("/contexts/{file}/{*rest}", any(no_such_resource))
        .method_not_allowed_fallback(no_such_method)
        .layer(middleware::from_fn(answer))
        .with_state(management)
}

#[cfg(test)]
mod tests {
    use std::collections::{HashSet, VecDeque};

    use axum::http::{Method, Request};
    use insta::{allow_duplicates, assert_json_snapshot};
    use serde_json::{Value, json};

    use crate::testing::{IMAGE, jpeg, on_every_database};

    #[tokio::test]
    async fn addresses_that_are_none_are_not_found() {
        on_every_database(async |api| {
            let client = api.anonymous();
            for path in [
                "/customers/",
                "/customers/2/",
                "/customers/2/nonsense",
                "/customers/2/spaces/1/images/a/b/c",
                "/customers/2/keys/a/b",
                "/contexts/",
                "/contexts/a/b",
            ] {
                let answer = client.get(path).await;
                assert_eq!(answer.status, 404, "{path}");
                assert_eq!(answer.body["instance"], format!("https://api.example.org{path}"));
            }
            let answer = client.get("/customers/2/nonsense?a=b").await;
            assert_eq!(answer.header("content-type"), "application/problem+json");
            allow_duplicates! { assert_json_snapshot!(answer.body, @r#"
            {
              "@context": "http://www.w3.org/ns/hydra/context.jsonld",
              "@type": "Error",
              "type": "about:blank",
              "title": "Not Found",
              "status": 404,
              "statusCode": 404,
              "detail": "There is no such resource",
              "description": "There is no such resource",
              "instance": "https://api.example.org/customers/2/nonsense?a=b"
            }
            "#) };
        })
        .await;
    }

    #[tokio::test]
    async fn methods_that_an_address_lacks_are_named_with_those_it_has() {
        on_every_database(async |api| {
            for (method, path, allowed) in [
                (Method::DELETE, "/", "GET,HEAD"),
                (Method::GET, "/setup", "POST"),
                (Method::PUT, "/customers", "GET,HEAD,POST"),
                (Method::POST, "/customers/2/spaces/1", "GET,HEAD,PUT,PATCH,DELETE"),
                (Method::POST, "/customers/2/spaces/1/images", "GET,HEAD"),
                (Method::OPTIONS, IMAGE, "GET,HEAD,PUT,POST,PATCH,DELETE"),
            ] {
                let answer = api.anonymous().send(method.clone(), path, "").await;
                assert_eq!(answer.status, 405, "{method} {path}");
                assert_eq!(answer.body["@type"], "Error", "{method} {path}");
                let named: HashSet<_> = answer.header("allow").split(',').collect();
                assert_eq!(named, allowed.split(',').collect(), "{method} {path}");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn nothing_but_the_anonymous_addresses_opens_without_a_key_of_the_customer() {
        on_every_database(async |api| {
            let administrator = api.administrator().await;
            api.customer(&administrator, "library").await;
            let museum = api.customer(&administrator, "museum").await;
            let wrong = json!({"key": "key", "secret": "secret"});
            let stranger = api.anonymous().with_key(2, &wrong);
            for (method, path) in [
                (Method::GET, "/customers/2"),
                (Method::PATCH, "/customers/2"),
                (Method::GET, "/customers/2/keys"),
                (Method::POST, "/customers/2/keys"),
                (Method::DELETE, "/customers/2/keys/x"),
                (Method::GET, "/customers/2/spaces"),
                (Method::POST, "/customers/2/spaces"),
                (Method::GET, "/customers/2/spaces/1"),
                (Method::PUT, "/customers/2/spaces/1"),
                (Method::PATCH, "/customers/2/spaces/1"),
                (Method::DELETE, "/customers/2/spaces/1"),
                (Method::GET, "/customers/2/spaces/1/images"),
                (Method::GET, IMAGE),
                (Method::PUT, IMAGE),
                (Method::POST, IMAGE),
                (Method::PATCH, IMAGE),
                (Method::DELETE, IMAGE),
                (Method::POST, "/customers/2/spaces/1/images/a/reingest"),
            ] {
                for client in [&api.anonymous(), &stranger, &museum] {
                    let answer = client.send(method.clone(), path, "{}").await;
                    assert_eq!(answer.status, 401, "{method} {path}");
                    let challenge = answer.header("www-authenticate");
                    assert!(challenge.starts_with("Basic realm="), "{method} {path}");
                }
                let answer = administrator.send(method.clone(), path, "{}").await;
                assert_ne!(answer.status, 401, "{method} {path}");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn every_link_leads_somewhere() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let administrator = api.administrator().await;
            let librarian = api.customer(&administrator, "library").await;
            librarian.put("/customers/2/spaces/1", json!({"name": "maps"})).await;
            librarian.put(IMAGE, jpeg(json!({}))).await;

            let (mut seen, mut open) = (HashSet::new(), VecDeque::from(["/".to_owned()]));
            while let Some(path) = open.pop_front() {
                if !seen.insert(path.clone()) || path.contains("/keys/") {
                    continue;
                }
                let answer = administrator.get(&path).await;
                assert_eq!(answer.status, 200, "{path}");
                links(&answer.body, &mut open);
            }
            assert!(seen.contains(IMAGE) && seen.contains("/vocab"), "{seen:?}");
        })
        .await;
    }

    /// Every address of the API in a body, except the names of policies, which have no endpoint yet.
    fn links(value: &Value, found: &mut VecDeque<String>) {
        match value {
            Value::Object(object) => {
                let others = object.iter().filter(|(name, _)| *name != "policy");
                others.for_each(|(_, value)| links(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| links(value, found)),
            Value::String(text) => {
                let path = text.strip_prefix("https://api.example.org").unwrap_or_default();
                found.extend(path.split('#').next().filter(|it| !it.is_empty()).map(str::to_owned));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    #[tokio::test]
    async fn the_callers_correlation_id_comes_back_unless_it_is_harmful() {
        on_every_database(async |api| {
            for (id, returned) in
                [("job 7", "job 7"), ("", ""), (&"x".repeat(201), ""), ("caf\u{e9}", "")]
            {
                let request = Request::get("/customers/2").header("x-correlation-id", id);
                let answer = api.anonymous().request(request.body("".into()).unwrap()).await;
                assert_eq!(answer.header("x-correlation-id"), returned, "{id}");
            }
        })
        .await;
    }
}
