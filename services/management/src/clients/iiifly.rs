use serde_json::json;

use crate::testing::{batch_of, ids, jpeg, on_every_database};

#[tokio::test]
async fn iiifly_gives_each_user_a_space() {
    on_every_database(async |api| {
        let api = api.with_worker();
        let client = api.librarian().await;
        let space = client.post("/customers/2/spaces", json!({"name": "user 7"})).await;
        let path = space.header("location").strip_prefix("https://api.example.org").unwrap();
        let image = client.put(&format!("{path}/images/i1"), jpeg(json!({"string1": "set"}))).await;
        assert_eq!((image.status.as_u16(), &image.body["ingesting"]), (201, &json!(false)));
        batch_of(&client, &["i2"]).await;
        let found = client.get(&format!("{path}/images?string1=set")).await;
        assert_eq!(ids(&found), "i1");
    })
    .await;
}
