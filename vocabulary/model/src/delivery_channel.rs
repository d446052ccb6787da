use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// One way in which an asset can be delivered; what exactly is made for it is said by a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum DeliveryChannel {
    /// The IIIF Image API.
    IiifImg,
    /// Images of the policy's sizes, made at ingest, and a level 0 service over them.
    Thumbs,
    /// Audio and video, transcoded.
    IiifAv,
    /// The bytes of the origin.
    File,
    /// Registered only.
    None,
}

/// The text names no delivery channel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a valid delivery channel")]
pub struct UnknownChannel(pub String);

impl DeliveryChannel {
    pub const ALL: [Self; 5] = [Self::IiifImg, Self::Thumbs, Self::IiifAv, Self::File, Self::None];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::IiifImg => "iiif-img",
            Self::Thumbs => "thumbs",
            Self::IiifAv => "iiif-av",
            Self::File => "file",
            Self::None => "none",
        }
    }
}

impl fmt::Display for DeliveryChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for DeliveryChannel {
    type Err = UnknownChannel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|channel| channel.as_str() == text);
        found.ok_or_else(|| UnknownChannel(text.to_owned()))
    }
}

impl TryFrom<String> for DeliveryChannel {
    type Error = UnknownChannel;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<DeliveryChannel> for &'static str {
    fn from(channel: DeliveryChannel) -> Self {
        channel.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_is_read_as_it_is_written() {
        for channel in DeliveryChannel::ALL {
            assert_eq!(channel.as_str().parse(), Ok(channel));
        }
    }

    #[test]
    fn channels_are_case_sensitive_as_the_dlcs_has_them() {
        assert!("IIIF-IMG".parse::<DeliveryChannel>().is_err());
    }
}
