//! A JPEG 2000 picture as a raster, decoded in bands that fit into memory.

use iiif::image::Rect;

use super::super::problem::{truncated, unsupported};
use super::super::raster::{Depth, Plan, Profile, Raster, Samples, Space, check_extent};
use super::super::rows::SourceFacts;
use super::super::source::Source as Bytes;
use super::boxes::{Boxes, Colour};
use super::codec::{Codec, Plane};
use super::samples::{Roles, Source, from_ycc, unassociate};
use super::siz::Siz;
use crate::{Error, Limits};

/// What a band may take of memory. Larger bands waste less work at their edges.
const BUDGET: u64 = 320 << 20;
/// OpenJPEG's and our own bytes for a sample.
const BYTES_PER_SAMPLE: u64 = 12;
/// Shorter bands would decode the same code blocks again and again.
const LEAST_ROWS: u64 = 128;

pub(in super::super) fn open(source: Bytes, limits: &Limits) -> Result<Box<dyn Raster>, Error> {
    let opened = Opened::read(source, limits)?;
    let whole = Rect::whole(opened.plan.extent);
    Ok(Box::new(Picture::part(&opened, 0, whole, limits)?))
}

/// What the file says before its first tile.
pub(super) struct Opened {
    pub(super) source: Bytes,
    pub(super) codestream: (u64, u64),
    pub(super) siz: Siz,
    pub(super) plan: Plan,
    look: Look,
}

impl Opened {
    pub(super) fn read(source: Bytes, limits: &Limits) -> Result<Self, Error> {
        let bare = source.head(4)? == [0xff, 0x4f, 0xff, 0x51];
        let boxes = if bare {
            Boxes { codestream: (0, source.len()), ..Boxes::default() }
        } else {
            Boxes::read(&source)?
        };
        let siz = Siz::read(&source, boxes.codestream.0)?;
        let extent = check_extent(siz.w().into(), siz.h().into(), limits)?;
        let look = Look::new(&boxes, &siz)?;
        let bits = siz.components.iter().map(|component| component.bits).max().unwrap_or(8);
        let profile = match &boxes.colour {
            Some(Colour::Icc(icc)) => Profile::Icc(icc.clone()),
            _ => Profile::None,
        };
        let facts = SourceFacts {
            format: "JPEG 2000".into(),
            media_type: if bare { "image/j2c".into() } else { "image/jp2".into() },
            frames: 1,
            bits: bits as u8,
            channels: siz.components.len().min(255) as u8,
            had_icc: matches!(profile, Profile::Icc(_)),
            orientation: 1,
            extent,
            notes: Vec::new(),
        };
        let plan = Plan {
            extent,
            space: look.space,
            alpha: look.alpha,
            depth: if look.wide { Depth::Sixteen } else { Depth::Eight },
            profile,
            orientation: 1,
            facts,
        };
        Ok(Self { source, codestream: boxes.codestream, siz, plan, look })
    }
}

/// How channels become colours.
#[derive(Clone)]
struct Look {
    space: Space,
    alpha: bool,
    premultiplied: bool,
    ycc: bool,
    wide: bool,
    sources: Vec<Source>,
}

impl Look {
    fn new(boxes: &Boxes, siz: &Siz) -> Result<Self, Error> {
        let mut roles = Roles::of(boxes, siz);
        let listed = match boxes.colour {
            Some(Colour::Listed(number)) => Some(number),
            _ => None,
        };
        // CMYK has four colours, which would else be taken for three and an opacity.
        let inks = listed == Some(12) || icc_space(boxes) == Some(*b"CMYK");
        if inks && roles.colors.len() == 3 && boxes.definitions.is_empty() {
            roles.colors.extend(roles.alpha.take());
        }
        let coarse = |i: usize| siz.components.get(i).is_some_and(|c| (c.dx, c.dy) != (1, 1));
        let three = roles.colors.len() >= 3;
        let ycc = three && (listed == Some(18) || listed.is_none() && coarse(1) && coarse(2));
        let space = match roles.colors.len() {
            0 => return Err(unsupported("a JPEG 2000 without colours")),
            1 | 2 => Space::Gray,
            4.. if inks => Space::Cmyk,
            _ if listed == Some(14) => return Err(unsupported("a JPEG 2000 with Lab colours")),
            _ => Space::Rgb,
        };
        roles.colors.truncate(space.channels());
        let palette = boxes.palette.as_ref();
        let channels: Vec<_> = roles.colors.iter().chain(&roles.alpha).copied().collect();
        let wide = channels.iter().any(|channel| Source::bits(*channel, siz, palette) > 8);
        let source = |channel| {
            Source::new(channel, siz, palette, wide)
                .ok_or_else(|| unsupported("a JPEG 2000 whose palette makes no sense"))
        };
        Ok(Self {
            space,
            alpha: roles.alpha.is_some(),
            premultiplied: roles.premultiplied,
            ycc,
            wide,
            sources: channels.into_iter().map(source).collect::<Result<_, _>>()?,
        })
    }

    /// A row of whole pixels, `y` on the grid.
    fn row(&self, planes: &[Plane], siz: &Siz, y: u32, out: &mut [u16]) {
        let n = self.sources.len();
        for (i, source) in self.sources.iter().enumerate() {
            source.row(planes, siz.x0, y, self.wide, &mut out[i..], n);
        }
        if self.ycc {
            from_ycc(out, n, self.wide);
        }
        if self.premultiplied {
            unassociate(out, n, self.wide);
        }
    }
}

/// The kind of colours that a profile is for.
fn icc_space(boxes: &Boxes) -> Option<[u8; 4]> {
    match &boxes.colour {
        Some(Colour::Icc(icc)) => icc.get(16..20)?.try_into().ok(),
        _ => None,
    }
}

/// All rows at once if they fit, else rows of tiles, else as many as fit.
fn band_rows(siz: &Siz, limits: &Limits) -> Result<u32, Error> {
    let row = u64::from(siz.w()) * siz.components.len() as u64 * BYTES_PER_SAMPLE;
    let fit = BUDGET.min(limits.max_bytes) / row.max(1);
    if fit < LEAST_ROWS.min(siz.h().into()) && row * LEAST_ROWS > limits.max_bytes {
        return Err(unsupported("a JPEG 2000 too wide to be decoded within the limits"));
    }
    let fit = u32::try_from(fit.max(LEAST_ROWS)).unwrap_or(u32::MAX);
    Ok(if fit >= siz.h() || fit < siz.tile_h { fit } else { fit / siz.tile_h * siz.tile_h })
}

pub(super) struct Picture {
    plan: Plan,
    look: Look,
    source: Bytes,
    codestream: (u64, u64),
    /// Of the part that is shown, halved.
    siz: Siz,
    /// How often it is halved, and where the grid ends that is not.
    reduce: u8,
    ends: (u32, u32),
    band_rows: u32,
    codec: Option<Codec>,
    planes: Vec<Plane>,
    /// The next row on the grid, and the row after the band.
    y: u32,
    end: u32,
    line: Vec<u16>,
}

impl Picture {
    /// The part counts from the top left of the image once it is halved; it lies inside of it.
    pub(super) fn part(
        opened: &Opened,
        reduce: u8,
        part: Rect,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let mut siz = opened.siz.reduced(reduce);
        (siz.x0, siz.y0) = (siz.x0 + part.x, siz.y0 + part.y);
        (siz.x1, siz.y1) = (siz.x0 + part.w, siz.y0 + part.h);
        Ok(Self {
            plan: Plan { extent: part.extent(), ..opened.plan.clone() },
            look: opened.look.clone(),
            source: opened.source.clone(),
            codestream: opened.codestream,
            reduce,
            ends: (opened.siz.x1, opened.siz.y1),
            band_rows: band_rows(&siz, limits)?,
            codec: None,
            planes: Vec::new(),
            y: siz.y0,
            end: siz.y0,
            line: Vec::new(),
            siz,
        })
    }

    fn next_row(&mut self) -> Result<&[u16], Error> {
        if self.y == self.end {
            self.decode_band()?;
        }
        self.line.resize(self.plan.row(), 0);
        self.look.row(&self.planes, &self.siz, self.y, &mut self.line);
        self.y += 1;
        Ok(&self.line)
    }

    fn decode_band(&mut self) -> Result<(), Error> {
        if self.y >= self.siz.y1 {
            return Err(truncated());
        }
        // Bands begin where tiles do, so that no tile is decoded twice.
        let from_tiles = (self.y - self.siz.tile_y0) % self.band_rows;
        let end = self.y.saturating_add(self.band_rows - from_tiles).min(self.siz.y1);
        self.planes.clear();
        let mut codec = match self.codec.take() {
            Some(codec) => codec,
            None => Codec::open(&self.source, self.codestream, self.reduce)?,
        };
        let full = |side: u32, most: u32| side.saturating_mul(1 << self.reduce).min(most);
        let (x1, y1) = self.ends;
        let Siz { x0, x1: right, .. } = self.siz;
        let area = [full(x0, x1), full(self.y, y1), full(right, x1), full(end, y1)];
        self.planes = codec.decode(&self.siz, area)?;
        // Only codestreams of one tile can go on where they are.
        if self.siz.tiles == 1 && end < self.siz.y1 {
            self.codec = Some(codec);
        }
        self.end = end;
        Ok(())
    }
}

impl Raster for Picture {
    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn read(&mut self, band: Samples<'_>) -> Result<(), Error> {
        let row = self.plan.row();
        match band {
            Samples::Eight(out) => {
                for out in out.chunks_exact_mut(row) {
                    let line = self.next_row()?;
                    out.iter_mut().zip(line).for_each(|(place, level)| *place = *level as u8);
                }
            }
            Samples::Sixteen(out) => {
                for out in out.chunks_exact_mut(row) {
                    out.copy_from_slice(self.next_row()?);
                }
            }
        }
        Ok(())
    }
}

/// A codestream inside another file: samples as they are, or as colours if they are YCbCr.
pub(in super::super) struct Tile {
    siz: Siz,
    planes: Vec<Plane>,
    sources: Vec<Source>,
    y: u32,
    ycc: bool,
}

impl Tile {
    pub(in super::super) fn decode(
        bytes: Vec<u8>,
        ycc: bool,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let end = bytes.len() as u64;
        let source = Bytes::from_bytes(bytes);
        let siz = Siz::read(&source, 0)?;
        check_extent(siz.w().into(), siz.h().into(), limits)?;
        let cost = u64::from(siz.w()) * u64::from(siz.h()) * siz.components.len() as u64;
        if cost.saturating_mul(BYTES_PER_SAMPLE) > limits.max_bytes {
            return Err(unsupported("a JPEG 2000 tile too large to be decoded within the limits"));
        }
        let planes =
            Codec::open(&source, (0, end), 0)?.decode(&siz, [siz.x0, siz.y0, siz.x1, siz.y1])?;
        let roles = Roles::of(&Boxes::default(), &siz);
        let channels = roles.colors.iter().chain(&roles.alpha).copied();
        let wide = siz.components.iter().any(|component| component.bits > 8);
        let sources =
            channels.filter_map(|channel| Source::new(channel, &siz, None, wide)).collect();
        let y = siz.y0;
        Ok(Self { ycc: ycc && siz.components.len() >= 3, siz, planes, sources, y })
    }

    pub(in super::super) fn w(&self) -> u32 {
        self.siz.w()
    }

    pub(in super::super) fn samples(&self) -> usize {
        self.sources.len()
    }

    pub(in super::super) fn is_wide(&self) -> bool {
        self.siz.components.iter().any(|component| component.bits > 8)
    }

    /// The next row, chunky, of 8 or of 16 bits.
    pub(in super::super) fn row(&mut self, out: &mut [u16]) -> Result<(), Error> {
        if self.y >= self.siz.y1 {
            return Err(truncated());
        }
        let (n, wide) = (self.sources.len(), self.is_wide());
        for (i, source) in self.sources.iter().enumerate() {
            source.row(&self.planes, self.siz.x0, self.y, wide, &mut out[i..], n);
        }
        if self.ycc {
            from_ycc(out, n, wide);
        }
        self.y += 1;
        Ok(())
    }
}
