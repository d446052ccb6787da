use catalogue::{AssetCard, AssetChannel, Recording};
use model::{AssetId, DeliveryChannel, Family};
use time::macros::datetime;

/// The card of an open image.
pub(crate) fn card(name: &str, extent: (u32, u32)) -> AssetCard {
    let channel = |channel| AssetChannel { channel, policy: "default".to_owned() };
    AssetCard {
        id: AssetId::new(2, 5, name).unwrap(),
        version: 1,
        media_type: "image/jpeg".parse().unwrap(),
        family: Family::Image,
        origin: None,
        extent,
        duration: 0,
        gray: false,
        roles: Vec::new(),
        max_unauthorised: -1,
        open_full_max: None,
        max_width: None,
        channels: vec![channel(DeliveryChannel::IiifImg), channel(DeliveryChannel::Thumbs)],
        thumbnails: Vec::new(),
        modified: datetime!(2026-11-20 08:49:37 UTC),
        string1: None,
        string2: None,
        string3: None,
        number1: 0,
        number2: 0,
        number3: 0,
        tags: Vec::new(),
        ingesting: false,
        headers: Vec::new(),
        kept: None,
        recording: Recording::default(),
    }
}
