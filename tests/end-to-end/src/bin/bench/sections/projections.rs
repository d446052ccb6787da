//! A book of 300 pages as a PDF, beside img2pdf, which binds the very same JPEGs.

use std::{path::PathBuf, process::Command, time::Instant};

use anyhow::{Result, ensure};
use end_to_end::{Keeping, Library, Place, Recto, output_of, photo};
use reqwest::Method;
use serde_json::json;

use crate::{
    bring_in::bring_in,
    goal::{Goal, Quantity, Row},
    meter::{Duel, megabytes, milliseconds},
    pictures::Pictures,
};

const PAGES: usize = 300;
const BATCH: usize = 100;
const ROUNDS: usize = 7;
const PDF: &str = "/pdf/1/book/b1";

fn making() -> Goal {
    Goal::within(1.5, format!("PDF of {PAGES} pages of 1024 pixels"), "img2pdf")
}

fn memory() -> Goal {
    Goal::at_most(100.0, format!("peak memory, PDF of {PAGES} pages"))
}

pub(crate) fn goals() -> Vec<Goal> {
    vec![making(), memory()]
}

pub(crate) async fn measure(_: &Pictures) -> Result<Vec<Row>> {
    let mut place = Place::new(Keeping::SIMPLE)?;
    place.set("RECTO_DELIVERY__PROJECTION_WAIT_SECONDS", 120);
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    register(&place, &recto, &library).await?;
    recto.stop().await?;
    // A process that has brought nothing in: its memory is that of binding alone.
    let recto = place.serve().await?;
    let mut duel = Duel::default();
    let mut pages = Vec::new();
    for round in 0..ROUNDS {
        let (ours, pdf) = bind(&recto, &library).await?;
        if round == 0 {
            pages = jpegs(&place, &pdf)?;
        }
        duel.add(ours, theirs(&place, &pages)?);
    }
    let peak = megabytes(recto.peak_memory()?);
    recto.stop().await?;
    Ok(vec![
        duel.row(making(), Quantity::Milliseconds),
        memory().measured_alone(Quantity::Megabytes(peak)),
    ])
}

/// Every page is a photograph of 2.4 megapixels, of which 1024 x 819 go into the book.
async fn register(place: &Place, recto: &Recto, library: &Library) -> Result<()> {
    let origin = format!("file://{}", photo(&place.origins(), 1750, 1400)?.display());
    let page = |number: usize| {
        json!({ "id": format!("page-{number}"), "space": 1, "mediaType": "image/jpeg",
            "origin": origin, "string1": "b1", "string2": format!("{number}r"), "number1": number })
    };
    let query = json!({ "name": "book", "template": "s1=p1&canvaslabel=s2" });
    let saved = library.ask(recto, Method::POST, "/customers/1/namedQueries", Some(&query)).await?;
    saved.with_status(201)?;
    let pages: Vec<_> = (0..PAGES).map(page).collect();
    bring_in(recto, library, &pages, BATCH).await
}

/// The PDF, and how long it took from asking for it to its last byte, in milliseconds.
async fn bind(recto: &Recto, library: &Library) -> Result<(f64, Vec<u8>)> {
    let path = "/customers/1/resources/pdf/book?args=b1";
    library.ask(recto, Method::DELETE, path, None).await?.with_status(200)?;
    let begun = Instant::now();
    let pdf = recto.get(PDF).await?.with_status(200)?.body;
    Ok((milliseconds(begun.elapsed()), pdf))
}

/// The pages of the PDF, as files.
fn jpegs(place: &Place, pdf: &[u8]) -> Result<Vec<PathBuf>> {
    let (path, root) = (place.temporary().join("book.pdf"), place.temporary().join("page"));
    std::fs::write(&path, pdf)?;
    output_of(Command::new("pdfimages").arg("-j").args([&path, &root]))?;
    let page = |number: usize| place.temporary().join(format!("page-{number:03}.jpg"));
    let pages: Vec<_> = (0..PAGES).map(page).collect();
    ensure!(pages.iter().all(|page| page.is_file()), "not every page is a JPEG");
    Ok(pages)
}

fn theirs(place: &Place, pages: &[PathBuf]) -> Result<f64> {
    let out = place.temporary().join("theirs.pdf");
    let begun = Instant::now();
    output_of(Command::new("img2pdf").args(pages).arg("--output").arg(out))?;
    Ok(milliseconds(begun.elapsed()))
}
