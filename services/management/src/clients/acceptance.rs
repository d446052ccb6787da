use serde_json::json;

use crate::testing::{finish_batch, ids, on_every_database};

/// The smallest scenario that a platform of this kind must pass, as far as it is this service's.
#[tokio::test]
async fn from_the_set_up_to_the_deletion() {
    on_every_database(async |api| {
        let administrator = api.administrator().await;
        let librarian = api.customer(&administrator, "library").await;
        let space = librarian.put("/customers/2/spaces/1", json!({"name": "books"})).await;
        assert_eq!(space.status, 201);
        let page = |id: &str, number1: u8| {
            json!({"id": id, "space": 1, "mediaType": "image/jpeg", "string1": "t",
                "number1": number1, "origin": format!("https://files.example.org/{id}.jpg")})
        };
        let body = json!({"@type": "Collection", "member": [page("a", 1), page("b", 2)]});
        let batch = librarian.post("/customers/2/queue", body).await;
        assert_eq!(batch.status, 201, "{}", batch.detail());
        finish_batch(&api, 1).await;
        let path = batch.body["@id"].as_str().unwrap().strip_prefix("https://api.example.org");
        let batch = librarian.get(path.unwrap()).await.body;
        assert_eq!((&batch["completed"], &batch["count"]), (&json!(2), &json!(2)));

        let query = "q=%7B%22string1%22:%22t%22%7D&orderBy=number1";
        let found = librarian.get(&format!("/customers/2/spaces/1/images?{query}")).await;
        assert_eq!(ids(&found), "a b");
        let query = json!({"name": "q", "template": "assetOrder=n1&s1=p1&space=p2"});
        assert_eq!(librarian.post("/customers/2/namedQueries", query).await.status, 201);
        let roles = json!({"roles": ["https://api.example.org/customers/2/roles/staff"]});
        let closed = librarian.patch("/customers/2/spaces/1/images/b", roles).await;
        assert_eq!(closed.status, 200, "{}", closed.detail());

        let members = json!({"member": [{"id": "2/1/a"}, {"id": "2/1/b"}]});
        let deleted = librarian.post("/customers/2/deleteImages", members).await;
        assert!(deleted.body["message"].is_string());
        assert_eq!(librarian.get("/customers/2/spaces/1/images/a").await.status, 404);
    })
    .await;
}
