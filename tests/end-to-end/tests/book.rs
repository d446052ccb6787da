//! A book of 300 pages in the viewers that libraries use: Mirador, Universal Viewer, TIFY and Clover.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Library, Picture, Place, Recto, book_page, output_of};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::souvenirs;

const PAGES: usize = 300;
/// The viewers are to open the book in the middle.
const MIDDLE: usize = 150;
const PATIENCE: Duration = Duration::from_secs(300);

#[tokio::test]
async fn a_book_of_300_pages_is_shown_by_every_viewer() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    bind(&place, &recto, &library).await?;
    let path = "/iiif-resource/1/book/b%201";
    let manifest = recto.get(path).await?.with_status(200)?.json()?;
    let canvases = manifest["items"].as_array().context("no canvases")?;
    ensure!(canvases.len() == PAGES, "{} canvases", canvases.len());
    ensure!(manifest["structures"].as_array().is_some_and(|it| it.len() == 10), "no chapters");
    ensure!(canvases.iter().all(|canvas| canvas["thumbnail"][0]["id"].is_string()));

    let folder = souvenirs()?;
    let seen = output_of(
        Command::new("node")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/viewers.mjs"))
            .args([&recto.url(path), &MIDDLE.to_string()])
            .arg(&folder),
    )?;
    let seen: Value = serde_json::from_slice(&seen.stdout)?;
    for viewer in ["mirador", "universal-viewer", "tify", "clover"] {
        let told = &seen[viewer];
        ensure!(told["errors"] == json!([]), "{viewer}: {told:#}");
        ensure!(told["shown"] == true, "{viewer} never showed the page: {told:#}");
        ensure!(told["thumbnails"].as_u64() >= Some(6), "{viewer}: {told:#}");
        let screenshot = folder.join(format!("{viewer}.png"));
        ensure!(!Picture::of_file(&screenshot)?.is_gray(), "see {}", screenshot.display());
    }
    recto.stop().await?;
    Ok(())
}

/// The pages in two batches, and a query that makes a book of them.
async fn bind(place: &Place, recto: &Recto, library: &Library) -> Result<()> {
    let mut pages = Vec::with_capacity(PAGES);
    for number in 1..=PAGES {
        let file = book_page(&place.origins(), number)?;
        let side = if number % 2 == 1 { "r" } else { "v" };
        pages.push(json!({ "id": format!("page {number}"), "space": 1, "mediaType": "image/bmp",
            "origin": format!("file://{}", file.display()), "number1": number, "string1": "b 1",
            "string2": format!("{}{side}", number.div_ceil(2)),
            "string3": format!("Chapter {}", number.div_ceil(30)) }));
    }
    for members in pages.chunks(PAGES / 2) {
        let batch = json!({ "@type": "Collection", "member": members });
        let posted = library.ask(recto, Method::POST, "/customers/1/queue", Some(&batch));
        let batch = posted.await?.with_status(201)?.json()?;
        completed(recto, library, batch["@id"].as_str().context("no batch")?).await?;
    }
    let query = json!({
        "name": "book", "template": "s1=p1!&assetOrder=n1&canvaslabel=s2&ranges=s3",
        "presentation": {
            "label": {"en": ["A book of 300 pages"]}, "behavior": ["paged"],
            "requiredStatement": {"label": "Attribution", "value": "The Library"},
        },
    });
    let saved = library.ask(recto, Method::POST, "/customers/1/namedQueries", Some(&query));
    saved.await?.with_status(201)?;
    Ok(())
}

async fn completed(recto: &Recto, library: &Library, batch: &str) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let state = library.ask(recto, Method::GET, batch, None).await?.with_status(200)?.json()?;
        ensure!(state["errors"] == 0, "pages were not ingested: {state:#}");
        if state["completed"] == PAGES / 2 {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "the batch does not complete: {state:#}");
        sleep(Duration::from_millis(200)).await;
    }
}
