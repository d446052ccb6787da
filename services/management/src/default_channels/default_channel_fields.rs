use catalogue::DefaultChannelFields;
use model::DeliveryChannel;

use crate::{error::Error, fields::Fields, references::last_segment};

/// What a body says of a default delivery channel; in PUT as in POST it says everything.
pub(super) fn default_channel_fields(mut fields: Fields) -> Result<DefaultChannelFields, Error> {
    let mut required = |name: &str, fault: &str| {
        let text = fields.text(name).map(|text| text.trim().to_owned());
        let text = text.filter(|text| !text.is_empty());
        if text.is_none() {
            fields.fault(fault);
        }
        text.unwrap_or_default()
    };
    let channel = required("channel", "A channel is required");
    let policy = required("policy", "A policy is required");
    let media_type = required("mediaType", "A media type is required").to_ascii_lowercase();
    if media_type.contains('?') {
        fields.fault("'?' is a forbidden character");
    }
    fields.finish()?;
    let channel = channel.parse::<DeliveryChannel>();
    let channel = channel.map_err(|unknown| Error::invalid(unknown.to_string()))?;
    let policy = last_segment(&policy).ok_or_else(|| Error::invalid("A policy is required"))?;
    Ok(DefaultChannelFields { media_type, channel, policy })
}
