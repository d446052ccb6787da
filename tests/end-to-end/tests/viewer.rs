//! A visitor opens the demo's viewer page in a browser, and zooms in.

use std::{process::Command, time::Duration};

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Picture, Place, Recto, output_of};
use serde_json::Value;
use tokio::time::{sleep, timeout};

use crate::souvenirs;

#[tokio::test]
async fn the_demo_zooms_in_a_browser_and_every_tile_comes_from_the_grid() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let recto = place.demo().await?;
    let page = timeout(Duration::from_secs(120), viewer_page(&recto)).await?;
    let screenshot = souvenirs()?.join("viewer.png");
    let before = recto.metric(r#"recto_images_total{how="grid"}"#).await?;

    let output = output_of(
        Command::new("node")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/viewer.mjs"))
            .args([&page, &screenshot.display().to_string()]),
    )?;
    let seen: Value = serde_json::from_slice(&output.stdout)?;
    let errors = seen["errors"].as_array().context("no errors")?;
    ensure!(errors.is_empty(), "the browser's console says {errors:#?}");

    let images = seen["images"].as_array().context("no images")?;
    let is_tile =
        |image: &&Value| image["url"].as_str().is_some_and(|url| url.contains("/iiif-img/"));
    let tiles: Vec<_> = images.iter().filter(is_tile).collect();
    ensure!(tiles.len() > 10, "the browser asked for {} tiles of {page}", tiles.len());
    ensure!(tiles.iter().all(|tile| tile["status"] == 200), "{tiles:#?}");
    let full_size =
        tiles.iter().filter(|tile| tile["url"].to_string().contains(",512,512/512,512/0/"));
    ensure!(full_size.count() > 0, "it never zoomed in to full size: {tiles:#?}");

    let from_grid = recto.metric(r#"recto_images_total{how="grid"}"#).await? - before;
    ensure!(from_grid == tiles.len() as f64, "{from_grid} of {} came from the grid", tiles.len());
    let shown = Picture::of_file(&screenshot)?.crop(320, 225, 640, 450);
    ensure!(!shown.is_gray(), "the viewer shows nothing: see {}", screenshot.display());
    recto.stop().await?;
    Ok(())
}

/// The address that the demo prints once its samples are there.
async fn viewer_page(recto: &Recto) -> String {
    loop {
        let printed = recto.printed().join("\n");
        if let Some(page) = printed.split_whitespace().find(|word| word.contains("/portal/")) {
            return page.to_owned();
        }
        sleep(Duration::from_millis(100)).await;
    }
}
