use std::{fs, process::Command};

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Peers, Picture, Place, output_of, photo, workspace};
use serde_json::{Value, json};

use crate::{
    browser::{every_tile_is_found, mirador},
    souvenirs, validator,
};

#[tokio::test]
async fn the_official_validator_finds_no_fault() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let folder = place.origins().join("squares");
    fs::create_dir(&folder)?;
    validator::draw_squares(&folder.join(validator::IMAGE))?;
    let recto = place.images(&[&folder.display().to_string()]).await?;
    validator::finds_no_fault(&recto, "3.0", "2", "")?;
    validator::finds_no_fault(&recto, "2.0", "2", "v2")?;
    recto.stop().await?;
    Ok(())
}

/// A page of somebody else's, with the newest OpenSeadragon.
const PAGE: &str = r#"<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<body style="margin:0"><div id="viewer" style="width:100vw;height:100vh"></div>
<script src="SCRIPT"></script>
<script>OpenSeadragon({ id: "viewer", showNavigationControl: false, maxZoomPixelRatio: 1, tileSources: ["INFO"] });</script>"#;

#[tokio::test]
async fn a_viewer_zooms_and_nothing_is_drawn_for_it() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let folder = place.origins().join("scans");
    fs::create_dir(&folder)?;
    // Four sizes are listed of it by its smallest side alone: one less than there are scale factors.
    let photo = photo(&place.origins(), 3001, 2001)?;
    fs::copy(&photo, folder.join("photo.jpg"))?;
    let recto = place.images(&[&folder.display().to_string()]).await?;
    let script =
        "services/portal/node_modules/openseadragon/build/openseadragon/openseadragon.min.js";
    let script = workspace().join(script).canonicalize()?;
    let page = place.origins().join("page.html");
    let html = PAGE
        .replace("SCRIPT", &format!("file://{}", script.display()))
        .replace("INFO", &recto.url("/scans:photo.jpg/info.json"));
    fs::write(&page, html)?;
    let screenshot = souvenirs()?.join("images.png");
    let output = output_of(
        Command::new("node")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/viewer.mjs"))
            .args([format!("file://{}", page.display()), screenshot.display().to_string()]),
    )?;
    let seen: Value = serde_json::from_slice(&output.stdout)?;
    let errors = seen["errors"].as_array().context("no errors")?;
    ensure!(errors.is_empty(), "the browser's console says {errors:#?}");
    let images = seen["images"].as_array().context("no images")?;
    let tiles: Vec<_> =
        images.iter().filter(|it| it["url"].to_string().contains("photo.jpg")).collect();
    ensure!(tiles.len() > 5, "the browser asked for {} tiles", tiles.len());
    ensure!(tiles.iter().all(|tile| tile["status"] == 200), "{tiles:#?}");
    let drawn = recto.metric(r#"recto_images_total{how="drawn"}"#).await?;
    ensure!(drawn == 0.0, "{drawn} of {} were drawn: {tiles:#?}", tiles.len());
    let shown = Picture::of_file(&screenshot)?.crop(320, 225, 640, 450);
    ensure!(!shown.is_gray(), "the viewer shows nothing: see {}", screenshot.display());
    recto.stop().await?;
    Ok(())
}

/// A manifest of somebody else's, whose page is an image of ours, of either version.
fn manifest(service: &str, version: u8) -> Value {
    let (id, kind) = match version {
        2 => ("@id", "@type"),
        _ => ("id", "type"),
    };
    let service =
        json!({ id: service, kind: format!("ImageService{version}"), "profile": "level2" });
    let canvas = "https://example.org/canvas";
    json!({
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "id": "https://example.org/manifest",
        "type": "Manifest",
        "label": { "en": ["A photograph"] },
        "items": [{
            "id": canvas, "type": "Canvas", "width": 3001, "height": 2001,
            "items": [{
                "id": "https://example.org/page", "type": "AnnotationPage",
                "items": [{
                    "id": "https://example.org/painting", "type": "Annotation", "motivation": "painting",
                    "target": canvas,
                    "body": {
                        "id": "https://example.org/photo.jpg", "type": "Image", "format": "image/jpeg",
                        "width": 3001, "height": 2001, "service": [service],
                    },
                }],
            }],
        }],
    })
}

#[tokio::test]
async fn mirador_shows_an_image_of_a_folder_on_first_sight() -> Result<()> {
    let (place, peers) = (Place::new(Keeping::SIMPLE)?, Peers::start()?);
    let folder = place.origins().join("scans");
    fs::create_dir(&folder)?;
    let photo = photo(&place.origins(), 3001, 2001)?;
    let recto = place.images(&[&folder.display().to_string()]).await?;
    for (version, prefix) in [(3, ""), (2, "v2/")] {
        fs::copy(&photo, folder.join(format!("photo-{version}.jpg")))?;
        let service = recto.url(&format!("/{prefix}photo-{version}.jpg"));
        let name = format!("folder-{version}.json");
        fs::write(peers.site().join(&name), manifest(&service, version).to_string())?;
        let manifest = format!("http://{}/site/{name}", peers.address());
        let page = mirador(&peers, &format!("mirador-folder-{version}"), &manifest)?;
        every_tile_is_found(&page, &format!("photo-{version}.jpg"))?;
    }
    recto.stop().await?;
    Ok(())
}
