use axum::http::Method;
use serde_json::json;

use crate::testing::{batch_of, on_every_database};

/// Generated from the DLCS's OpenAPI, so that it may call everything; here is what it can only read.
#[tokio::test]
async fn dlcs_py_reads_every_list_and_every_single_thing() {
    on_every_database(async |api| {
        let librarian = api.librarian().await;
        batch_of(&librarian, &["a"]).await;
        for path in [
            "/",
            "/customers",
            "/queue",
            "/originStrategies",
            "/customers/2",
            "/customers/2/keys",
            "/customers/2/customHeaders",
            "/customers/2/originStrategies",
            "/customers/2/imageOptimisationPolicies",
            "/customers/2/queue",
            "/customers/2/queue/priority",
            "/customers/2/queue/batches",
            "/customers/2/queue/active",
            "/customers/2/queue/recent",
            "/customers/2/queue/batches/1",
            "/customers/2/queue/batches/1/images",
            "/customers/2/defaultDeliveryChannels",
            "/customers/2/deliveryChannelPolicies",
            "/customers/2/namedQueries",
            "/customers/2/portalUsers",
            "/customers/2/spaces",
            "/customers/2/spaces/1",
            "/customers/2/spaces/1/images",
            "/customers/2/spaces/1/images/a",
            "/customers/2/spaces/1/images/a/storage",
            "/customers/2/spaces/1/defaultDeliveryChannels",
            "/customers/2/spaces/1/storage",
            "/customers/2/storage",
            "/storagePolicies",
            "/thumbnailPolicies",
            "/imageOptimisationPolicies",
        ] {
            let answer = librarian.get(path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.detail());
            assert!(answer.body["@type"].is_string(), "{path}");
        }
        let test = "/customers/2/queue/batches/1/test";
        let answer = librarian.send(Method::POST, test, "").await;
        assert_eq!(answer.body, json!({"success": false}));
    })
    .await;
}
