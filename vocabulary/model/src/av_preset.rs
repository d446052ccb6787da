use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What audio and video can be transcoded to, by the names that the DLCS gives it; the HLS ones are ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum AvPreset {
    Mp4At720,
    Mp4At1080,
    Mp3At128,
    Mp3At192,
    HlsAt720,
    HlsAt1080,
}

/// The text names no preset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no preset for audio and video")]
pub struct UnknownPreset(pub String);

/// How the bytes of a transcode lie in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AvForm {
    /// Pictures and sound in one file.
    Mp4,
    /// Sound alone.
    Mp3,
    /// A playlist, and one file of segments beside it.
    Hls,
}

impl AvPreset {
    pub const ALL: [Self; 6] = [
        Self::Mp4At720,
        Self::Mp4At1080,
        Self::Mp3At128,
        Self::Mp3At192,
        Self::HlsAt720,
        Self::HlsAt1080,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mp4At720 => "video-mp4-720p",
            Self::Mp4At1080 => "video-mp4-1080p",
            Self::Mp3At128 => "audio-mp3-128",
            Self::Mp3At192 => "audio-mp3-192",
            Self::HlsAt720 => "video-hls-720p",
            Self::HlsAt1080 => "video-hls-1080p",
        }
    }

    pub const fn form(self) -> AvForm {
        match self {
            Self::Mp4At720 | Self::Mp4At1080 => AvForm::Mp4,
            Self::Mp3At128 | Self::Mp3At192 => AvForm::Mp3,
            Self::HlsAt720 | Self::HlsAt1080 => AvForm::Hls,
        }
    }
}

impl AvForm {
    /// What the address of a transcode ends in.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Mp3 => "mp3",
            Self::Hls => "m3u8",
        }
    }

    /// The file beside a playlist that holds its segments; each is a range of it.
    pub const fn segments(self) -> Option<&'static str> {
        match self {
            Self::Mp4 | Self::Mp3 => None,
            Self::Hls => Some("default.m4s"),
        }
    }

    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Mp4 => "video/mp4",
            Self::Mp3 => "audio/mpeg",
            Self::Hls => "application/vnd.apple.mpegurl",
        }
    }
}

impl fmt::Display for AvPreset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for AvPreset {
    type Err = UnknownPreset;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|preset| preset.as_str() == text);
        found.ok_or_else(|| UnknownPreset(text.to_owned()))
    }
}

impl TryFrom<String> for AvPreset {
    type Error = UnknownPreset;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<AvPreset> for &'static str {
    fn from(preset: AvPreset) -> Self {
        preset.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_read_as_it_is_written() {
        for preset in AvPreset::ALL {
            assert_eq!(preset.as_str().parse(), Ok(preset));
        }
        assert!("mp4".parse::<AvPreset>().is_err());
    }
}
