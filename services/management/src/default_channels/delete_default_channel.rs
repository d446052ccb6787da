use axum::{extract::State, http::StatusCode};

use super::default_channel_path::DefaultChannelPath;
use crate::{
    Management,
    error::{During, Error},
    precondition::Precondition,
};

/// `DELETE …/defaultDeliveryChannels/{id}`: what was registered with it stays as it is.
pub(crate) async fn delete_default_channel(
    State(management): State<Management>,
    DefaultChannelPath { owner, id }: DefaultChannelPath,
    Precondition(expected): Precondition,
) -> Result<StatusCode, Error> {
    let whose = (owner.customer, owner.space);
    let deleted = management.catalogue.delete_default_channel(whose, &id, &expected).await;
    deleted.during("Delete default delivery channel")?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use crate::testing::on_every_database;

    #[tokio::test]
    async fn a_default_goes_once() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let all = librarian.get("/customers/2/defaultDeliveryChannels").await;
            let address = all.body["member"][0]["@id"].as_str().unwrap();
            let path = address.strip_prefix("https://api.example.org").unwrap();
            assert_eq!(librarian.delete(path).await.status, 204);
            assert_eq!(librarian.delete(path).await.status, 404);
            let rest = librarian.get("/customers/2/defaultDeliveryChannels").await;
            assert_eq!(rest.body["totalItems"], 4);
        })
        .await;
    }
}
