use axum::extract::State;

use crate::{
    Management,
    error::Error,
    hydra::{Document, OriginStrategy},
    paths::PlatformPath,
    urls::Urls,
};

/// `GET /originStrategies/{id}`: for everybody.
pub(crate) async fn get_platform_strategy(
    State(management): State<Management>,
    urls: Urls,
    PlatformPath { id }: PlatformPath,
) -> Result<Document<OriginStrategy>, Error> {
    let found = management.catalogue.origin_strategy(&id).await?;
    let found = found.ok_or_else(|| Error::NotFound(format!("origin strategy {id}")))?;
    Ok(Document::new(&urls, OriginStrategy::of(found, &urls)))
}
