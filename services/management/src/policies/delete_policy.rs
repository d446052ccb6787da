use axum::{extract::State, http::StatusCode};

use super::policy_path::PolicyPath;
use crate::{
    Management,
    error::{During, Error},
    precondition::Precondition,
};

/// `DELETE …/deliveryChannelPolicies/{channel}/{name}`: only a policy that nothing names can go.
pub(crate) async fn delete_policy(
    State(management): State<Management>,
    path: PolicyPath,
    Precondition(expected): Precondition,
) -> Result<StatusCode, Error> {
    let deleted = management.catalogue.delete_policy(path.which(), &expected).await;
    deleted.during("Delete policy")?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn a_policy_that_nothing_names_goes_once() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let root = "/customers/2/deliveryChannelPolicies";
            let path = format!("{root}/thumbs/mine");
            librarian.put(&path, json!({"policyData": ["400,"]})).await;
            assert_eq!(librarian.delete(&path).await.status, 204);
            assert_eq!(librarian.delete(&path).await.status, 404);
            for used in ["thumbs/default", "iiif-img/default"] {
                let answer = librarian.delete(&format!("{root}/{used}")).await;
                assert_eq!(answer.status, 409, "{used}");
                assert_eq!(answer.body["title"], "Delete policy: Conflict");
            }
        })
        .await;
    }
}
