use std::sync::Arc;

use axum::{
    extract::{Query, State},
    http::Uri,
    response::Response,
};
use model::DeliveryChannel;

use super::hand_out::{Parcel, Wishes, hand_out};
use crate::{asset_path::AssetPath, delivery::Delivery, error::Error, visit::Visit};

/// `GET /file/{customer}/{space}/{name}[?filename=…]`: the asset as it came, or a part of it.
#[tracing::instrument(level = "debug", skip_all, fields(path = uri.path()))]
pub(crate) async fn get_file(
    State(delivery): State<Arc<Delivery>>,
    Query(wishes): Query<Wishes>,
    uri: Uri,
    visit: Visit,
) -> Result<Response, Error> {
    let path = AssetPath::parse(uri.path())?;
    let id = delivery.asset_id(&path, path.below).await?;
    let card = delivery.card(&id).await?;
    if !card.is_ready() || !card.has_channel(DeliveryChannel::File) {
        return Err(Error::NoSuchAsset);
    }
    let object = delivery.originals.original(&card);
    let media_type = card.media_type.as_str();
    let parcel = Parcel { card: &card, media_type, name: "file", object };
    hand_out(&delivery, &visit, parcel, &wishes).await
}
