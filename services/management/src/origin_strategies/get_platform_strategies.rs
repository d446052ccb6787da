use axum::extract::State;

use crate::{
    Management,
    error::Error,
    hydra::{Collection, OriginStrategy},
    urls::Urls,
};

/// `GET /originStrategies`: the ways of fetching that the platform knows; for everybody.
pub(crate) async fn get_platform_strategies(
    State(management): State<Management>,
    urls: Urls,
) -> Result<Collection<OriginStrategy>, Error> {
    let strategies = management.catalogue.origin_strategies().await?.into_iter();
    let strategies = strategies.map(|strategy| OriginStrategy::of(strategy, &urls));
    Ok(Collection::whole(&urls, strategies.collect()))
}

#[cfg(test)]
mod tests {
    use insta::{allow_duplicates, assert_json_snapshot};

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn everybody_sees_how_origins_can_be_fetched() {
        on_every_database(async |api| {
            let all = api.anonymous().get("/originStrategies").await;
            assert_eq!((all.status.as_u16(), &all.body["totalItems"]), (200, &8.into()));
            let one = api.anonymous().get("/originStrategies/sftp").await;
            allow_duplicates! { assert_json_snapshot!(one.body, @r#"
            {
              "@context": "https://api.example.org/contexts/OriginStrategy.jsonld",
              "@id": "https://api.example.org/originStrategies/sftp",
              "@type": "vocab:OriginStrategy",
              "name": "sftp",
              "requiresCredentials": true
            }
            "#) };
            assert_eq!(api.anonymous().get("/originStrategies/pigeon").await.status, 404);
        })
        .await;
    }
}
