use catalogue::{AssetCard, AssetChannel};
use model::{AssetId, DeliveryChannel};
use time::macros::datetime;

/// The card of an open image.
pub(crate) fn card(name: &str, extent: (u32, u32)) -> AssetCard {
    let channel = |channel| AssetChannel { channel, policy: "default".to_owned() };
    let (id, modified) = (AssetId::new(2, 5, name).unwrap(), datetime!(2026-11-20 08:49:37 UTC));
    AssetCard {
        channels: vec![channel(DeliveryChannel::IiifImg), channel(DeliveryChannel::Thumbs)],
        ..AssetCard::open_image(id, 1, "image/jpeg".parse().unwrap(), extent, modified)
    }
}
