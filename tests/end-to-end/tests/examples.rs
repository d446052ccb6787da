//! The worked examples under `examples/` do what they say.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Library, Place, Recto, landscape_in, output_of, workspace};
use serde_json::Value;

use crate::import::write_book;

#[tokio::test]
async fn a_mets_file_becomes_batches_progress_and_a_manifest() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let mets = write_book(&place)?;
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    let origins = format!("file://{}/", place.origins().display());
    let arguments = [utf8(&mets)?, "--space", "1", "--origins", &origins];
    let told = run(&recto, &library, "digitise.py", &arguments)?;
    ensure!(told.contains("queue/batches/1: 24 pages\n"), "{told}");
    ensure!(told.contains("24 of 24 pages are in\n"), "{told}");
    let manifest = manifest(&recto, &told).await?;
    let canvases = manifest["items"].as_array().context("no canvases")?;
    ensure!(canvases.len() == 24 && told.contains("24 canvases: "), "{told}");
    let first = canvases[0].to_string();
    ensure!(first.contains("p%2001.jpg"), "the book does not begin at its first page: {first}");
    let again = run(&recto, &library, "digitise.py", &arguments)?;
    ensure!(again.contains("queue/batches/2: 24 pages\n"), "{again}");
    recto.stop().await.map(drop)
}

#[tokio::test]
async fn each_user_of_the_uploader_has_a_space_and_a_manifest() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    let one = landscape_in(&place.temporary(), (300, 200), "jpg[Q=80]")?;
    let other = one.with_file_name("other.jpg");
    std::fs::copy(&one, &other)?;
    let told = run(&recto, &library, "upload.py", &["Ada", utf8(&one)?])?;
    ensure!(told.contains(": 300 x 200, ") && told.contains("1 pictures: "), "{told}");
    let told = run(&recto, &library, "upload.py", &["ada", utf8(&other)?])?;
    ensure!(told.contains("2 pictures: "), "the same user has another space: {told}");
    let gallery = manifest(&recto, &told).await?;
    ensure!(gallery["items"][1].to_string().contains("/other"), "{gallery:#}");
    let told = run(&recto, &library, "upload.py", &["bob", utf8(&one)?])?;
    ensure!(told.contains("1 pictures: "), "one user sees another's: {told}");
    recto.stop().await.map(drop)
}

/// What an example prints.
fn run(recto: &Recto, library: &Library, script: &str, arguments: &[&str]) -> Result<String> {
    let output = output_of(
        Command::new("python3")
            .arg(workspace().join("examples").join(script))
            .args(arguments)
            .env("RECTO_API", recto.url(""))
            .env("RECTO_CUSTOMER", "1")
            .env("RECTO_KEY", library.credentials()),
    )?;
    Ok(String::from_utf8(output.stdout)?)
}

/// The manifest at the address that an example ends with.
async fn manifest(recto: &Recto, told: &str) -> Result<Value> {
    let url = told.split_whitespace().last().context("nothing was told")?;
    let path = url.strip_prefix(&recto.url("")).context("an address of somebody else")?;
    recto.get(path).await?.with_status(200)?.json()
}

fn utf8(path: &Path) -> Result<&str> {
    path.to_str().context("a path that is not UTF-8")
}
