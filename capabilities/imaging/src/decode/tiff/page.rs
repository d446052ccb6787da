//! One page: its tags understood, its rows painted one after the other.

use std::sync::Arc;

use super::super::problem::damaged;
use super::super::raster::{Plan, Profile, Raster, Samples};
use super::super::rows::SourceFacts;
use super::super::source::Source;
use super::codec::{Codec, FaxOptions, Recipe};
use super::ifd::{Directory, Tiff};
use super::layout::Layout;
use super::paint::Painter;
use super::plane::{Chunks, Lines};
use super::{old_jpeg, tags};
use crate::{Error, Limits};

/// No picture's profile is larger.
const MAX_PROFILE: u64 = 16 << 20;

/// Opens the first page.
pub(in super::super) fn open(source: Source, limits: &Limits) -> Result<Box<dyn Raster>, Error> {
    let tiff = Tiff::open(source)?;
    let directory = tiff.first_page()?;
    let layout = Layout::read(&directory, tiff.dialect.big_endian, limits)?;
    let chunks = Chunks::find(&tiff, &directory);
    if layout.codec == Codec::OldJpeg {
        return old_jpeg::open(&tiff, &directory, layout, chunks, limits);
    }
    let chunks = chunks.ok_or_else(|| damaged("the TIFF doesn't say where its pixels are"))?;
    Ok(Box::new(Page::new(&tiff, &directory, layout, chunks, limits)?))
}

pub(super) struct Page {
    plan: Plan,
    recipe: Recipe,
    chunks: Chunks,
    painter: Painter,
    lines: Option<Lines>,
}

impl Page {
    fn new(
        tiff: &Tiff,
        tags: &Directory,
        layout: Layout,
        chunks: Chunks,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let facts = facts(tiff, tags, &layout)?;
        let profile = profile(tags).map_or(Profile::None, Profile::Icc);
        Self::of((facts, profile), tags, layout, chunks, limits)
    }

    /// A page of which the facts and the profile are known.
    pub(super) fn of(
        (facts, profile): (SourceFacts, Profile),
        tags: &Directory,
        layout: Layout,
        chunks: Chunks,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let painter = Painter::new(tags, &layout)?;
        let plan = Plan {
            extent: layout.extent,
            space: painter.space(),
            alpha: painter.alpha(),
            depth: painter.depth(),
            profile,
            orientation: facts.orientation,
            facts,
        };
        let options = tags.number(tags::T4_OPTIONS)?.unwrap_or(0);
        let recipe = Recipe {
            layout: Arc::new(layout),
            fax: FaxOptions { two_dimensional: options & 1 == 1 },
            jpeg_tables: tags.bytes(tags::JPEG_TABLES, limits.max_bytes)?.map(Into::into),
            limits: limits.clone(),
        };
        Ok(Self { plan, recipe, chunks, painter, lines: None })
    }
}

impl Raster for Page {
    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn read(&mut self, band: Samples<'_>) -> Result<(), Error> {
        let lines = match &mut self.lines {
            Some(lines) => lines,
            lines => {
                let used = self.painter.samples();
                let open = || Lines::open(&self.recipe, &self.chunks, used);
                self.painter.begin(open, &self.recipe)?;
                lines.insert(open()?)
            }
        };
        let row = self.plan.row();
        match band {
            Samples::Eight(out) if self.painter.is_plain() && lines.are_whole() => lines.read(out),
            Samples::Eight(out) => {
                out.chunks_exact_mut(row).try_for_each(|row| self.painter.bytes(lines, row))
            }
            Samples::Sixteen(out) => {
                out.chunks_exact_mut(row).try_for_each(|row| self.painter.words(lines, row))
            }
        }
    }
}

pub(super) fn facts(tiff: &Tiff, tags: &Directory, layout: &Layout) -> Result<SourceFacts, Error> {
    let orientation = tags.number(tags::ORIENTATION)?.unwrap_or(1);
    Ok(SourceFacts {
        format: "TIFF".into(),
        media_type: "image/tiff".into(),
        frames: tiff.pages(),
        bits: layout.bits.min(255) as u8,
        channels: layout.samples.min(255) as u8,
        had_icc: profile(tags).is_some(),
        orientation: if (1..=8).contains(&orientation) { orientation as u8 } else { 1 },
        extent: layout.extent,
        notes: Vec::new(),
    })
}

/// A profile that can't be read is as good as none.
pub(super) fn profile(tags: &Directory) -> Option<Vec<u8>> {
    tags.bytes(tags::ICC_PROFILE, MAX_PROFILE).ok().flatten()
}
