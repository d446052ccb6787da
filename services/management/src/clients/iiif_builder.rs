use axum::http::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::testing::{Client, finish_batch, on_every_database};

const IMAGES: &str = "/customers/2/spaces/1/images";

/// What it registers of one page; a policy may be missing.
fn page(id: &str, number1: u8) -> Value {
    json!({"@type": "vocab:Image", "id": id, "space": 1,
        "origin": format!("https://files.example.org/{id}.jp2"), "string1": "b1", "string2": id,
        "string3": "b1", "number1": number1, "number2": 0, "number3": 0, "mediaType": "image/jp2",
        "roles": [], "maxUnauthorised": 1000, "tags": [], "text": "x", "textType": "alto",
        "deliveryChannels": [{"channel": "iiif-img", "policy": "use-original"},
            {"channel": "thumbs"}, {"channel": "file", "policy": "none"}]})
}

fn collection(members: &[Value]) -> Value {
    json!({"@context": "http://www.w3.org/ns/hydra/context.jsonld", "@type": "Collection",
        "member": members})
}

/// Its JSON is indented, and it follows `view.next` word for word.
async fn all_pages(client: &Client, query: &Value) -> Vec<Value> {
    let query = serde_json::to_string_pretty(query).unwrap();
    let query = utf8_percent_encode(&query, NON_ALPHANUMERIC);
    let mut path = format!("{IMAGES}?q={query}&pageSize=2");
    let mut images = Vec::new();
    loop {
        let answer = client.get(&path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.detail());
        images.extend(answer.body["member"].as_array().unwrap().iter().cloned());
        let Some(next) = answer.body["view"]["next"].as_str() else { return images };
        path = next.strip_prefix("https://api.example.org").unwrap().to_owned();
    }
}

#[tokio::test]
async fn iiif_builder_synchronises_a_book() {
    on_every_database(async |api| {
        let client = api.librarian().await;
        assert!(all_pages(&client, &json!({"string1": "b1"})).await.is_empty());
        let pages = [page("p1", 1), page("p2", 2), page("p3", 3), page("broken", 4)];
        let batch = client.post("/customers/2/queue", collection(&pages)).await;
        assert_eq!(batch.status, 201, "{}", batch.detail());
        let url = batch.body["@id"].as_str().unwrap();
        let path = url.strip_prefix("https://api.example.org").unwrap();
        finish_batch(&api, 1).await;
        let batch = client.get(path).await.body;
        for name in ["count", "completed", "errors", "submitted", "finished", "superseded"] {
            assert!(!batch[name].is_null(), "{name}");
        }
        let tested = client.send(Method::POST, &format!("{path}/test"), "").await;
        assert!(tested.body["success"].is_boolean());

        // It compares what it gets with what it would send, and policies where it names them.
        let images = all_pages(&client, &json!({"string3": "b1", "tags": []})).await;
        assert_eq!(images.len(), 4);
        for page in &pages {
            let image = images.iter().find(|image| image["id"] == page["id"]).unwrap();
            for name in [
                "id",
                "space",
                "origin",
                "string1",
                "string2",
                "string3",
                "number1",
                "number2",
                "number3",
                "mediaType",
                "roles",
                "maxUnauthorised",
                "tags",
            ] {
                assert_eq!(image[name], page[name], "{name}");
            }
            assert_eq!(image["deliveryChannels"][0]["policy"], "use-original");
            assert_eq!(image["deliveryChannels"][2]["policy"], "none");
        }
        let mut changed = page("2/1/p1", 7);
        for name in ["origin", "maxUnauthorised", "deliveryChannels"] {
            changed.as_object_mut().unwrap().shift_remove(name);
        }
        let patched = client.patch(IMAGES, collection(&[changed])).await;
        assert_eq!(patched.body["member"][0]["number1"], 7, "{}", patched.detail());
        assert_eq!(all_pages(&client, &json!({"number1": 7})).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn iiif_builder_looks_after_its_images() {
    on_every_database(async |api| {
        let api = api.with_worker();
        let client = api.librarian().await;
        let batch = client.post("/customers/2/queue/priority", collection(&[page("p1", 1)])).await;
        assert_eq!(batch.status, 201, "{}", batch.detail());
        let named = collection(&[json!({"id": "2/1/p1"})]);
        let found = client.post("/customers/2/allImages", named.clone()).await;
        assert_eq!(found.body["member"][0]["id"], "p1");
        let again = client.send(Method::POST, &format!("{IMAGES}/p1/reingest"), "").await;
        assert_eq!((again.status.as_u16(), &again.body["id"]), (200, &json!("p1")));
        let queue = api.anonymous().get("/queue").await.body;
        assert!(queue["incoming"].is_number() && queue["priority"].is_number());
        let errors = "/customers/2/queue/recentErrorsByMetadata/string3?page=1";
        assert_eq!(client.get(errors).await.body["@type"], "Collection");
        let query = json!({"name": "pdf-item", "template": "assetOrder=n1&space=p1&s3=p2"});
        assert_eq!(client.post("/customers/2/namedQueries", query).await.status, 201);
        let pdf = "/customers/2/resources/pdf/pdf-item?args=1/b1";
        assert!(client.delete(pdf).await.body["success"].is_boolean());
        let deleted = client.post("/customers/2/deleteImages", named.clone()).await;
        assert!(deleted.status.is_success() && deleted.body["message"].is_string());
        let error = client.post("/customers/2/deleteImages", named).await.body;
        assert_eq!(error["@type"], "Error");
        assert!(error["title"].is_string() && error["detail"].is_string());
    })
    .await;
}
