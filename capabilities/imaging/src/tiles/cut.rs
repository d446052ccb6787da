use std::fs::File;

use iiif::image::Extent;

use super::fitted::Fitted;
use super::level::GrowingLevel;
use super::plan::Plan;
use super::settings::TileSettings;
use crate::decode::{self, Layout};
use crate::jpeg::Kind;
use crate::steps::flatten::flat;
use crate::strips::{feed, pool};
use crate::{Error, SourceFacts};

/// Which file of an image some bytes are, or belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Piece {
    Tile {
        level: u32,
        column: u32,
        row: u32,
    },
    /// The next bytes of a level as a whole.
    WholePart {
        level: u32,
    },
    /// Its last bytes.
    WholeEnd {
        level: u32,
    },
    /// The n-th of the sizes that are no levels.
    Fitted {
        n: u32,
    },
}

/// Whom pieces are given to.
pub(super) type Emit<'a> = &'a mut (dyn FnMut(Piece, &[u8]) -> Result<(), Error> + Send);

/// Reads an image once, from the top, and gives every piece of its [`Plan`]; `opened` hears its extent before the first.
///
/// The scratch file keeps a picture that has to be turned, and may be thrown away after.
pub fn cut_tiles(
    source: File,
    scratch: File,
    settings: &TileSettings,
    opened: impl FnOnce(Extent) -> Result<(), Error>,
    emit: Emit<'_>,
) -> Result<SourceFacts, Error> {
    settings.check()?;
    let rows = decode::open(source, &settings.limits, Some(scratch))?;
    let header = rows.header().clone();
    let gray = flat(header.layout) == Layout::Gray;
    let kind = Kind { gray, quality: settings.quality, chroma: settings.chroma, cuts: false };
    let plan = Plan::new(header.extent, settings);
    opened(header.extent)?;

    let pool = pool(settings.threads);
    let mut cutting = Cutting::new(&plan, kind, settings, pool.is_some())?;
    feed(rows, pool.as_ref(), |strip| cutting.push(strip, emit), |_| {})?;
    cutting.end(emit)?;
    Ok(header.facts)
}

struct Cutting {
    levels: Vec<GrowingLevel>,
    fitted: Vec<Fitted>,
    is_parallel: bool,
}

impl Cutting {
    fn new(
        plan: &Plan,
        kind: Kind,
        settings: &TileSettings,
        is_parallel: bool,
    ) -> Result<Self, Error> {
        let levels = (0..plan.levels.len())
            .map(|number| GrowingLevel::new(plan, number, kind, settings.format));
        let fitted = (0..).zip(&plan.fitted);
        let fitted = fitted.map(|(n, extent)| Fitted::new(n, *extent, &plan.levels, kind));
        Ok(Self {
            levels: levels.collect::<Result<_, _>>()?,
            fitted: fitted.collect::<Result<_, _>>()?,
            is_parallel,
        })
    }

    /// Takes the next rows of the image.
    fn push(&mut self, rows: &[u8], emit: Emit<'_>) -> Result<(), Error> {
        let last = self.levels.len() - 1;
        let mut rows = rows;
        for (number, level) in self.levels.iter_mut().enumerate() {
            for fitted in self.fitted.iter_mut().filter(|fitted| fitted.level == number) {
                fitted.write(rows)?;
            }
            level.push(rows, number < last, self.is_parallel, emit)?;
            if level.halved.is_empty() {
                break;
            }
            rows = &level.halved;
        }
        Ok(())
    }

    fn end(self, emit: Emit<'_>) -> Result<(), Error> {
        if !self.levels.iter().all(GrowingLevel::is_complete) {
            return Err(Error::Truncated);
        }
        self.levels.into_iter().try_for_each(|level| level.end(emit))?;
        self.fitted.into_iter().try_for_each(|fitted| fitted.end(emit))
    }
}
