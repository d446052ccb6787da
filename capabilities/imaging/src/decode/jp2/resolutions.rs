//! A JPEG 2000 as it is drawn in place: any part of any of its resolutions.

use iiif::image::{Extent, Rect};

use super::super::problem::damaged;
use super::super::raster::{Raster, Space};
use super::super::rows::SourceFacts;
use super::super::source::Source;
use super::cod::Coding;
use super::picture::{Opened, Picture};
use crate::{Error, Limits};

/// The last bytes of a codestream.
const END: [u8; 2] = [0xff, 0xd9];
/// Some writers fill up what follows.
const PADDING: usize = 64;

pub(in super::super) struct Resolutions {
    opened: Opened,
    coding: Coding,
    limits: Limits,
}

impl Resolutions {
    pub(in super::super) fn open(source: Source, limits: &Limits) -> Result<Self, Error> {
        let opened = Opened::read(source, limits)?;
        let coding = Coding::read(&opened.source, opened.codestream.0)?;
        Ok(Self { opened, coding, limits: limits.clone() })
    }

    pub(in super::super) fn facts(&self) -> &SourceFacts {
        &self.opened.plan.facts
    }

    pub(in super::super) fn space(&self) -> Space {
        self.opened.plan.space
    }

    /// What can be read without reading much more: a tile, or a precinct, or else nothing.
    pub(in super::super) fn tile(&self) -> Option<Extent> {
        let siz = &self.opened.siz;
        if siz.tiles > 1 { Some(Extent::new(siz.tile_w, siz.tile_h)) } else { self.coding.precinct }
    }

    /// Whether the image is tiled, and not only made of precincts.
    pub(in super::super) fn is_tiled(&self) -> bool {
        self.opened.siz.tiles > 1
    }

    /// The extents of all resolutions, and by how much they are reduced; the largest first.
    pub(in super::super) fn levels(&self) -> Vec<(Extent, u32)> {
        let siz = &self.opened.siz;
        let longest = siz.w().max(siz.h());
        let reductions = (0..=self.coding.reductions).filter(|n| *n == 0 || longest >> n > 0);
        let level = |n: u8| {
            let reduced = siz.reduced(n);
            (Extent::new(reduced.w(), reduced.h()), 1 << n)
        };
        reductions.take_while(|n| *n < 31).map(level).take_while(|(e, _)| !e.is_empty()).collect()
    }

    /// Whether the codestream comes to its end.
    pub(in super::super) fn check(&self) -> Result<(), Error> {
        let (source, end) = (&self.opened.source, self.opened.codestream.1);
        let mut last = [0; PADDING];
        let n = source.read_some(end.saturating_sub(PADDING as u64), &mut last)?;
        let ends = last[..n].windows(END.len()).any(|bytes| bytes == END);
        // A box that ends before the file does was written to its end.
        if ends || end < source.len() { Ok(()) } else { Err(Error::Truncated) }
    }

    /// A part of a resolution, as a picture, and the part that it is.
    pub(in super::super) fn part(
        &self,
        level: usize,
        part: Rect,
    ) -> Result<(Box<dyn Raster>, Rect), Error> {
        let siz = &self.opened.siz;
        let reduce = u8::try_from(level).ok().filter(|n| *n <= self.coding.reductions);
        let reduce = reduce.ok_or_else(|| damaged("the JPEG 2000 has no such resolution"))?;
        let whole = siz.reduced(reduce);
        // Samples that stand for several pixels are read from the first of them on.
        let step = siz.components.iter().map(|c| c.dx.max(c.dy)).max().unwrap_or(1);
        let along = |start: u32, length: u32, side: u32| {
            let start = start.min(side - 1) / step * step;
            (start, length.saturating_add(step).min(side - start).max(1))
        };
        let (x, w) = along(part.x, part.w, whole.w());
        let (y, h) = along(part.y, part.h, whole.h());
        let part = Rect { x, y, w, h };
        Ok((Box::new(Picture::part(&self.opened, reduce, part, &self.limits)?), part))
    }
}
