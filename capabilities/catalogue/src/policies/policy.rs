use model::DeliveryChannel;
use sea_orm::ConnectionTrait;
use time::OffsetDateTime;

use crate::{
    Catalogue, Error,
    database::query::{self, Record, Row},
};

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
    pub modified: OffsetDateTime,
}

impl Catalogue {
    /// The policies that a customer can use: the system's and its own.
    pub async fn delivery_channel_policies(
        &self,
        customer: u32,
        channel: Option<DeliveryChannel>,
    ) -> Result<Vec<DeliveryChannelPolicy>, Error> {
        all_policies(self.database().reader(), customer, channel).await
    }

    pub async fn delivery_channel_policy(
        &self,
        customer: u32,
        channel: DeliveryChannel,
        name: &str,
    ) -> Result<Option<DeliveryChannelPolicy>, Error> {
        policy(self.database().reader(), customer, channel, name).await
    }

    /// Of one space, or of the customer itself.
    pub async fn default_delivery_channels(
        &self,
        customer: u32,
        space: Option<u32>,
    ) -> Result<Vec<DefaultDeliveryChannel>, Error> {
        let sql = format!(
            "SELECT {DEFAULT} FROM default_delivery_channel WHERE customer = $1 AND space = $2
             ORDER BY media_type, channel"
        );
        let values = [customer.into(), space.unwrap_or_default().into()];
        query::all(self.database().reader(), &sql, values).await
    }

    /// One of a space, or of the customer itself.
    pub async fn default_delivery_channel(
        &self,
        customer: u32,
        space: Option<u32>,
        id: &str,
    ) -> Result<Option<DefaultDeliveryChannel>, Error> {
        default_channel(self.database().reader(), customer, space, id).await
    }
}

// System policies are rows of customer 1.
const POLICY: &str = "customer, channel, name, display_name, data, system, created, modified";
const DEFAULT: &str = "id, customer, space, media_type, channel, policy, modified";

pub(crate) async fn policy(
    database: &impl ConnectionTrait,
    customer: u32,
    channel: DeliveryChannel,
    name: &str,
) -> Result<Option<DeliveryChannelPolicy>, Error> {
    let sql = format!(
        "SELECT {POLICY} FROM delivery_channel_policy
         WHERE customer IN (1, $1) AND (system OR customer = $1) AND channel = $2 AND name = $3"
    );
    let values = [customer.into(), channel.as_str().into(), name.into()];
    query::one(database, &sql, values).await
}

pub(crate) async fn default_channel(
    database: &impl ConnectionTrait,
    customer: u32,
    space: Option<u32>,
    id: &str,
) -> Result<Option<DefaultDeliveryChannel>, Error> {
    let sql = format!(
        "SELECT {DEFAULT} FROM default_delivery_channel
         WHERE id = $1 AND customer = $2 AND space = $3"
    );
    query::one(database, &sql, [id.into(), customer.into(), space.unwrap_or_default().into()]).await
}

/// The customer's own and the system's.
pub(crate) async fn all_policies(
    database: &impl ConnectionTrait,
    customer: u32,
    channel: Option<DeliveryChannel>,
) -> Result<Vec<DeliveryChannelPolicy>, Error> {
    let sql = format!(
        "SELECT {POLICY} FROM delivery_channel_policy WHERE customer IN (1, $1)
         AND (system OR customer = $1) AND channel = COALESCE($2, channel) ORDER BY channel, name"
    );
    let channel = channel.map(DeliveryChannel::as_str);
    query::all(database, &sql, [customer.into(), channel.into()]).await
}

/// Those of the customer and of all its spaces.
pub(crate) async fn all_defaults(
    database: &impl ConnectionTrait,
    customer: u32,
) -> Result<Vec<DefaultDeliveryChannel>, Error> {
    let sql = format!("SELECT {DEFAULT} FROM default_delivery_channel WHERE customer = $1");
    query::all(database, &sql, [customer.into()]).await
}

impl Record for DeliveryChannelPolicy {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            customer: row.number("customer")?,
            channel: row.parsed("channel")?,
            name: row.text("name")?,
            display_name: row.optional_text("display_name")?,
            data: row.optional_text("data")?,
            system: row.flag("system")?,
            created: row.moment("created")?,
            modified: row.moment("modified")?,
        })
    }
}

impl Record for DefaultDeliveryChannel {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.text("id")?,
            customer: row.number("customer")?,
            space: Some(row.number("space")?).filter(|space| *space != 0),
            media_type: row.text("media_type")?,
            channel: row.parsed("channel")?,
            policy: row.text("policy")?,
            modified: row.moment("modified")?,
        })
    }
}
