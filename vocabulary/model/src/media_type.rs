use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::DeliveryChannel;

/// What kind of bytes an asset is: `type/subtype`, in lower case, without parameters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MediaType(String);

/// The text is no media type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a media type such as image/jpeg")]
pub struct InvalidMediaType(pub String);

/// The DLCS's coarse kind of an asset: image, time-based or file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Family {
    #[serde(rename = "I")]
    Image,
    #[serde(rename = "T")]
    TimeBased,
    #[serde(rename = "F")]
    File,
}

impl MediaType {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_image(&self) -> bool {
        self.0.starts_with("image/")
    }

    pub fn is_audio_or_video(&self) -> bool {
        self.0.starts_with("audio/") || self.0.starts_with("video/")
    }

    /// May an asset of this type be delivered over `channel`?
    pub fn suits(&self, channel: DeliveryChannel) -> bool {
        match channel {
            DeliveryChannel::IiifImg | DeliveryChannel::Thumbs => self.is_image(),
            DeliveryChannel::IiifAv => self.is_audio_or_video(),
            DeliveryChannel::File | DeliveryChannel::None => true,
        }
    }

    /// Is this type covered by a pattern of a default delivery channel: `*`, `image/*`, `image/jpeg`?
    pub fn matches(&self, pattern: &str) -> bool {
        match pattern.strip_suffix('*') {
            Some(start) => self.0.starts_with(start),
            None => self.0 == pattern,
        }
    }

    /// The type that a file's name suggests; for clients of the days before `mediaType`.
    pub fn from_extension(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        let extension = extension.to_ascii_lowercase();
        let found = EXTENSIONS.iter().find(|(known, _)| *known == extension);
        found.map(|(_, media_type)| Self((*media_type).to_owned()))
    }

    /// How the names of such files end.
    pub fn extension(&self) -> Option<&'static str> {
        let found = EXTENSIONS.iter().find(|(_, media_type)| *media_type == self.0);
        found.map(|(extension, _)| *extension)
    }
}

/// The usual one of a type first.
const EXTENSIONS: [(&str, &str); 23] = [
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("jp2", "image/jp2"),
    ("j2k", "image/jp2"),
    ("jpx", "image/jp2"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("png", "image/png"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("bmp", "image/bmp"),
    ("avif", "image/avif"),
    ("heic", "image/heic"),
    ("heif", "image/heic"),
    ("pdf", "application/pdf"),
    ("mp3", "audio/mpeg"),
    ("wav", "audio/wav"),
    ("flac", "audio/flac"),
    ("mp4", "video/mp4"),
    ("m4v", "video/mp4"),
    ("mov", "video/quicktime"),
    ("webm", "video/webm"),
    ("mkv", "video/x-matroska"),
];

impl Family {
    /// The family follows from what is made of the asset, else from what it is.
    pub fn of(media_type: &MediaType, channels: &[DeliveryChannel]) -> Self {
        if channels.contains(&DeliveryChannel::IiifImg) {
            Self::Image
        } else if channels.contains(&DeliveryChannel::IiifAv) {
            Self::TimeBased
        } else if media_type.is_image() {
            Self::Image
        } else if media_type.is_audio_or_video() {
            Self::TimeBased
        } else {
            Self::File
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "I",
            Self::TimeBased => "T",
            Self::File => "F",
        }
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for MediaType {
    type Err = InvalidMediaType;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let is_token = |part: &str| {
            let allowed = |b: u8| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b);
            !part.is_empty() && part.len() <= 127 && part.bytes().all(allowed)
        };
        match essence.split_once('/') {
            Some((kind, subtype)) if is_token(kind) && is_token(subtype) => Ok(Self(essence)),
            _ => Err(InvalidMediaType(text.chars().take(100).collect())),
        }
    }
}

impl TryFrom<String> for MediaType {
    type Error = InvalidMediaType;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<MediaType> for String {
    fn from(media_type: MediaType) -> Self {
        media_type.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media_type(text: &str) -> MediaType {
        text.parse().unwrap()
    }

    #[test]
    fn parameters_and_case_do_not_matter() {
        assert_eq!(media_type("Image/JPEG; q=1").as_str(), "image/jpeg");
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "image", "image/", "/jpeg", "image/*", "a b/c", "image/jp/eg"] {
            assert!(text.parse::<MediaType>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn patterns_cover_types() {
        let jpeg = media_type("image/jpeg");
        for (pattern, covers) in [
            ("*", true),
            ("image/*", true),
            ("image/jpeg", true),
            ("image/jp", false),
            ("video/*", false),
        ] {
            assert_eq!(jpeg.matches(pattern), covers, "{pattern}");
        }
    }

    #[test]
    fn the_family_follows_the_channels_then_the_type() {
        use DeliveryChannel::{File, IiifAv, IiifImg};
        for (text, channels, family) in [
            ("image/tiff", &[IiifImg][..], Family::Image),
            ("image/tiff", &[File], Family::Image),
            ("video/mp4", &[IiifAv, File], Family::TimeBased),
            ("audio/mpeg", &[File], Family::TimeBased),
            ("application/pdf", &[File], Family::File),
        ] {
            assert_eq!(Family::of(&media_type(text), channels), family, "{text}");
        }
    }

    #[test]
    fn extensions_suggest_types() {
        assert_eq!(MediaType::from_extension("a/b/page.TIF"), Some(media_type("image/tiff")));
        assert_eq!(media_type("image/tiff").extension(), Some("tif"));
        assert_eq!(media_type("text/plain").extension(), None);
        assert_eq!(MediaType::from_extension("noextension"), None);
        assert_eq!(MediaType::from_extension("archive.xyz"), None);
    }
}
