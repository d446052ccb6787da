//! Sites without a server, beside libvips, which makes the tiles alone, and ImageMagick, started for every tile.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    thread::sleep,
    time::Instant,
};

use anyhow::{Result, ensure};
use end_to_end::{Peers, output_of, peak_memory, recto_command};

use crate::{
    goal::{Goal, Quantity, Row},
    meter::{Duel, Effort, GLANCE, effort_of, megabytes, milliseconds},
    pictures::{Extent, MP48, Pictures},
};

const ROUNDS: usize = 5;
const VIPS: &str = "`vips dzsave --layout iiif3`, tiles only";
const MAGICK: &str = "ImageMagick for every tile, as iiif_s3 does";
/// As wide as 48 megapixels, and twice as high.
const TALL: Extent = (8000, 12_000);
/// Small, for the seed's way takes minutes for a large image.
const SMALL: Extent = (3000, 2000);
const URL: &str = "https://example.org/site";

fn speed(kind: &str) -> Goal {
    Goal::at_least(1.5, format!("static tiles of 48 MP {kind}, with `full/max` and sizes"), VIPS)
}

fn memory() -> Goal {
    Goal::within(1.15, "peak memory of tiling 96 MP", "the same, half as high")
}

fn to_bucket() -> Goal {
    Goal::at_least(0.9, "static tiles of 48 MP to a bucket", "the same to a disk")
}

fn magick() -> Goal {
    Goal::at_least(20.0, "static tiles of 6 MP JPEG", MAGICK)
}

pub(crate) fn goals() -> Vec<Goal> {
    vec![speed("TIFF"), speed("JPEG"), memory(), to_bucket(), magick()]
}

pub(crate) async fn measure(pictures: &Pictures) -> Result<Vec<Row>> {
    let (tiff, jpeg) = (pictures.tiff(MP48)?, pictures.jpeg(MP48)?);
    let site = pictures.folder().join("site");
    let mut rows = Vec::new();
    for (kind, file) in [("TIFF", &tiff), ("JPEG", &jpeg)] {
        let mut time = Duel::default();
        for _ in 0..ROUNDS {
            let ours = tile(file, &site)?;
            let theirs = vips(file, &pictures.folder().join("vips"))?;
            time.add(milliseconds(ours.time), milliseconds(theirs.time));
        }
        rows.push(time.row(speed(kind), Quantity::Milliseconds));
    }
    rows.push(flatness(&tiff, &pictures.tiff(TALL)?, &site)?);
    rows.push(bucket_beside_disk(&tiff, &site)?);
    rows.push(beside_magick(&pictures.jpeg(SMALL)?, pictures.folder())?);
    fs::remove_dir_all(site)?;
    Ok(rows)
}

fn flatness(low: &Path, high: &Path, site: &Path) -> Result<Row> {
    let mut peaks = Duel::default();
    for _ in 0..ROUNDS {
        peaks
            .add(megabytes(tile(high, site)?.peak_memory), megabytes(tile(low, site)?.peak_memory));
    }
    Ok(peaks.row(memory(), Quantity::Megabytes))
}

fn bucket_beside_disk(file: &Path, site: &Path) -> Result<Row> {
    let peers = Peers::start()?;
    let mut time = Duel::default();
    for _ in 0..ROUNDS {
        fs::remove_dir_all(peers.bucket())?;
        fs::create_dir(peers.bucket())?;
        let mut recto = recto_command()?;
        recto
            .args(["tile", "--to", "s3://bucket/site", "--base-url", URL, "--largest", "4000"])
            .arg(file)
            .env("RECTO_STORAGE__ENDPOINT", format!("http://{}", peers.address()))
            .env("RECTO_STORAGE__ALLOW_HTTP", "true")
            .env("RECTO_STORAGE__ACCESS_KEY_ID", "test")
            .env("RECTO_STORAGE__SECRET_ACCESS_KEY", "test");
        let ours = effort_of(&mut recto)?;
        let disk = tile_with(file, site, &["--largest", "4000"])?;
        time.add(milliseconds(ours.time), milliseconds(disk.time));
    }
    let note = "nginx on the same cores takes the objects; the largest whole image is 4000 wide";
    Ok(time.row(to_bucket(), Quantity::Milliseconds).noting(note))
}

fn tile(file: &Path, site: &Path) -> Result<Effort> {
    tile_with(file, site, &[])
}

/// Into a new folder. Its memory is that of both processes.
fn tile_with(file: &Path, site: &Path, more: &[&str]) -> Result<Effort> {
    if site.exists() {
        fs::remove_dir_all(site)?;
    }
    let begun = Instant::now();
    let mut child = recto_command()?
        .args(["tile", "--base-url", URL, "--to"])
        .args([site, file])
        .args(more)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let (mut own, mut cutter) = (0, 0);
    let status = loop {
        own = own.max(peak_memory(child.id()).unwrap_or_default());
        let cutters = children(child.id()).into_iter().filter_map(peak_memory);
        cutter = cutter.max(cutters.max().unwrap_or_default());
        match child.try_wait()? {
            Some(status) => break status,
            None => sleep(GLANCE),
        }
    };
    ensure!(status.success(), "recto tile ended with {status}");
    Ok(Effort { time: begun.elapsed(), peak_memory: own + cutter })
}

fn children(process: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let texts = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    let numbers = |text: String| -> Vec<u32> {
        text.split_whitespace().filter_map(|number| number.parse().ok()).collect()
    };
    texts.flat_map(numbers).collect()
}

fn vips(file: &Path, target: &Path) -> Result<Effort> {
    if target.exists() {
        fs::remove_dir_all(target)?;
    }
    let mut vips = Command::new("vips");
    vips.env("VIPS_CONCURRENCY", "2").arg("dzsave").args([file, target]);
    effort_of(vips.args(["--layout", "iiif3", "--tile-size", "512", "--suffix", ".jpg[Q=80]"]))
}

/// Its tiles of four scale factors and its four sizes; each is made by a program that reads the whole image.
fn beside_magick(file: &Path, folder: &Path) -> Result<Row> {
    let site = folder.join("site");
    let ours = tile(file, &site)?;
    let target = folder.join("magick.jpg");
    let begun = Instant::now();
    for factor in [1, 2, 4, 8] {
        let side = 512 * factor;
        for y in (0..SMALL.1).step_by(side as usize) {
            for x in (0..SMALL.0).step_by(side as usize) {
                let crop = format!("{side}x{side}+{x}+{y}");
                convert(file, &target, &["-crop", &crop, "-resize", "512x512"])?;
            }
        }
    }
    for size in ["100%", "250x250", "600x600", "1200x1200"] {
        convert(file, &target, &["-resize", size])?;
    }
    let theirs = milliseconds(begun.elapsed());
    Ok(magick()
        .measured(Quantity::Milliseconds(milliseconds(ours.time)), Quantity::Milliseconds(theirs)))
}

fn convert(file: &Path, target: &Path, steps: &[&str]) -> Result<()> {
    output_of(Command::new("/usr/bin/convert-im6.q16").arg(file).args(steps).arg(target))?;
    Ok(())
}
