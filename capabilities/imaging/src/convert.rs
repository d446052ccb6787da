use std::fs::File;

use iiif::image::{Extent, Size};
use serde::{Deserialize, Serialize};

use crate::decode::{self, Layout};
use crate::jpeg::Kind;
use crate::pyramid::Writer;
use crate::steps::flatten::flat;
use crate::strips::{feed, pool};
use crate::thumbnails::Thumbnails;
use crate::{Error, Limits, SourceFacts};

/// How a pyramid and its thumbnails are made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConvertSettings {
    /// The side of a tile, a multiple of 16.
    pub tile: u32,
    /// Of JPEG, 1 to 100.
    pub quality: u8,
    pub chroma: Chroma,
    /// Sizes that don't reduce the image are left out.
    pub thumbnails: Vec<Size>,
    /// One is a single pipeline on the caller's thread.
    pub threads: usize,
    pub limits: Limits,
}

impl Default for ConvertSettings {
    fn default() -> Self {
        Self {
            tile: 512,
            quality: 90,
            chroma: Chroma::Half,
            thumbnails: Vec::new(),
            threads: 1,
            limits: Limits::default(),
        }
    }
}

/// How finely colour is kept beside brightness.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Chroma {
    /// 4:2:0, for photographs.
    #[default]
    Half,
    /// 4:4:4, for line art and text.
    Full,
}

/// What was made of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Converted {
    /// Of the upright image.
    pub extent: Extent,
    pub source: SourceFacts,
    pub gray: bool,
    /// In the order of the settings, without repetitions.
    pub thumbnails: Vec<Thumbnail>,
    pub pyramid_bytes: u64,
}

/// A JPEG in the file of thumbnails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thumbnail {
    pub extent: Extent,
    pub offset: u64,
    pub bytes: u64,
}

/// Writes the pyramid and the thumbnails of an image. The scratch file may be thrown away after.
///
/// `progress` hears percentages, rising.
pub fn convert(
    source: File,
    pyramid: File,
    thumbnails: File,
    scratch: File,
    settings: &ConvertSettings,
    progress: &mut dyn FnMut(u8),
) -> Result<Converted, Error> {
    let rows = decode::open(source, &settings.limits, Some(scratch.try_clone()?))?;
    let header = rows.header().clone();
    let gray = flat(header.layout) == Layout::Gray;
    let kind = Kind { gray, quality: settings.quality, chroma: settings.chroma, cuts: true };
    // The decoder may keep a picture that has to be turned at the start of the scratch file.
    let free = header.extent.area() * header.layout.channels() as u64;
    let pool = pool(settings.threads);
    let writer = Writer::new(header.extent, settings.tile, kind, (scratch, free), pool.is_some())?;
    let sizes = Thumbnails::new(&settings.thumbnails, &writer.levels(), gray)?;

    let mut making = Making { writer, thumbnails: sizes };
    let mut report = Report { progress, h: header.extent.h, percent: None };
    feed(rows, pool.as_ref(), |strip| making.push(strip), |y| report.hear(y))?;
    Ok(Converted {
        extent: header.extent,
        source: header.facts,
        gray,
        thumbnails: making.thumbnails.finish(&thumbnails)?,
        pyramid_bytes: making.writer.finish(&pyramid)?,
    })
}

struct Making {
    writer: Writer,
    thumbnails: Thumbnails,
}

impl Making {
    fn push(&mut self, strip: &[u8]) -> Result<(), Error> {
        let Self { writer, thumbnails } = self;
        writer.push(strip, &mut |level, rows| thumbnails.watch(level, rows))
    }
}

/// Tells how far the work is, each percentage once.
struct Report<'a> {
    progress: &'a mut dyn FnMut(u8),
    h: u32,
    percent: Option<u8>,
}

impl Report<'_> {
    fn hear(&mut self, y: u32) {
        let percent = (u64::from(y) * 100 / u64::from(self.h.max(1))) as u8;
        if self.percent != Some(percent) {
            self.percent = Some(percent);
            (self.progress)(percent);
        }
    }
}
