//! Every kind of image is ingested, and looks as libvips shows it.

use std::{fmt::Write, fs, path::Path, process::Command};

use anyhow::{Context, Result, bail, ensure};
use end_to_end::{
    Distance, Keeping, Library, Picture, Place, Recto, made_images, output_of, real_images,
};
use futures_util::{StreamExt, stream};

use crate::souvenirs;

/// The perceptual distance that is small, when libvips' picture went through the same kind of JPEG as ours.
const MEAN: f64 = 2.0;
const WORST: f64 = 16.0;

const DEEP: &str = "libvips does not make 8 bits of these samples by itself";

/// Part of a file's name, and why it is not held against libvips.
const EXCUSED: &[(&str, &str)] = &[
    ("ink.jpg", "inks without a profile have no one true look"),
    ("pillow_balloon_eciRGBv2_aware.jp2", "cut short: nobody reads it"),
    ("pillow_compression.tif", "bilevel LZW: we agree with Pillow"),
    ("pillow_hopper.Lab.tif", "strong Lab colours: Pillow is as far from libvips"),
    ("pillow_ultrahdr.jpg", "cut short: libvips shows nothing but grey"),
    ("images__cmyk-3c-32b-float.tiff", "libvips takes inks of 0 to 1 for inks of 0 to 255"),
    (
        "images__extra_bits_gray_8b.tiff",
        "libvips takes an unnamed sample for transparency, we and Pillow do not",
    ),
    ("images__int16.tif", "signed: libvips shows what is below zero as black"),
    ("images__int16_zstd.tif", "signed: libvips shows what is below zero as black"),
    ("images__int16_rgb.tif", DEEP),
    ("images__gradient-1c-32b.tiff", DEEP),
    ("images__gradient-3c-32b.tiff", DEEP),
    ("images__predictor-3-gray-f32.tif", DEEP),
    ("images__seq__seq-1c-32f", DEEP),
    ("flower-rgb-contig-32.tif", DEEP),
    ("flower-rgb-planar-32.tif", DEEP),
    (
        "pillow_icc-after-SOF.jpg",
        "libvips cannot apply the profile, which is for another kind of image",
    ),
    ("images__minisblack-1c-i16b.tiff", "signed: libvips shows what is below zero as black"),
];

#[tokio::test]
async fn every_format_is_ingested_and_looks_as_libvips_shows_it() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let mut files = made_images(&place.origins())?;
    for file in [real_images("good")?, real_images("exif")?].concat() {
        files.push(place.bring(&file)?);
    }
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;

    let each = stream::iter(&files).map(async |file| (file, compare(&recto, &library, file).await));
    let results: Vec<_> = each.buffer_unordered(4).collect().await;
    let (mut table, mut faults) = (String::new(), Vec::new());
    for (file, result) in results {
        let name = file.file_name().context("no name")?.to_string_lossy();
        let excuse = EXCUSED.iter().find(|(part, _)| name.contains(part));
        let result = result.map_or_else(|error| format!("{error:#}"), |seen| seen.to_string());
        writeln!(table, "{name}\t{result}\t{}", excuse.map_or("", |(_, reason)| reason))?;
        match (result.starts_with("alike"), excuse) {
            (false, None) => faults.push(format!("{name}: {result}")),
            (true, Some((_, reason))) => faults.push(format!("{name} needs no excuse: {reason}")),
            (true, None) | (false, Some(_)) => {}
        }
    }
    fs::write(souvenirs()?.join("formats.tsv"), table)?;
    ensure!(faults.is_empty(), "{} of {}:\n{}", faults.len(), files.len(), faults.join("\n"));
    ensure!(place.leftovers()?.is_empty(), "files are left: {:?}", place.leftovers()?);
    recto.stop().await?;
    Ok(())
}

async fn compare(recto: &Recto, library: &Library, file: &Path) -> Result<String> {
    let id = file.file_name().context("no name")?.to_string_lossy().into_owned();
    let answer = library.put_file(recto, &id, file).await?;
    let asset = library.finished(recto, &id).await.with_context(|| answer.text())?;
    if let Some(error) = asset["error"].as_str().filter(|error| !error.is_empty()) {
        bail!("{error}");
    }
    let shown =
        recto.get(&format!("{}/full/max/0/default.jpg", Library::public("iiif-img", &id))).await?;
    let shown = Picture::of_answer(&shown.with_status(200)?)?;
    if output_of(Command::new("vips").arg("avg").arg(file)).is_err() {
        return Ok("alike, as far as can be said: libvips cannot read it".to_owned());
    }
    let reference = Picture::of_file(file)?;
    let Distance { mean, worst } = shown.distance(&reference.kept()?)?;
    ensure!(mean <= MEAN && worst <= WORST, "mean {mean:.1}, worst {worst:.1}");
    ensure!(shown.is_gray() || !reference.is_gray(), "it was grey");
    Ok(format!("alike: mean {mean:.1}, worst {worst:.1}"))
}
