use bytes::Bytes;
use iiif::image::Drawing;
use serde::{Deserialize, Serialize};

use crate::{Covering, Error, Pyramid};

/// How drawings are encoded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DrawSettings {
    /// 1 to 100.
    pub jpeg_quality: u8,
    /// 1 to 100.
    pub webp_quality: u8,
    /// 1 to 100.
    pub avif_quality: u8,
    /// How many times smaller a JPEG 2000 file is than its pixels.
    pub jp2_ratio: u8,
    /// The most memory that one drawing may take.
    pub max_bytes: u64,
}

impl Default for DrawSettings {
    fn default() -> Self {
        Self {
            jpeg_quality: 85,
            webp_quality: 80,
            avif_quality: 70,
            jp2_ratio: 12,
            max_bytes: 1 << 30,
        }
    }
}

/// Makes a picture from the tiles that cover it, read in the order of the covering.
pub fn draw(
    pyramid: &Pyramid,
    covering: &Covering,
    tiles: &[Bytes],
    drawing: &Drawing,
    settings: &DrawSettings,
) -> Result<Vec<u8>, Error> {
    let _ = (pyramid, covering, tiles, drawing, settings);
    todo!()
}
