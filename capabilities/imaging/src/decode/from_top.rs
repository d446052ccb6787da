//! Opens a file of any kind for pictures that can't wait until it is a pyramid.

use std::fs::File;

use iiif::image::{Extent, Rect};

use super::open::{raster, upright};
use super::raster::Space;
use super::rows::{Rows, SourceFacts};
use super::sniff::{HEAD, Kind, sniff};
use super::source::Source;
use crate::{Error, Limits};

/// A file that is decoded anew, from the top, for every part of it.
pub(crate) struct FromTop {
    source: Source,
    limits: Limits,
    facts: SourceFacts,
    is_gray: bool,
    is_jpeg: bool,
    bytes_at_once: u64,
}

/// By how much a JPEG can be reduced while it is decoded.
const REDUCTIONS: [u32; 4] = [1, 2, 4, 8];

impl FromTop {
    pub(crate) fn open(file: File, limits: &Limits) -> Result<Self, Error> {
        let source = Source::from_file(file)?;
        let is_jpeg = matches!(sniff(&source.head(HEAD)?), Kind::Jpeg);
        let raster = raster(source.clone(), limits, 1)?;
        let plan = raster.plan();
        Ok(Self {
            facts: plan.facts.clone(),
            is_gray: plan.space == Space::Gray,
            is_jpeg,
            bytes_at_once: raster.bytes_at_once(),
            limits: limits.clone(),
            source,
        })
    }

    pub(crate) fn extent(&self) -> Extent {
        self.facts.upright()
    }

    /// The extents at which it can be decoded, and by how much they are reduced; the largest first.
    pub(crate) fn levels(&self) -> Vec<(Extent, u32)> {
        let Extent { w, h } = self.extent();
        let reductions = if self.is_jpeg { &REDUCTIONS[..] } else { &REDUCTIONS[..1] };
        let level = |factor: &u32| (Extent::new(w.div_ceil(*factor), h.div_ceil(*factor)), *factor);
        reductions.iter().map(level).collect()
    }

    pub(crate) fn is_gray(&self) -> bool {
        self.is_gray
    }

    /// Whether the picture has to be in memory before it can be turned.
    pub(crate) fn is_turned(&self) -> bool {
        self.facts.orientation >= 3
    }

    /// What of the file is in memory at once, even for the smallest part.
    pub(crate) fn bytes_at_once(&self) -> u64 {
        self.bytes_at_once
    }

    /// The rows of a part of a level, in sRGB or grey, and what they are of the level.
    pub(crate) fn part(&self, level: usize, part: Rect) -> Result<(Box<dyn Rows>, Rect), Error> {
        let reduction = REDUCTIONS.get(level).copied().unwrap_or(1);
        let raster = raster(self.source.clone(), &self.limits, reduction)?;
        let mut rows = upright(raster, &self.limits, None)?;
        skip(&mut *rows, part.y)?;
        let w = rows.header().extent.w;
        Ok((rows, Rect { x: 0, w, ..part }))
    }
}

/// Rows that are decoded at once to be thrown away.
const BAND: u32 = 16;

fn skip(rows: &mut dyn Rows, n: u32) -> Result<(), Error> {
    let row = rows.header().row();
    let mut thrown_away = vec![0; row * BAND.min(n) as usize];
    for y in (0..n).step_by(BAND as usize) {
        rows.read(&mut thrown_away[..row * BAND.min(n - y) as usize])?;
    }
    Ok(())
}
