//! From an origin to a pyramid and thumbnails, beside libvips, which makes the pyramid alone.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;
use end_to_end::{Keeping, Library, Recto};

use crate::{
    gallery::{empty, ingest},
    goal::{Goal, Quantity, Row},
    meter::{Duel, Effort, effort_of, megabytes, milliseconds},
    pictures::{Extent, MP48, MP100, Pictures},
};

const ROUNDS: usize = 3;
const AGAINST: &str = "Debian's `vips tiffsave`, pyramid only";

/// Recto gives an image a second thread where it works on one at a time.
const THREADS: [Threads; 2] = [
    Threads { name: "one thread", vips: "1", workers: "2" },
    Threads { name: "two threads", vips: "2", workers: "1" },
];

struct Threads {
    name: &'static str,
    vips: &'static str,
    workers: &'static str,
}

#[derive(Clone, Copy)]
struct Case {
    extent: Extent,
    is_jpeg: bool,
}

const CASES: [Case; 4] = [
    Case { extent: MP48, is_jpeg: true },
    Case { extent: MP100, is_jpeg: true },
    Case { extent: MP48, is_jpeg: false },
    Case { extent: MP100, is_jpeg: false },
];

impl Case {
    fn name(self, threads: &Threads) -> String {
        let megapixels = self.extent.0 / 1000 * (self.extent.1 / 1000);
        let size = if megapixels < 50 { "48" } else { "100" };
        let kind = if self.is_jpeg { "JPEG" } else { "TIFF" };
        format!("ingest of {size} MP {kind}, {}", threads.name)
    }

    fn file(self, pictures: &Pictures) -> Result<PathBuf> {
        match self.is_jpeg {
            true => pictures.jpeg(self.extent),
            false => pictures.tiff(self.extent),
        }
    }

    fn speed(self, threads: &Threads) -> Goal {
        Goal::at_least(if self.is_jpeg { 1.25 } else { 1.7 }, self.name(threads), AGAINST)
    }

    fn memory(self, threads: &Threads) -> Goal {
        Goal::at_least(2.0, format!("{}: peak memory", self.name(threads)), AGAINST)
    }
}

pub(crate) fn goals() -> Vec<Goal> {
    let of = |threads: &'static Threads| {
        CASES.into_iter().flat_map(|case| [case.speed(threads), case.memory(threads)])
    };
    THREADS.iter().flat_map(of).collect()
}

pub(crate) async fn measure(pictures: &Pictures) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for threads in &THREADS {
        let settings = [("RECTO_INGEST__WORKERS", threads.workers)];
        let (_place, recto, library) = empty(pictures, Keeping::SIMPLE, &settings).await?;
        for case in CASES {
            let file = case.file(pictures)?;
            rows.extend(duel(&recto, &library, case, threads, &file).await?);
        }
        recto.stop().await?;
    }
    Ok(rows)
}

async fn duel(
    recto: &Recto,
    library: &Library,
    case: Case,
    threads: &Threads,
    file: &Path,
) -> Result<[Row; 2]> {
    let (mut time, mut memory) = (Duel::default(), Duel::default());
    for round in 0..ROUNDS {
        let id = format!("{}-{}-{round}", case.extent.0, case.is_jpeg);
        let ours = ingest(recto, library, &id, file).await?;
        let theirs = vips(file, threads)?;
        time.add(milliseconds(ours.time), milliseconds(theirs.time));
        memory.add(megabytes(ours.peak_memory), megabytes(theirs.peak_memory));
    }
    Ok([
        time.row(case.speed(threads), Quantity::Milliseconds),
        memory.row(case.memory(threads), Quantity::Megabytes),
    ])
}

fn vips(file: &Path, threads: &Threads) -> Result<Effort> {
    effort_of(&mut tiffsave(file, &file.with_extension("pyramid.tif"), threads.vips))
}

/// `vips`, as it builds a pyramid like ours.
pub(super) fn tiffsave(file: &Path, target: &Path, threads: &str) -> Command {
    let mut vips = Command::new("vips");
    vips.env("VIPS_CONCURRENCY", threads).arg("tiffsave").args([file, target]);
    vips.args(["--tile", "--pyramid", "--compression", "jpeg", "--Q", "89"]);
    vips.args(["--tile-width", "512", "--tile-height", "512"]);
    vips
}
