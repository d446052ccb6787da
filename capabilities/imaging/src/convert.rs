use std::fs::File;
use std::sync::mpsc;
use std::thread;

use iiif::image::{Extent, Size};
use rayon::{ThreadPool, ThreadPoolBuilder};
use serde::{Deserialize, Serialize};

use crate::decode::{self, Layout, Rows};
use crate::jpeg::Kind;
use crate::pyramid::Writer;
use crate::steps::flatten::{flat, flatten};
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

/// Rows that are made into tiles at once: few enough to stay in the processor's cache.
const STRIP: u32 = 16;
/// The same if threads share them.
const SHARED_STRIP: u32 = 64;
/// Strips that are read ahead of the encoders.
const AHEAD: usize = 2;

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
    match &pool {
        None => making.follow(Strips::new(rows, STRIP), &mut report)?,
        Some(pool) => making.follow_ahead(Strips::new(rows, SHARED_STRIP), pool, &mut report)?,
    }
    Ok(Converted {
        extent: header.extent,
        source: header.facts,
        gray,
        thumbnails: making.thumbnails.finish(&thumbnails)?,
        pyramid_bytes: making.writer.finish(&pyramid)?,
    })
}

/// Threads to share the work, unless one is wanted or more can't be had.
fn pool(threads: usize) -> Option<ThreadPool> {
    let pool = || ThreadPoolBuilder::new().num_threads(threads).build().ok();
    (threads > 1).then(pool).flatten()
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

    fn follow(&mut self, mut strips: Strips, report: &mut Report<'_>) -> Result<(), Error> {
        let mut strip = Vec::new();
        while strips.next(&mut strip)? {
            self.push(&strip)?;
            report.hear(strips.y);
        }
        Ok(())
    }

    /// Decodes on a thread of its own while the pool encodes.
    fn follow_ahead(
        &mut self,
        mut strips: Strips,
        pool: &ThreadPool,
        report: &mut Report<'_>,
    ) -> Result<(), Error> {
        let (full, filled) = mpsc::sync_channel::<(Vec<u8>, u32)>(AHEAD);
        let (empty, emptied) = mpsc::channel::<Vec<u8>>();
        thread::scope(|scope| {
            let reader = scope.spawn(move || {
                loop {
                    let mut strip = emptied.try_recv().unwrap_or_default();
                    if !strips.next(&mut strip)? || full.send((strip, strips.y)).is_err() {
                        return Ok(());
                    }
                }
            });
            for (strip, y) in filled {
                pool.install(|| self.push(&strip))?;
                report.hear(y);
                // The reader may have gone: then nobody needs the room.
                let _ = empty.send(strip);
            }
            reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }
}

/// The rows of a source, so many at a time, on white.
struct Strips {
    rows: Box<dyn Rows>,
    layout: Layout,
    extent: Extent,
    height: u32,
    /// The row that comes next.
    y: u32,
    raw: Vec<u8>,
}

impl Strips {
    fn new(rows: Box<dyn Rows>, height: u32) -> Self {
        let (layout, extent) = (rows.header().layout, rows.header().extent);
        Self { rows, layout, extent, height, y: 0, raw: Vec::new() }
    }

    /// Whether there was another strip.
    fn next(&mut self, strip: &mut Vec<u8>) -> Result<bool, Error> {
        let n = self.height.min(self.extent.h - self.y);
        let bytes = n as usize * self.extent.w as usize * self.layout.channels();
        self.y += n;
        if flat(self.layout) == self.layout {
            strip.resize(bytes, 0);
            self.rows.read(strip)?;
        } else {
            self.raw.resize(bytes, 0);
            self.rows.read(&mut self.raw)?;
            flatten(&self.raw, self.layout, strip);
        }
        Ok(n > 0)
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
