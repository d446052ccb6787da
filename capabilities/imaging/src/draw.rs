use bytes::Bytes;
use iiif::image::{Drawing, Format, Quality};
use serde::{Deserialize, Serialize};

use crate::decode::Layout;
use crate::encode::{Produce, Sheet, encode};
use crate::steps::bitonal::bitonal;
use crate::steps::mirror::Mirror;
use crate::steps::region::Region;
use crate::steps::scale::{Emit, Scaler};
use crate::steps::turn::{Ground, turn};
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
///
/// The steps: decode the region at its level, scale, mirror, turn, quality, encode. Without a turn
/// or a threshold, rows run through all of them, so that a large answer isn't in memory as pixels.
pub fn draw(
    pyramid: &Pyramid,
    covering: &Covering,
    tiles: &[Bytes],
    drawing: &Drawing,
    settings: &DrawSettings,
) -> Result<Vec<u8>, Error> {
    check(pyramid, drawing, settings)?;
    let gray = Covering::is_gray(pyramid, drawing);
    let layout = if gray { Layout::Gray } else { Layout::Rgb };
    let mut region = Region::new(pyramid, covering, tiles, drawing.size, gray)?;
    finish(drawing, layout, settings, &mut |emit| scaled_rows(&mut region, drawing, layout, emit))
}

/// The steps that follow when a drawing has its size and is mirrored: turn, quality, encode.
pub(crate) fn finish(
    drawing: &Drawing,
    layout: Layout,
    settings: &DrawSettings,
    rows: Produce<'_>,
) -> Result<Vec<u8>, Error> {
    let is_bitonal = drawing.quality == Quality::Bitonal;
    let is_turned = drawing.rotation.degrees != 0.0;
    let sheet = Sheet { extent: drawing.size, layout, bitonal: is_bitonal };
    if !is_turned && !is_bitonal {
        return encode(drawing.format, sheet, settings, rows);
    }
    let picture = turn(sheet.collect(rows)?, drawing.rotation, ground(drawing))?;
    let picture = if is_bitonal { bitonal(picture) } else { picture };
    let sheet = Sheet { extent: picture.extent, layout: picture.layout, bitonal: is_bitonal };
    encode(drawing.format, sheet, settings, &mut |emit| emit(&picture.pixels))
}

/// The drawing before it is turned, row by row.
fn scaled_rows(
    region: &mut Region<'_>,
    drawing: &Drawing,
    layout: Layout,
    emit: Emit<'_>,
) -> Result<(), Error> {
    let channels = layout.channels();
    let mut scaler = Scaler::new(region.extent(), region.window(), drawing.size, channels);
    let mut mirror = Mirror::new(drawing, channels);
    region.each_band(&mut |band| scaler.push(band, &mut |rows| emit(mirror.rows(rows))))
}

/// Corners that a turned picture leaves free are transparent where the format can say so. Black and
/// white leave no room for it.
fn ground(drawing: &Drawing) -> Ground {
    match drawing.format {
        _ if drawing.quality == Quality::Bitonal => Ground::White,
        Format::Png | Format::Webp | Format::Gif | Format::Tif => Ground::Transparent,
        Format::Jpg | Format::Avif | Format::Jp2 | Format::Pdf => Ground::White,
    }
}

fn check(pyramid: &Pyramid, drawing: &Drawing, settings: &DrawSettings) -> Result<(), Error> {
    if drawing.source != pyramid.extent {
        return Err(Error::Pyramid("the drawing is of another image"));
    }
    admit(pyramid.memory_cost(drawing), settings)
}

/// Refuses a drawing that would take more memory than it may.
pub(crate) fn admit(cost: u64, settings: &DrawSettings) -> Result<(), Error> {
    if cost > settings.max_bytes {
        let most = settings.max_bytes >> 20;
        let needs = format!("this drawing takes {} MB of memory, of {most} MB", cost >> 20);
        return Err(Error::TooLarge(needs));
    }
    Ok(())
}
