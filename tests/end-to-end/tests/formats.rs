//! Every kind of image is ingested, and looks as libvips shows it.

use std::{fmt::Write, fs, path::Path};

use anyhow::{Context, Result, bail, ensure};
use end_to_end::{Distance, Keeping, Library, Picture, Place, Recto, made_images, real_images};
use futures_util::{StreamExt, stream};

use crate::souvenirs;

/// The perceptual distance that is small: what is left of rounding, chroma subsampling and JPEG at quality 90.
const MEAN: f64 = 2.0;
const WORST: f64 = 16.0;

/// Part of a file's name, and why it is not held against libvips.
const EXCUSED: &[(&str, &str)] = &[];

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
        if !result.starts_with("alike") && excuse.is_none() {
            faults.push(format!("{name}: {result}"));
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
    let Ok(reference) = Picture::of_file(file) else {
        return Ok("alike, as far as can be said: libvips cannot read it".to_owned());
    };
    let Distance { mean, worst } = shown.distance(&reference)?;
    ensure!(mean <= MEAN && worst <= WORST, "mean {mean:.1}, worst {worst:.1}");
    ensure!(shown.is_gray() || !reference.is_gray(), "it was grey");
    Ok(format!("alike: mean {mean:.1}, worst {worst:.1}"))
}
