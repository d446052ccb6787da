use axum::extract::State;
use catalogue::PolicyFields;

use super::{
    policy_fields::{check_data, check_name, policy_fields},
    policy_path::PolicyPath,
};
use crate::{
    Management,
    body::JsonBody,
    error::{During, Error},
    hydra::{DeliveryChannelPolicy, Document, Saved},
    precondition::Precondition,
    urls::Urls,
};

/// `PUT …/deliveryChannelPolicies/{channel}/{name}`: makes the policy, or replaces what it says.
pub(crate) async fn put_policy(
    State(management): State<Management>,
    urls: Urls,
    path: PolicyPath,
    Precondition(expected): Precondition,
    JsonBody(fields): JsonBody,
) -> Result<Saved<DeliveryChannelPolicy>, Error> {
    let (name, fields) = policy_fields(fields, path.channel)?;
    let fields = PolicyFields { expected, ..fields };
    check_name(name.as_deref(), &path.name)?;
    check_data(&fields)?;
    let put = management.catalogue.put_policy(path.which(), &fields, management.now()).await;
    let put = put.during("Put policy")?;
    let policy = DeliveryChannelPolicy::of(put.policy, path.customer, &urls);
    Ok(Document::new(&urls, policy).saved(put.created))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn the_first_put_makes_the_policy_and_the_second_replaces_it() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let path = "/customers/2/deliveryChannelPolicies/iiif-av/small";
            let body = json!({"displayName": "Small", "policyData": "[\"audio-mp3-128\"]"});
            assert_eq!(librarian.put(path, body).await.status, 201);
            let body = json!({"name": "small", "policyData": ["audio-mp3-192"]});
            let answer = librarian.put(path, body).await;
            assert_eq!(answer.status, 200);
            assert_eq!(answer.body["policyData"], "[\"audio-mp3-192\"]");
            assert_eq!(answer.body.get("displayName"), None);
        })
        .await;
    }

    #[tokio::test]
    async fn a_body_names_no_other_policy_and_the_systems_stay() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let root = "/customers/2/deliveryChannelPolicies";
            for (path, body) in [
                ("thumbs/a", json!({"name": "b", "policyData": ["400,"]})),
                ("thumbs/a", json!({"channel": "iiif-av", "policyData": ["400,"]})),
                ("thumbs/a", json!({})),
                ("thumbs/A", json!({"policyData": ["400,"]})),
                ("iiif-img/default", json!({"policyData": ["400,"]})),
            ] {
                let answer = librarian.put(&format!("{root}/{path}"), body.clone()).await;
                assert_eq!(answer.status, 400, "{path} {body}");
            }
        })
        .await;
    }
}
