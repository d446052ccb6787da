use serde_json::json;

use crate::{
    ManagementConfig,
    testing::{finish_batch, on_every_database_with},
};

/// It knows no media types, which is why the service has a legacy mode.
#[tokio::test]
async fn dlcs_cli_makes_a_customer_and_registers_images() {
    let config = ManagementConfig { legacy: true, ..Default::default() };
    on_every_database_with(config, async |api| {
        let administrator = api.administrator().await;
        let body = json!({"name": "library", "displayName": "The library"});
        let customer = administrator.post("/customers", body).await;
        assert_eq!(customer.status, 201);
        let path = |url: &serde_json::Value| {
            url.as_str().unwrap().strip_prefix("https://api.example.org").unwrap().to_owned()
        };
        let customer = path(&customer.body["@id"]);
        let key = administrator.post(&format!("{customer}/keys"), json!({})).await;
        assert!(key.body["key"].is_string() && key.body["secret"].is_string());
        let client = api.anonymous().with_key(2, &key.body);
        let space = json!({"@type": "Space", "name": "images"});
        let space = client.post(&format!("{customer}/spaces"), space).await;
        let space = space.body["id"].as_u64().unwrap();
        let image = |n: u8| {
            json!({"id": format!("i{n}"), "space": space, "origin": format!("https://x.org/{n}.tiff"),
                "string1": "s", "string2": "", "string3": "", "number1": n, "number2": 0,
                "number3": 0, "family": "I"})
        };
        let body = json!({"@type": "Collection", "total_items": 2, "member": [image(1), image(2)]});
        let batch = client.post(&format!("{customer}/queue"), body).await;
        assert_eq!(batch.status, 201, "{}", batch.detail());
        finish_batch(&api, 1).await;
        let batch = client.get(&path(&batch.body["@id"])).await.body;
        assert_eq!((&batch["completed"], &batch["count"]), (&json!(2), &json!(2)));
        let image = client.get(&format!("{customer}/spaces/{space}/images/i1")).await.body;
        assert_eq!(image["mediaType"], "image/tiff");
    })
    .await;
}
