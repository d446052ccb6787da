//! Raw Group 3 fax: rows without a header, as modems took them from the line.
//!
//! Neither the width nor the order of bits is written anywhere: whichever makes the rows agree is taken.

use super::problem::unsupported;
use super::raster::{Depth, Plan, Profile, Raster, Samples, Space, check_extent};
use super::rows::SourceFacts;
use super::source::Source;
use super::tiff::RawFax;
use crate::{Error, Limits};

pub(super) fn open(source: Source, limits: &Limits) -> Result<Box<dyn Raster>, Error> {
    let fax = RawFax::guess(&source);
    let fax = fax.ok_or_else(|| unsupported("a file of no known image format"))?;
    let extent = check_extent(fax.w.into(), fax.h.into(), limits)?;
    let facts = SourceFacts {
        format: "fax".into(),
        media_type: "image/g3fax".into(),
        frames: 1,
        bits: 1,
        channels: 1,
        had_icc: false,
        orientation: 1,
        extent,
        notes: Vec::new(),
    };
    let plan = Plan {
        extent,
        space: Space::Gray,
        alpha: false,
        depth: Depth::Eight,
        profile: Profile::None,
        orientation: 1,
        facts,
    };
    Ok(Box::new(Fax { plan, fax, packed: vec![0; extent.w.div_ceil(8) as usize] }))
}

struct Fax {
    plan: Plan,
    fax: RawFax,
    packed: Vec<u8>,
}

impl Raster for Fax {
    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn read(&mut self, band: Samples<'_>) -> Result<(), Error> {
        let Samples::Eight(out) = band else { return Ok(()) };
        for row in out.chunks_exact_mut(self.plan.row()) {
            self.fax.read(&mut self.packed)?;
            for (x, place) in row.iter_mut().enumerate() {
                *place = if self.packed[x / 8] >> (7 - x % 8) & 1 == 1 { 0 } else { 255 };
            }
        }
        Ok(())
    }
}
