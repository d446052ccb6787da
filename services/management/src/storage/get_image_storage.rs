use axum::extract::State;

use crate::{
    Management,
    error::Error,
    hydra::{Document, ImageStorage},
    paths::ImagePath,
    urls::Urls,
};

/// `GET …/images/{image}/storage`: how much is kept for one asset.
pub(crate) async fn get_image_storage(
    State(management): State<Management>,
    urls: Urls,
    ImagePath { asset }: ImagePath,
) -> Result<Document<ImageStorage>, Error> {
    let found = management.catalogue.image_storage(&asset).await?;
    let found = found.ok_or_else(|| Error::NotFound(format!("asset {asset}")))?;
    Ok(Document::new(&urls, ImageStorage::of(&found, &urls)))
}
