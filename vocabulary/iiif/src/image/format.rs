use std::fmt;

use serde::{Deserialize, Serialize};

/// The file format of an answer, named by the extension in the URL.
///
/// These are the words; which of them an image is offered in is the server's choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Jpg,
    Png,
    Webp,
    Gif,
    Tif,
    Avif,
    Jp2,
    Pdf,
}

impl Format {
    pub const ALL: [Self; 8] =
        [Self::Jpg, Self::Png, Self::Webp, Self::Gif, Self::Tif, Self::Avif, Self::Jp2, Self::Pdf];

    pub(super) const ACCEPTED: &str = "jpg, png, webp, gif, tif, avif, jp2 or pdf";

    /// Lower case alone, and `jpeg` is not a format.
    pub fn from_extension(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.extension() == text)
    }

    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Tif => "tif",
            Self::Avif => "avif",
            Self::Jp2 => "jp2",
            Self::Pdf => "pdf",
        }
    }

    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Tif => "image/tiff",
            Self::Avif => "image/avif",
            Self::Jp2 => "image/jp2",
            Self::Pdf => "application/pdf",
        }
    }

    /// The longest edge that a file of this format can have.
    pub const fn longest_edge(self) -> u32 {
        match self {
            // The format goes to 65,535, but libjpeg stops here. A PDF holds a JPEG.
            Self::Jpg | Self::Pdf => 65_500,
            Self::Webp => 16_383,
            Self::Gif | Self::Avif => 65_535,
            Self::Png => i32::MAX as u32,
            Self::Tif | Self::Jp2 => u32::MAX,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.extension())
    }
}
