use axum::extract::State;

use crate::{
    Management,
    caller::Administrator,
    error::Error,
    hydra::{Collection, RefusedMessage},
    query::Query,
    urls::Urls,
};

/// `GET /refusedMessages`: what buckets told and made no sense, the newest first; for an administrator.
pub(crate) async fn get_refused_messages(
    State(management): State<Management>,
    urls: Urls,
    _: Administrator,
    query: Query,
) -> Result<Collection<RefusedMessage>, Error> {
    let refused = management.catalogue.refused_messages(query.page()?).await?;
    Ok(Collection::new(&urls, refused.map(|message| RefusedMessage::of(message, &urls))))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn an_administrator_sees_what_made_no_sense_and_why() {
        on_every_database(async |api| {
            let administrator = api.administrator().await;
            let librarian = api.customer(&administrator, "library").await;
            let now = datetime!(2026-01-05 10:00 UTC);
            api.catalogue.refuse_message("scans", "it is no JSON", b"x", now).await.unwrap();
            let answer = administrator.get("/refusedMessages").await;
            assert_eq!((answer.status.as_u16(), &answer.body["totalItems"]), (200, &1.into()));
            let message = &answer.body["member"][0];
            for (name, value) in
                [("source", "scans"), ("reason", "it is no JSON"), ("message", "x")]
            {
                assert_eq!(message[name], value, "{name}");
            }
            assert_eq!(librarian.get("/refusedMessages").await.status, 403);
        })
        .await;
    }
}
