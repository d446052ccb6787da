//! Which channels and policies an asset gets: what was asked for, completed by the defaults.

use model::{AssetId, DeliveryChannel, MediaType};
use sea_orm::ConnectionTrait;

use crate::{
    AssetChannel, ChannelChoice, DefaultDeliveryChannel, DeliveryChannelPolicy, Error,
    WantedChannel, policies::policy,
};

/// What a customer's defaults and policies are, read once for however many assets.
#[derive(Default)]
pub(crate) struct ChannelRules {
    defaults: Vec<DefaultDeliveryChannel>,
    policies: Vec<DeliveryChannelPolicy>,
}

impl ChannelRules {
    pub(crate) async fn of_customer(
        change: &impl ConnectionTrait,
        customer: u32,
    ) -> Result<Self, Error> {
        Ok(Self {
            defaults: policy::all_defaults(change, customer).await?,
            policies: policy::all_policies(change, customer, None).await?,
        })
    }

    /// The channels for an asset, with policies that exist.
    pub(crate) fn choose(
        &self,
        id: &AssetId,
        media_type: &MediaType,
        choice: &ChannelChoice,
    ) -> Result<Vec<AssetChannel>, Error> {
        if let ChannelChoice::These(wanted) = choice {
            check_wanted(wanted)?;
        }
        let apply =
            |default: &&DefaultDeliveryChannel| default.space.is_none_or(|it| it == id.space);
        let defaults: Vec<_> = self.defaults.iter().filter(apply).cloned().collect();
        let chosen = match choice {
            ChannelChoice::Defaults => all_defaults(&defaults, media_type),
            ChannelChoice::These(wanted) => complete(wanted, &defaults, media_type),
        }?;
        check_suits(&chosen, media_type)?;
        let is_known = |own: &&AssetChannel| {
            let mut policies = self.policies.iter();
            policies.any(|known| known.channel == own.channel && known.name == own.policy)
        };
        match chosen.iter().find(|own| !is_known(own)) {
            Some(AssetChannel { channel, policy }) => Err(Error::Invalid(format!(
                "'{policy}' is not a policy of the delivery channel '{channel}'"
            ))),
            None => Ok(chosen),
        }
    }
}

/// May assets of this type be delivered so?
pub(crate) fn check_suits(channels: &[AssetChannel], media_type: &MediaType) -> Result<(), Error> {
    match channels.iter().find(|own| !media_type.suits(own.channel)) {
        Some(AssetChannel { channel, .. }) => Err(Error::Invalid(format!(
            "'{channel}' is not a valid delivery channel for asset of type '{media_type}'"
        ))),
        None => Ok(()),
    }
}

fn check_wanted(wanted: &[WantedChannel]) -> Result<(), Error> {
    let invalid = |text: &str| Err(Error::Invalid(text.to_owned()));
    let is_wanted = |channel| wanted.iter().any(|wanted| wanted.channel == channel);
    let is_repeated = |(n, one): (usize, &WantedChannel)| {
        wanted.iter().take(n).any(|other| other.channel == one.channel)
    };
    if wanted.is_empty() {
        invalid("'deliveryChannels' cannot be an empty array")
    } else if wanted.iter().enumerate().any(is_repeated) {
        invalid("'deliveryChannels' cannot contain duplicate channels.")
    } else if wanted.len() > 1 && is_wanted(DeliveryChannel::None) {
        invalid(
            "If one of 'none, default' is a specified channel, then no other delivery channels \
             are allowed",
        )
    } else {
        Ok(())
    }
}

fn all_defaults(
    defaults: &[DefaultDeliveryChannel],
    media_type: &MediaType,
) -> Result<Vec<AssetChannel>, Error> {
    let channels = DeliveryChannel::ALL.into_iter();
    let chosen: Vec<_> = channels
        .filter_map(|channel| {
            let policy = default_policy(defaults, media_type, channel)?;
            Some(AssetChannel { channel, policy })
        })
        .collect();
    if chosen.is_empty() {
        return Err(Error::Invalid(format!(
            "There are no default delivery channels for assets of type '{media_type}': \
             'deliveryChannels' must be specified"
        )));
    }
    Ok(chosen)
}

fn complete(
    wanted: &[WantedChannel],
    defaults: &[DefaultDeliveryChannel],
    media_type: &MediaType,
) -> Result<Vec<AssetChannel>, Error> {
    let complete = |wanted: &WantedChannel| {
        let channel = wanted.channel;
        let policy = wanted.policy.clone();
        let policy = policy.or_else(|| only_policy(channel));
        let policy = policy.or_else(|| default_policy(defaults, media_type, channel));
        let policy = policy.ok_or_else(|| {
            Error::Invalid(format!(
                "'{channel}' has no default policy for assets of type '{media_type}': \
                 'policy' must be specified"
            ))
        });
        Ok(AssetChannel { channel, policy: policy? })
    };
    wanted.iter().map(complete).collect()
}

/// Where there is nothing to choose, nothing has to be said.
fn only_policy(channel: DeliveryChannel) -> Option<String> {
    match channel {
        DeliveryChannel::File | DeliveryChannel::None => Some("none".to_owned()),
        DeliveryChannel::IiifImg | DeliveryChannel::Thumbs | DeliveryChannel::IiifAv => None,
    }
}

/// The space's before the customer's, then the one that names the media type most precisely.
fn default_policy(
    defaults: &[DefaultDeliveryChannel],
    media_type: &MediaType,
    channel: DeliveryChannel,
) -> Option<String> {
    let fits = |default: &&DefaultDeliveryChannel| {
        default.channel == channel && media_type.matches(&default.media_type)
    };
    let best = defaults
        .iter()
        .filter(fits)
        .max_by_key(|default| (default.space.is_some(), default.media_type.len()))?;
    Some(best.policy.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn default(
        space: Option<u32>,
        media_type: &str,
        channel: &str,
        policy: &str,
    ) -> DefaultDeliveryChannel {
        DefaultDeliveryChannel {
            id: String::new(),
            customer: 2,
            space,
            media_type: media_type.into(),
            channel: channel.parse().unwrap(),
            policy: policy.into(),
            modified: time::OffsetDateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_space_comes_before_the_customer_and_the_longer_pattern_before_the_shorter() {
        let defaults = [
            default(None, "image/*", "iiif-img", "customer"),
            default(None, "image/tiff", "iiif-img", "customer-tiff"),
            default(Some(5), "*", "iiif-img", "space"),
            default(None, "image/*", "thumbs", "customer"),
            default(None, "image/tiff", "thumbs", "customer-tiff"),
        ];
        let chosen = all_defaults(&defaults, &"image/tiff".parse().unwrap()).unwrap();
        let chosen: Vec<_> =
            chosen.iter().map(|own| format!("{}/{}", own.channel, own.policy)).collect();
        assert_eq!(chosen, ["iiif-img/space", "thumbs/customer-tiff"]);
    }

    #[test]
    fn a_channel_needs_a_policy_from_the_request_or_the_defaults() {
        let defaults = [default(None, "image/*", "thumbs", "default")];
        let tiff = "image/tiff".parse().unwrap();
        let wanted = |channel| [WantedChannel { channel, policy: None }];
        let thumbs = complete(&wanted(DeliveryChannel::Thumbs), &defaults, &tiff).unwrap();
        assert_eq!(thumbs[0].policy, "default");
        let error = complete(&wanted(DeliveryChannel::IiifImg), &defaults, &tiff).unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{error}");
    }

    #[test]
    fn contradictory_wishes_are_refused() {
        let wish = |channels: &[DeliveryChannel]| {
            let wanted = channels.iter().map(|c| WantedChannel { channel: *c, policy: None });
            check_wanted(&wanted.collect::<Vec<_>>())
        };
        use DeliveryChannel::{File, None as Nothing, Thumbs};
        for refused in [&[][..], &[File, File], &[Nothing, File], &[Thumbs, File, Thumbs]] {
            assert!(matches!(wish(refused), Err(Error::Invalid(_))), "{refused:?}");
        }
        assert!(wish(&[Thumbs, File]).is_ok() && wish(&[Nothing]).is_ok());
    }
}
