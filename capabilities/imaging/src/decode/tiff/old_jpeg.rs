//! JPEG as TIFF 6.0 first had it, which every writer understood in its own way.
//!
//! Either a whole JPEG stream lies at JPEGInterchangeFormat, or its tables lie about the file and its
//! data is in the strips: then a head is written for it. Tiles side by side, and streams that are spread over the
//! file in other ways, are refused.

use std::io::{Cursor, Read};
use std::sync::Arc;

use super::super::jpeg::Closed;
use super::super::problem::{damaged, unsupported};
use super::super::raster::{Depth, Plan, Profile, Raster, Samples, Space};
use super::super::source::Source;
use super::codec::{Jpeg, Recipe, Unpack};
use super::ifd::{Directory, Tiff};
use super::layout::{Layout, Photometric};
use super::plane::Chunks;
use super::ycbcr::YCbCr;
use super::{page, tags};
use crate::{Error, Limits};

/// Tables and heads are never longer.
const MAX_HEAD: u64 = 1 << 16;

pub(super) fn open(
    tiff: &Tiff,
    directory: &Directory,
    mut layout: Layout,
    chunks: Option<Chunks>,
    limits: &Limits,
) -> Result<Box<dyn Raster>, Error> {
    let facts = page::facts(tiff, directory, &layout)?;
    let space = match layout.together() {
        1 => Space::Gray,
        3 if layout.photometric == Photometric::Rgb => Space::Rgb,
        _ => return Err(unsupported("an old-style JPEG TIFF of other than grey or colours")),
    };
    let stream = match whole_stream(directory, &tiff.source)? {
        Some(start) => {
            let section = tiff.source.section(start, u64::MAX);
            Closed::open(section, limits)?
        }
        None if layout.grid.across > 1 => {
            return Err(unsupported("an old-style JPEG TIFF in tiles"));
        }
        None => {
            let chunks =
                chunks.ok_or_else(|| damaged("the TIFF doesn't say where its pixels are"))?;
            put_together(directory, &tiff.source, &layout, chunks, limits)?
        }
    };
    let (is, says) = (stream.header().extent, layout.extent);
    if is.h < says.h {
        return Err(damaged(format!("the JPEG in the TIFF is {is} pixels, not {says}")));
    }
    let plan = Plan {
        extent: layout.extent,
        space,
        alpha: false,
        depth: Depth::Eight,
        profile: page::profile(directory).map_or(Profile::None, Profile::Icc),
        orientation: facts.orientation,
        facts,
    };
    let w = layout.extent.w;
    // libjpeg's conversion knows only the full range; others are converted here.
    let ycbcr = match layout.chroma_inside && directory.has(tags::REFERENCE_BLACK_WHITE) {
        true => Some(YCbCr::read(directory)?),
        false => None,
    };
    layout.chroma_inside &= ycbcr.is_none();
    let recipe = Recipe {
        layout: Arc::new(layout),
        fax: Default::default(),
        jpeg_tables: None,
        limits: limits.clone(),
    };
    let jpeg = Jpeg::new(stream, &recipe, None, w)?;
    Ok(Box::new(OldJpeg { plan, jpeg, ycbcr }))
}

struct OldJpeg {
    plan: Plan,
    jpeg: Jpeg,
    ycbcr: Option<YCbCr>,
}

impl Raster for OldJpeg {
    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn read(&mut self, band: Samples<'_>) -> Result<(), Error> {
        let Samples::Eight(out) = band else { return Ok(()) };
        self.jpeg.fill(out)?;
        if let Some(ycbcr) = &self.ycbcr {
            for pixel in out.chunks_exact_mut(3) {
                pixel.copy_from_slice(&ycbcr.bytes(pixel[0], pixel[1], pixel[2]));
            }
        }
        Ok(())
    }
}

/// Where a stream begins that goes from its start to its scan without a gap.
fn whole_stream(directory: &Directory, source: &Source) -> Result<Option<u64>, Error> {
    let Some(start) = directory.number(tags::JPEG_INTERCHANGE_FORMAT)? else { return Ok(None) };
    let mut at = start;
    let mut head = [0; 4];
    if source.read_exact(at, &mut head).is_err() || head[..2] != [0xff, 0xd8] {
        return Ok(None);
    }
    at += 2;
    loop {
        if source.read_exact(at, &mut head).is_err() || head[0] != 0xff {
            return Ok(None);
        }
        let len = u64::from(u16::from_be_bytes([head[2], head[3]]));
        match head[1] {
            // The strip follows its scan's head, wherever the table says it is.
            0xda => {
                let first = directory.number(tags::STRIP_OFFSETS)?;
                let end = at + 2 + len;
                let inside = |strip: u64| strip >= start && strip <= end;
                return Ok(first.or(Some(end)).filter(|strip| inside(*strip)).map(|_| start));
            }
            0xd9 => return Ok(None),
            _ => at += 2 + len,
        }
    }
}

/// A head made of the tables in the tags, and the data of all strips.
fn put_together(
    directory: &Directory,
    source: &Source,
    layout: &Layout,
    mut chunks: Chunks,
    limits: &Limits,
) -> Result<Closed, Error> {
    let head = head(directory, source, layout)?;
    let mut reader: Box<dyn Read + Send> = Box::new(Cursor::new(head));
    for strip in 0..layout.grid.down {
        if strip > 0 {
            let restart = [0xff, 0xd0 + ((strip - 1) % 8) as u8];
            reader = Box::new(reader.chain(Cursor::new(restart)));
        }
        let place = chunks.place(u64::from(strip), None)?;
        reader = Box::new(reader.chain(source.section(place.start, place.end)));
        if strip > 4096 {
            return Err(unsupported("an old-style JPEG TIFF in very many strips"));
        }
    }
    Closed::open(reader, limits)
}

fn head(directory: &Directory, source: &Source, layout: &Layout) -> Result<Vec<u8>, Error> {
    let n = layout.together();
    let tables = |tag| directory.numbers(tag, 4);
    let quantisers = tables(tags::JPEG_Q_TABLES)?;
    let (dc, ac) = (tables(tags::JPEG_DC_TABLES)?, tables(tags::JPEG_AC_TABLES)?);
    if quantisers.len() < n || dc.len() < n || ac.len() < n {
        return Err(unsupported("an old-style JPEG TIFF without its tables"));
    }
    let mut head = vec![0xff, 0xd8];
    for (i, at) in quantisers.iter().take(n).enumerate() {
        let body = [&[i as u8], source.bytes(*at, 64, MAX_HEAD)?.as_slice()].concat();
        segment(&mut head, 0xdb, &body);
    }
    for (class, places) in [(0, &dc), (0x10, &ac)] {
        for (i, at) in places.iter().take(n).enumerate() {
            let counts = source.bytes(*at, 16, MAX_HEAD)?;
            let values = counts.iter().map(|count| u64::from(*count)).sum();
            let values = source.bytes(at + 16, values, MAX_HEAD)?;
            segment(&mut head, 0xc4, &[&[class | i as u8], &counts[..], &values].concat());
        }
    }
    let factors = directory.numbers(tags::YCBCR_SUBSAMPLING, 2)?;
    let (across, down) = match factors[..] {
        [h @ 1..=4, v @ 1..=4] => (h as u8, v as u8),
        _ => (2, 2),
    };
    let sampling = if n == 3 && layout.chroma_inside { (across, down) } else { (1, 1) };
    let grid = layout.grid;
    let rows = if grid.tiled { grid.h.saturating_mul(grid.down) } else { layout.extent.h };
    let (w, h) = (short(grid.w)?, short(rows)?);
    let mut frame = vec![8, h[0], h[1], w[0], w[1], n as u8];
    let mut scan = vec![n as u8];
    for i in 0..n as u8 {
        let (h, v) = if i == 0 { sampling } else { (1, 1) };
        frame.extend([i + 1, h << 4 | v, i]);
        scan.extend([i + 1, i << 4 | i]);
    }
    segment(&mut head, 0xc0, &frame);
    let interval = restart_interval(directory, layout, sampling)?;
    if interval > 0 {
        segment(&mut head, 0xdd, &(interval as u16).to_be_bytes());
    }
    scan.extend([0, 63, 0]);
    segment(&mut head, 0xda, &scan);
    Ok(head)
}

/// Blocks between restarts: as the tag says, or as many as a strip has, where there are several.
fn restart_interval(
    directory: &Directory,
    layout: &Layout,
    sampling: (u8, u8),
) -> Result<u64, Error> {
    if let Some(interval) = directory.number(tags::JPEG_RESTART_INTERVAL)?.filter(|n| *n > 0) {
        return Ok(interval & 0xffff);
    }
    if layout.grid.down == 1 {
        return Ok(0);
    }
    let across = layout.grid.w.div_ceil(8 * u32::from(sampling.0));
    let down = layout.grid.h.div_ceil(8 * u32::from(sampling.1));
    Ok((u64::from(across) * u64::from(down)).min(65_535))
}

fn short(side: u32) -> Result<[u8; 2], Error> {
    let side = u16::try_from(side).map_err(|_| damaged("the TIFF is too large for a JPEG"))?;
    Ok(side.to_be_bytes())
}

fn segment(head: &mut Vec<u8>, marker: u8, body: &[u8]) {
    head.extend([0xff, marker]);
    head.extend((body.len() as u16 + 2).to_be_bytes());
    head.extend_from_slice(body);
}
