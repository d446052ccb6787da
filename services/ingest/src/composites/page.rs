//! Both ends of what a child does with a document: what it is asked, and how it answers.

use std::{
    fs::File,
    io::{Read, Seek, Write},
    path::Path,
};

use anyhow::Context;
use iiif::image::Extent;
use pages::{Pdf, Resolution};
use sandbox::child::file;
use serde::{Deserialize, Serialize};
use storage::{Bucket, keys};

use crate::{
    config::IngestConfig,
    convert::{create, limits, run_child},
    decode::{Outcome, Task},
    failure::Failure,
    origins::Fetched,
};

/// What is to be drawn of a document.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PageTask {
    /// The first is 0.
    number: usize,
    resolution: Resolution,
    quality: u8,
}

/// What pages are kept as: tiles are made of them, so better than those.
const QUALITY: u8 = 95;
/// A page that is larger is drawn with fewer pixels an inch.
const MAX_PIXELS: u64 = 100_000_000;
const MAX_EDGE: u16 = 30_000;

/// How many pages a document has.
pub(super) async fn pages_of(config: &IngestConfig, source: &Fetched) -> Result<u64, Failure> {
    let files = vec![source.file.try_clone().context("the source can't be shared")?];
    let counted = run_child(&Task::CountPages, files, limits(config, 1)).await;
    let outcome = counted.map_err(of_document)?;
    let Outcome::Pages(pages) = outcome else { return Err(outcome.into_failure()) };
    Ok(pages)
}

/// Draws a page, and keeps it and its words under `key`. May run twice: a page that is there is not drawn again.
pub(super) async fn keep_page(
    (config, bucket): (&IngestConfig, &Bucket),
    (source, folder): (&Fetched, &Path),
    (number, key): (u64, &str),
) -> Result<(), Failure> {
    let there = bucket.head(key).await.context("a page can't be looked up")?;
    if there.is_some() {
        return Ok(());
    }
    let (image, words) = (folder.join("page.jpg"), folder.join("words.json"));
    let files = vec![
        source.file.try_clone().context("the source can't be shared")?,
        create(&image)?,
        create(&words)?,
    ];
    let task = Task::DrawPage(PageTask {
        number: usize::try_from(number).unwrap_or(usize::MAX),
        resolution: Resolution {
            dpi: config.page_dpi as f32,
            max_pixels: MAX_PIXELS.min(config.max_source_pixels),
            max_edge: MAX_EDGE,
        },
        quality: QUALITY,
    });
    let outcome = run_child(&task, files, limits(config, 1)).await.map_err(of_document)?;
    let Outcome::Page = outcome else { return Err(outcome.into_failure()) };
    // The page itself last: where it is, its words are.
    let kept = bucket.put_file(&keys::words_of_upload(key), &words).await;
    kept.context("the words of a page can't be kept")?;
    bucket.put_file(key, &image).await.context("a page can't be kept")?;
    Ok(())
}

/// In the child.
pub(crate) fn count_pages() -> Outcome {
    match open(file(0)) {
        Ok(pdf) => Outcome::Pages(pdf.pages() as u64),
        Err(fault) => fault.into(),
    }
}

/// In the child: source, image, words.
pub(crate) fn draw_page(task: &PageTask) -> Outcome {
    match try_draw_page(task) {
        Ok(()) => Outcome::Page,
        Err(fault) => fault.into(),
    }
}

fn try_draw_page(task: &PageTask) -> Result<(), Fault> {
    let pdf = open(file(0))?;
    let sheet = pdf.draw(task.number, &task.resolution)?;
    let (width, height) = (sheet.w, sheet.h);
    let extent = Extent::new(width, height);
    let jpeg = imaging::encode_rows(extent, task.quality, |take| sheet.each_row(take))?;
    file(1).write_all(&jpeg)?;
    let words = pdf.words(task.number, &task.resolution)?;
    file(2).write_all(&serde_json::to_vec(&Words { width, height, words })?)?;
    Ok(())
}

/// What can be read on a page; the boxes are in pixels of its image.
#[derive(Serialize)]
struct Words {
    width: u32,
    height: u32,
    words: Vec<pages::Word>,
}

/// Why a child has nothing to show.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error(transparent)]
    Document(#[from] pages::Error),
    #[error(transparent)]
    Image(#[from] imaging::Error),
    #[error(transparent)]
    File(#[from] std::io::Error),
    #[error(transparent)]
    Words(#[from] serde_json::Error),
}

impl From<Fault> for Outcome {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Document(error) => Self::Refused(error.to_string()),
            Fault::Image(_) | Fault::File(_) | Fault::Words(_) => Self::Broken(fault.to_string()),
        }
    }
}

fn open(mut source: File) -> Result<Pdf, Fault> {
    // Every child has the same file, and leaves off where it stopped.
    source.rewind()?;
    let mut bytes = Vec::new();
    source.read_to_end(&mut bytes)?;
    Ok(Pdf::open(bytes)?)
}

/// The child speaks of images.
fn of_document(failure: Failure) -> Failure {
    match failure {
        Failure::Asset(text) => Failure::Asset(text.replace("the image", "the document")),
        Failure::Origin(_) | Failure::Ours(_) => failure,
    }
}
