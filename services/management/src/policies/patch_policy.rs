use axum::extract::State;
use catalogue::PolicyFields;

use super::{
    policy_fields::{check_name, policy_fields},
    policy_path::PolicyPath,
};
use crate::{
    Management,
    body::JsonBody,
    error::{During, Error},
    hydra::{DeliveryChannelPolicy, Document},
    precondition::Precondition,
    urls::Urls,
};

/// `PATCH …/deliveryChannelPolicies/{channel}/{name}`: changes what is said, and nothing else.
pub(crate) async fn patch_policy(
    State(management): State<Management>,
    urls: Urls,
    path: PolicyPath,
    Precondition(expected): Precondition,
    JsonBody(fields): JsonBody,
) -> Result<Document<DeliveryChannelPolicy>, Error> {
    let (name, fields) = policy_fields(fields, path.channel)?;
    let fields = PolicyFields { expected, ..fields };
    check_name(name.as_deref(), &path.name)?;
    let patched = management.catalogue.patch_policy(path.which(), &fields, management.now()).await;
    let patched = patched.during("Update policy")?;
    Ok(Document::new(&urls, DeliveryChannelPolicy::of(patched, path.customer, &urls)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn what_is_not_said_stays_and_null_clears() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let path = "/customers/2/deliveryChannelPolicies/thumbs/default";
            let answer = librarian.patch(path, json!({"displayName": "Usual"})).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.body["displayName"]),
                (200, &json!("Usual"))
            );
            assert!(answer.body["policyData"].as_str().unwrap().contains("1024"));
            let answer = librarian.patch(path, json!({"displayName": null})).await;
            assert_eq!(answer.body.get("displayName"), None);
            assert_eq!(librarian.patch(path, json!({"policyData": null})).await.status, 400);
            let missing = "/customers/2/deliveryChannelPolicies/thumbs/none";
            assert_eq!(librarian.patch(missing, json!({})).await.status, 404);
        })
        .await;
    }
}
