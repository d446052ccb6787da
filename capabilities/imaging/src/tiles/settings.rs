use iiif::image::Format;
use serde::{Deserialize, Serialize};

use crate::{Chroma, Error, Limits};

/// How an image is cut.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TileSettings {
    /// The side of a tile.
    pub tile: u32,
    /// Of whatever is encoded, 1 to 100.
    pub quality: u8,
    pub chroma: Chroma,
    pub shape: Shape,
    /// Of the tiles; whole images are JPEG.
    pub format: TileFormat,
    /// The longest edge of the largest whole image.
    pub largest: u32,
    /// One is a single pipeline on the caller's thread.
    pub threads: usize,
    pub limits: Limits,
}

/// Which levels there are, and what is made of each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// Tiles down to the level that is one tile, and every level as a whole, down to a thumbnail.
    Iiif,
    /// Tiles of all levels down to one pixel.
    DeepZoom,
    /// Tiles of so many levels, the image as a whole, and fitted into squares, enlarged if need be.
    Fitted { levels: u32, squares: Vec<u32> },
}

/// What tiles are encoded in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TileFormat {
    #[default]
    Jpg,
    Webp,
    /// The smallest, and by far the slowest.
    Avif,
}

impl TileFormat {
    pub fn format(self) -> Format {
        match self {
            Self::Jpg => Format::Jpg,
            Self::Webp => Format::Webp,
            Self::Avif => Format::Avif,
        }
    }
}

impl Default for TileSettings {
    fn default() -> Self {
        Self {
            tile: 512,
            quality: 80,
            chroma: Chroma::Half,
            shape: Shape::Iiif,
            format: TileFormat::Jpg,
            largest: u32::MAX,
            threads: 1,
            limits: Limits::default(),
        }
    }
}

impl TileSettings {
    /// What can't work, said before any image is opened.
    pub fn check(&self) -> Result<(), Error> {
        if !(64..=4096).contains(&self.tile) || !self.tile.is_multiple_of(16) {
            let tile = self.tile;
            return Err(Error::Settings(format!(
                "tiles of {tile} pixels: take a multiple of 16 from 64 to 4096"
            )));
        }
        if !(1..=100).contains(&self.quality) {
            return Err(Error::Settings(format!("quality {}: take 1 to 100", self.quality)));
        }
        if self.largest < self.tile {
            return Err(Error::Settings(format!(
                "a largest whole image of {}: take a tile's side, {}, or more",
                self.largest, self.tile
            )));
        }
        Ok(())
    }
}
