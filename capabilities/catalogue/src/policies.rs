use model::DeliveryChannel;
use time::OffsetDateTime;

use crate::{Catalogue, Error};

/// What is made of an asset for one delivery channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryChannelPolicy {
    pub customer: u32,
    pub channel: DeliveryChannel,
    pub name: String,
    pub display_name: Option<String>,
    /// A JSON array in a string, as on the wire: `["!1024,1024","!400,400"]`.
    pub data: Option<String>,
    /// System policies are everybody's and nobody can change them.
    pub system: bool,
    pub created: OffsetDateTime,
    pub modified: OffsetDateTime,
}

/// The channel and policy that assets of a media type get when nothing is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultDeliveryChannel {
    /// A GUID.
    pub id: String,
    pub customer: u32,
    /// `None`: for all spaces of the customer.
    pub space: Option<u32>,
    /// `image/tiff`, `image/*` or `*`.
    pub media_type: String,
    pub channel: DeliveryChannel,
    pub policy: String,
}

impl Catalogue {
    /// The policies that a customer can use: the system's and its own.
    pub async fn delivery_channel_policies(
        &self,
        _customer: u32,
        _channel: Option<DeliveryChannel>,
    ) -> Result<Vec<DeliveryChannelPolicy>, Error> {
        todo!()
    }

    pub async fn delivery_channel_policy(
        &self,
        _customer: u32,
        _channel: DeliveryChannel,
        _name: &str,
    ) -> Result<Option<DeliveryChannelPolicy>, Error> {
        todo!()
    }

    /// Of one space, or of the customer itself.
    pub async fn default_delivery_channels(
        &self,
        _customer: u32,
        _space: Option<u32>,
    ) -> Result<Vec<DefaultDeliveryChannel>, Error> {
        todo!()
    }
}
