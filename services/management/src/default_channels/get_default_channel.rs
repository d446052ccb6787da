use axum::extract::State;

use super::default_channel_path::DefaultChannelPath;
use crate::{
    Management,
    error::Error,
    hydra::{DefaultDeliveryChannel, Document},
    paths::OwnerPath,
    urls::Urls,
};

/// `GET …/defaultDeliveryChannels/{id}`.
pub(crate) async fn get_default_channel(
    State(management): State<Management>,
    urls: Urls,
    DefaultChannelPath { owner, id }: DefaultChannelPath,
) -> Result<Document<DefaultDeliveryChannel>, Error> {
    let OwnerPath { customer, space } = owner;
    let found = management.catalogue.default_delivery_channel(customer, space, &id).await?;
    let found = found.ok_or_else(|| Error::NotFound(format!("default delivery channel {id}")))?;
    Ok(Document::new(&urls, DefaultDeliveryChannel::of(found, &urls)))
}
