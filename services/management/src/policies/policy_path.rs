use axum::{extract::FromRequestParts, http::request::Parts};
use catalogue::PolicyName;
use model::DeliveryChannel;

use crate::{Management, caller::Tenant, error::Error, paths::path_param};

/// `…/deliveryChannelPolicies/{channel}`, named by somebody who may work there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ChannelPath {
    pub(crate) customer: u32,
    pub(crate) channel: DeliveryChannel,
}

/// `…/deliveryChannelPolicies/{channel}/{name}`, named by somebody who may work there.
pub(crate) struct PolicyPath {
    pub(crate) customer: u32,
    pub(crate) channel: DeliveryChannel,
    pub(crate) name: String,
}

impl PolicyPath {
    pub(super) fn which(&self) -> PolicyName<'_> {
        PolicyName { customer: self.customer, channel: self.channel, name: &self.name }
    }
}

impl FromRequestParts<Management> for ChannelPath {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, management: &Management) -> Result<Self, Error> {
        let Tenant { customer } = Tenant::from_request_parts(parts, management).await?;
        let channel = path_param(parts, "channel").await?.parse::<DeliveryChannel>();
        let channel = channel.map_err(|unknown| Error::invalid(unknown.to_string()))?;
        Ok(Self { customer, channel })
    }
}

impl FromRequestParts<Management> for PolicyPath {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, management: &Management) -> Result<Self, Error> {
        let path = ChannelPath::from_request_parts(parts, management).await?;
        let ChannelPath { customer, channel } = path;
        Ok(Self { customer, channel, name: path_param(parts, "name").await? })
    }
}
