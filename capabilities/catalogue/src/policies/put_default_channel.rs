use model::DeliveryChannel;
use sea_orm::ConnectionTrait;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Catalogue, DefaultDeliveryChannel, Error, Expected,
    customers::customer::customer,
    database::query::{self, micros},
    policies::{
        policy::{default_channel, policy},
        policy_rules::check_pattern,
    },
    spaces::space::space,
};

/// What a default delivery channel says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultChannelFields {
    /// `image/tiff`, `image/*` or `*`.
    pub media_type: String,
    pub channel: DeliveryChannel,
    pub policy: String,
}

impl Catalogue {
    /// Gives the assets of a media type a channel; in one space, or wherever a space says nothing else.
    pub async fn create_default_channel(
        &self,
        customer_id: u32,
        space_id: Option<u32>,
        fields: &DefaultChannelFields,
        now: OffsetDateTime,
    ) -> Result<DefaultDeliveryChannel, Error> {
        let change = self.database().begin().await?;
        check_owner(&change, customer_id, space_id).await?;
        check(&change, customer_id, fields).await?;
        let id = Uuid::new_v4().to_string();
        let sql = "INSERT INTO default_delivery_channel
                   (id, customer, space, media_type, channel, policy, modified)
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let whose = [id.clone().into(), customer_id.into(), space_id.unwrap_or_default().into()];
        let values = whose.into_iter().chain(fields.values(now));
        query::run_or(&change, sql, values, |_| taken(fields)).await?;
        let created = default_channel(&change, customer_id, space_id, &id).await?;
        change.commit().await?;
        created.ok_or_else(|| query::unreadable("id"))
    }

    /// Replaces what a default delivery channel says.
    pub async fn put_default_channel(
        &self,
        (customer_id, space_id): (u32, Option<u32>),
        id: &str,
        fields: &DefaultChannelFields,
        expected: &Expected,
        now: OffsetDateTime,
    ) -> Result<DefaultDeliveryChannel, Error> {
        let change = self.database().begin().await?;
        let whose = || [id.into(), customer_id.into(), space_id.unwrap_or_default().into()];
        expected.heed(&change, ROW, whose()).await?;
        check(&change, customer_id, fields).await?;
        let sql = "UPDATE default_delivery_channel SET media_type = $4, channel = $5, policy = $6,
                   modified = $7 WHERE id = $1 AND customer = $2 AND space = $3";
        let values = whose().into_iter().chain(fields.values(now));
        query::run_or(&change, sql, values, |_| taken(fields)).await?;
        let changed = default_channel(&change, customer_id, space_id, id).await?;
        let changed = changed.ok_or_else(|| none(id))?;
        change.commit().await?;
        Ok(changed)
    }
}

pub(crate) const ROW: &str =
    "default_delivery_channel WHERE id = $1 AND customer = $2 AND space = $3";

impl DefaultChannelFields {
    fn values(&self, now: OffsetDateTime) -> [sea_orm::Value; 4] {
        let Self { media_type, channel, policy } = self;
        let said = [media_type.as_str(), channel.as_str(), policy.as_str()];
        let [media_type, channel, policy] = said.map(sea_orm::Value::from);
        [media_type, channel, policy, micros(now).into()]
    }
}

async fn check(
    change: &impl ConnectionTrait,
    customer: u32,
    fields: &DefaultChannelFields,
) -> Result<(), Error> {
    let DefaultChannelFields { media_type, channel, policy: name } = fields;
    check_pattern(media_type, *channel)?;
    match policy(change, customer, *channel, name).await? {
        Some(_) => Ok(()),
        None => Err(Error::Invalid(format!(
            "'{name}' is not a policy of the delivery channel '{channel}'"
        ))),
    }
}

async fn check_owner(
    change: &impl ConnectionTrait,
    customer_id: u32,
    space_id: Option<u32>,
) -> Result<(), Error> {
    let missing = match space_id {
        Some(id) if space(change, customer_id, id).await?.is_none() => format!("space {id}"),
        None if customer(change, customer_id).await?.is_none() => format!("customer {customer_id}"),
        Some(_) | None => return Ok(()),
    };
    Err(Error::NotFound(missing))
}

fn taken(fields: &DefaultChannelFields) -> Error {
    Error::Conflict(format!(
        "A default delivery channel for '{}' and assets of type '{}' already exists",
        fields.channel, fields.media_type
    ))
}

pub(crate) fn none(id: &str) -> Error {
    Error::NotFound(format!("default delivery channel {id}"))
}
