use model::DeliveryChannel;
use sea_orm::ConnectionTrait;
use time::OffsetDateTime;

use crate::{
    Catalogue, Change, DeliveryChannelPolicy, Error, Expected,
    customers::customer::customer,
    database::{
        dialect::for_update,
        query::{self, micros},
    },
    policies::{
        policy::policy,
        policy_rules::{check_channel, check_data, check_name},
    },
};

/// What a request says about a policy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PolicyFields {
    pub display_name: Change<String>,
    /// A JSON array in a text.
    pub data: Change<String>,
    pub expected: Expected,
}

/// A policy after a PUT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutPolicy {
    pub policy: DeliveryChannelPolicy,
    pub created: bool,
}

/// Which policy is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyName<'a> {
    pub customer: u32,
    pub channel: DeliveryChannel,
    pub name: &'a str,
}

impl Catalogue {
    /// Makes a policy; assets that use it are made by it from then on.
    pub async fn create_policy(
        &self,
        which: PolicyName<'_>,
        fields: &PolicyFields,
        now: OffsetDateTime,
    ) -> Result<DeliveryChannelPolicy, Error> {
        let change = self.database().begin().await?;
        let created = insert(&change, which, fields, now).await?;
        change.commit().await?;
        created.ok_or_else(|| {
            Error::Conflict(format!(
                "A policy for delivery channel '{}' with the name '{}' already exists",
                which.channel, which.name
            ))
        })
    }

    /// Makes the policy of this name, or replaces what it says. Assets made by it before stay as they are.
    pub async fn put_policy(
        &self,
        which: PolicyName<'_>,
        fields: &PolicyFields,
        now: OffsetDateTime,
    ) -> Result<PutPolicy, Error> {
        let change = self.database().begin().await?;
        let (policy, created) = match insert(&change, which, fields, now).await? {
            Some(created) => (created, true),
            None => {
                let display_name = match &fields.display_name {
                    Change::Keep => Change::Clear,
                    Change::Clear | Change::Set(_) => fields.display_name.clone(),
                };
                let fields = PolicyFields { display_name, ..fields.clone() };
                (update(&change, which, &fields, now).await?, false)
            }
        };
        change.commit().await?;
        Ok(PutPolicy { policy, created })
    }

    /// Changes what the request says of a policy, and nothing else.
    pub async fn patch_policy(
        &self,
        which: PolicyName<'_>,
        fields: &PolicyFields,
        now: OffsetDateTime,
    ) -> Result<DeliveryChannelPolicy, Error> {
        let change = self.database().begin().await?;
        let patched = update(&change, which, fields, now).await?;
        change.commit().await?;
        Ok(patched)
    }
}

/// `None` if there is a policy of this name.
async fn insert(
    change: &impl ConnectionTrait,
    which: PolicyName<'_>,
    fields: &PolicyFields,
    now: OffsetDateTime,
) -> Result<Option<DeliveryChannelPolicy>, Error> {
    let PolicyName { customer: owner, channel, name } = which;
    check_channel(channel)?;
    check_name(name)?;
    let Change::Set(data) = &fields.data else {
        return Err(Error::Invalid("'policyData' is required".into()));
    };
    check_data(channel, data)?;
    if customer(change, owner).await?.is_none() {
        return Err(Error::NotFound(format!("customer {owner}")));
    }
    let mut display_name = None;
    fields.display_name.apply_optional(&mut display_name);
    let sql = "INSERT INTO delivery_channel_policy
               (customer, channel, name, display_name, data, system, created, modified)
               VALUES ($1, $2, $3, $4, $5, FALSE, $6, $6)
               ON CONFLICT (customer, channel, name) DO NOTHING";
    let key = [owner.into(), channel.as_str().into(), name.into()];
    let said = [display_name.into(), data.as_str().into(), micros(now).into()];
    match query::run(change, sql, key.into_iter().chain(said)).await? {
        0 => Ok(None),
        _ => {
            fields.expected.check(None)?;
            policy(change, owner, channel, name).await
        }
    }
}

async fn update(
    change: &impl ConnectionTrait,
    which: PolicyName<'_>,
    fields: &PolicyFields,
    now: OffsetDateTime,
) -> Result<DeliveryChannelPolicy, Error> {
    let PolicyName { customer, channel, name } = which;
    check_channel(channel)?;
    let mut after = own_for_update(change, which).await?;
    fields.expected.check(Some(after.modified))?;
    fields.display_name.apply_optional(&mut after.display_name);
    fields.data.apply_optional(&mut after.data);
    let data = after.data.as_deref();
    check_data(channel, data.ok_or_else(|| Error::Invalid("'policyData' is required".into()))?)?;
    after.modified = query::moment(micros(now));
    let sql = "UPDATE delivery_channel_policy SET display_name = $4, data = $5, modified = $6
               WHERE customer = $1 AND channel = $2 AND name = $3";
    let key = [customer.into(), channel.as_str().into(), name.into()];
    let said = [after.display_name.clone().into(), after.data.clone().into(), micros(now).into()];
    query::run(change, sql, key.into_iter().chain(said)).await?;
    Ok(after)
}

/// The customer's policy, which nobody else changes until this change has ended.
pub(crate) async fn own_for_update(
    change: &impl ConnectionTrait,
    which: PolicyName<'_>,
) -> Result<DeliveryChannelPolicy, Error> {
    let PolicyName { customer, channel, name } = which;
    let lock = for_update(change);
    let sql = format!(
        "SELECT name FROM delivery_channel_policy
         WHERE customer = $1 AND channel = $2 AND name = $3{lock}"
    );
    let key = [customer.into(), channel.as_str().into(), name.into()];
    query::one::<String>(change, &sql, key).await?;
    let found = policy(change, customer, channel, name).await?;
    found.ok_or_else(|| Error::NotFound(format!("policy {channel}/{name}")))
}
