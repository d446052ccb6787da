use catalogue::{Change, ChannelChoice, WantedChannel};
use model::{DeliveryChannel, MediaType};
use serde_json::Value;

use crate::{fields::Fields, references::last_segment};

const NAME: &str = "deliveryChannels";
/// What may be asked for: the channels, and the word that stands for the defaults.
const KNOWN: &str = "file,iiif-av,iiif-img,thumbs,none,default";
const DEFAULT: &str = "default";
const MAX_POLICY: usize = 500;

/// Reads `deliveryChannels`: objects with `channel` and `policy`, or bare names; `null` keeps what there is.
pub(super) fn channels(
    fields: &mut Fields,
    media_type: Option<&MediaType>,
) -> Change<ChannelChoice> {
    let members = match fields.take(NAME) {
        None => return Change::Keep,
        Some(Value::Array(members)) => members,
        Some(member) => vec![member],
    };
    match choice(members, media_type) {
        Ok(choice) => Change::Set(choice),
        Err(fault) => {
            fields.fault(fault);
            Change::Keep
        }
    }
}

fn choice(members: Vec<Value>, media_type: Option<&MediaType>) -> Result<ChannelChoice, String> {
    if members.is_empty() {
        return Err(format!("'{NAME}' cannot be an empty array"));
    }
    let mut named = Vec::new();
    for (name, policy) in members.into_iter().map(member).collect::<Result<Vec<_>, _>>()? {
        if named.iter().any(|(other, _)| *other == name) {
            return Err(format!("'{NAME}' cannot contain duplicate channels."));
        }
        named.push((name, policy));
    }
    let is_alone = |name: &str| name == DEFAULT || name == DeliveryChannel::None.as_str();
    if named.len() > 1 && named.iter().any(|(name, _)| is_alone(name)) {
        return Err("If one of 'none, default' is a specified channel, then no other delivery \
                    channels are allowed"
            .to_owned());
    }
    if named.iter().any(|(name, _)| name == DEFAULT) {
        return Ok(ChannelChoice::Defaults);
    }
    let wanted = named.into_iter().map(|(name, policy)| wanted(&name, policy, media_type));
    Ok(ChannelChoice::These(wanted.collect::<Result<_, _>>()?))
}

fn wanted(
    name: &str,
    policy: Option<String>,
    media_type: Option<&MediaType>,
) -> Result<WantedChannel, String> {
    let channel = name.parse::<DeliveryChannel>();
    let channel = channel.map_err(|_| format!("DeliveryChannel must be one of {KNOWN}"))?;
    match media_type.filter(|media_type| !media_type.suits(channel)) {
        None => Ok(WantedChannel { channel, policy }),
        Some(media_type) => Err(format!(
            "'{channel}' is not a valid delivery channel for asset of type '{media_type}'"
        )),
    }
}

/// The channel's name and its policy's.
fn member(member: Value) -> Result<(String, Option<String>), String> {
    if let Value::String(name) = member {
        return Ok((name.trim().to_owned(), None));
    }
    let Value::Object(object) = member else {
        return Err(format!("'{NAME}' must be a list of objects with 'channel' and 'policy'"));
    };
    let mut fields = Fields::new(object);
    let channel = fields.text("channel").unwrap_or_default().trim().to_owned();
    if channel.is_empty() {
        return Err(
            "'channel' must be specified when supplying delivery channels to an asset".to_owned()
        );
    }
    let policy = fields.text_up_to("policy", 4000);
    fields.finish().map_err(|error| error.to_string())?;
    Ok((channel, policy.as_deref().map(policy_name).transpose()?.flatten()))
}

/// A policy is named bare or by its address, of which the last segment counts.
fn policy_name(text: &str) -> Result<Option<String>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    match last_segment(text).filter(|name| name.len() <= MAX_POLICY) {
        Some(name) => Ok(Some(name)),
        None => Err("'policy' must be the name of a policy".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: Value) -> Result<ChannelChoice, String> {
        let image = "image/tiff".parse().unwrap();
        let Value::Object(object) = json!({ "DeliveryChannels": value }) else { unreachable!() };
        let mut fields = Fields::new(object);
        let change = channels(&mut fields, Some(&image));
        fields.finish().map_err(|error| error.to_string())?;
        match change {
            Change::Set(choice) => Ok(choice),
            Change::Keep | Change::Clear => Err("kept".to_owned()),
        }
    }

    fn these(wanted: &[(DeliveryChannel, Option<&str>)]) -> ChannelChoice {
        let wanted = wanted.iter().map(|(channel, policy)| WantedChannel {
            channel: *channel,
            policy: policy.map(str::to_owned),
        });
        ChannelChoice::These(wanted.collect())
    }

    #[test]
    fn channels_are_read_in_every_form() {
        use DeliveryChannel::{IiifImg, Thumbs};
        let uri = "https://api.example.org/customers/7/deliveryChannelPolicies/thumbs/my%20own";
        for (value, choice) in [
            (json!(["iiif-img", "thumbs"]), these(&[(IiifImg, None), (Thumbs, None)])),
            (json!("iiif-img"), these(&[(IiifImg, None)])),
            (json!({"channel": "iiif-img", "policy": null}), these(&[(IiifImg, None)])),
            (
                json!([{"@type": "vocab:DeliveryChannel", "Channel": "iiif-img", "policy": "use-original"}]),
                these(&[(IiifImg, Some("use-original"))]),
            ),
            (json!([{"channel": "thumbs", "policy": uri}]), these(&[(Thumbs, Some("my own"))])),
            (json!([{"channel": "thumbs", "policy": ""}]), these(&[(Thumbs, None)])),
            (json!(["default"]), ChannelChoice::Defaults),
            (json!(["none"]), these(&[(DeliveryChannel::None, None)])),
        ] {
            assert_eq!(read(value.clone()), Ok(choice), "{value}");
        }
        assert_eq!(read(json!(null)), Err("kept".to_owned()));
    }

    #[test]
    fn what_the_dlcs_refuses_is_refused_in_its_words() {
        let alone = "If one of 'none, default' is a specified channel, then no other delivery \
                     channels are allowed";
        for (value, reason) in [
            (json!([]), "'deliveryChannels' cannot be an empty array"),
            (
                json!([{"policy": "x"}]),
                "'channel' must be specified when supplying delivery channels to an asset",
            ),
            (
                json!(["file", {"channel": "file"}]),
                "'deliveryChannels' cannot contain duplicate channels.",
            ),
            (json!(["none", "file"]), alone),
            (json!(["default", "file"]), alone),
            (
                json!(["carrier-pigeon"]),
                "DeliveryChannel must be one of file,iiif-av,iiif-img,thumbs,none,default",
            ),
            (
                json!(["iiif-av"]),
                "'iiif-av' is not a valid delivery channel for asset of type 'image/tiff'",
            ),
            (
                json!([7]),
                "'deliveryChannels' must be a list of objects with 'channel' and 'policy'",
            ),
            (
                json!([{"channel": {}}]),
                "'channel' must be specified when supplying delivery channels to an asset",
            ),
            (json!([{"channel": "thumbs", "policy": []}]), "'policy' must be a text"),
            (
                json!([{"channel": "thumbs", "policy": "%00"}]),
                "'policy' must be the name of a policy",
            ),
        ] {
            assert_eq!(read(value.clone()), Err(reason.to_owned()), "{value}");
        }
    }
}
