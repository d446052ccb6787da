use serde_json::{Value, json};

use crate::testing::on_every_database;

#[tokio::test]
async fn iiif_presentation_keeps_the_assets_of_a_manifest() {
    on_every_database(async |api| {
        let client = api.librarian().await;
        assert_eq!(client.get("/customers/2").await.status, 200);
        let space = client.post("/customers/2/spaces", json!({"name": "manifest m"})).await;
        let space = space.body["id"].as_u64().unwrap();
        let members: Value = (0..3)
            .map(|n| {
                json!({"id": format!("a{n}"), "space": space, "mediaType": "image/jpeg",
                    "origin": format!("https://files.example.org/{n}.jpg")})
            })
            .collect();
        let body = json!({"@context": "Collection", "@type": "Collection", "member": members});
        let batch = client.post("/customers/2/queue", body).await;
        assert_eq!(batch.status, 201, "{}", batch.detail());
        let number = batch.body["@id"].as_str().unwrap().rsplit('/').next().unwrap();
        assert!(number.parse::<u32>().is_ok() && batch.body["submitted"].is_string());
        let assets = client.get(&format!("/customers/2/queue/batches/{number}/assets")).await;
        assert_eq!(assets.body["member"].as_array().unwrap().len(), 3);

        let named: Value = (0..3).map(|n| json!({"id": format!("2/{space}/a{n}")})).collect();
        let known = client.post("/customers/2/allImages", json!({"member": named})).await;
        assert_eq!(known.body["member"].as_array().unwrap().len(), 3);
        let patch = json!({"field": "manifests", "operation": "add", "value": ["m"],
            "@type": "Collection", "member": named});
        let patched = client.patch("/customers/2/allImages", patch).await;
        let patched = patched.body["member"].as_array().unwrap().clone();
        assert_eq!(patched.len(), 3);
        assert!(patched.iter().all(|it| it["id"].is_string() && it["space"] == json!(space)));

        let query = "q=%7B%22manifests%22%3A%20%5B%22m%22%5D%7D";
        let mut path = format!("/customers/2/allImages?{query}&pageSize=2&page=1");
        let mut seen = Vec::new();
        loop {
            let answer = client.get(&path).await.body;
            for image in answer["member"].as_array().unwrap() {
                assert!(image["@id"].is_string() && image["ingesting"].is_boolean());
                seen.push(image["id"].as_str().unwrap().to_owned());
            }
            let Some(next) = answer["view"]["next"].as_str() else { break };
            path = next.strip_prefix("https://api.example.org").unwrap().to_owned();
        }
        assert_eq!(seen, ["a0", "a1", "a2"]);
        let refused = client.post("/customers/2/queue", json!({"member": []})).await;
        assert_eq!(refused.body["description"], "Members cannot be empty");
    })
    .await;
}
