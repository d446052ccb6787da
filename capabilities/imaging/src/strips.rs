//! The rows of a source, handed on a strip at a time: on one thread, or decoded ahead of those that work.

use std::sync::mpsc;
use std::thread;

use iiif::image::Extent;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::Error;
use crate::decode::{Layout, Rows};
use crate::steps::flatten::{flat, flatten};

/// Rows that are made into tiles at once: few enough to stay in the processor's cache.
const STRIP: u32 = 16;
/// The same if threads share them.
const SHARED_STRIP: u32 = 64;
/// Strips that are read ahead of the encoders.
const AHEAD: usize = 2;

/// Threads to share the work, unless one is wanted or more can't be had.
pub(crate) fn pool(threads: usize) -> Option<ThreadPool> {
    let pool = || ThreadPoolBuilder::new().num_threads(threads).build().ok();
    (threads > 1).then(pool).flatten()
}

/// Gives all rows to `take`, and tells `done` how many it has had.
pub(crate) fn feed(
    rows: Box<dyn Rows>,
    pool: Option<&ThreadPool>,
    mut take: impl FnMut(&[u8]) -> Result<(), Error> + Send,
    mut done: impl FnMut(u32),
) -> Result<(), Error> {
    let Some(pool) = pool else {
        let (mut strips, mut strip) = (Strips::new(rows, STRIP), Vec::new());
        while strips.next(&mut strip)? {
            take(&strip)?;
            done(strips.y);
        }
        return Ok(());
    };
    feed_ahead(Strips::new(rows, SHARED_STRIP), pool, take, done)
}

/// Decodes on a thread of its own while the pool works.
fn feed_ahead(
    mut strips: Strips,
    pool: &ThreadPool,
    mut take: impl FnMut(&[u8]) -> Result<(), Error> + Send,
    mut done: impl FnMut(u32),
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
            pool.install(|| take(&strip))?;
            done(y);
            // The reader may have gone: then nobody needs the room.
            let _ = empty.send(strip);
        }
        reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
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
