use axum::extract::State;

use crate::{
    Management,
    caller::Tenant,
    error::{During, Error},
    hydra::{Document, FreshKey, Key},
    urls::Urls,
};

/// `POST /customers/{customer}/keys`: makes a key; 200, as the DLCS has it. A body says nothing.
pub(crate) async fn post_key(
    State(management): State<Management>,
    urls: Urls,
    Tenant { customer }: Tenant,
) -> Result<Document<FreshKey>, Error> {
    let fresh = management.catalogue.create_key(customer, management.now()).await;
    let fresh = fresh.during("Create key")?;
    Ok(Document::new(&urls, Key::of(customer, fresh.key, &urls).with_secret(fresh.secret)))
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Method};

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn a_new_key_opens_the_door_at_once() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let fresh = librarian.send(Method::POST, "/customers/2/keys", Body::empty()).await;
            assert_eq!(fresh.status, 200);
            let client = api.anonymous().with_key(2, &fresh.body);
            assert_eq!(client.get("/customers/2").await.status, 200);
            assert_eq!(client.get("/customers/2/keys").await.body["totalItems"], 2);
        })
        .await;
    }
}
