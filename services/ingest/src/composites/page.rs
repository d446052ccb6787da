//! Both ends of what a child does with a page of a document: what it is asked, and how it answers.

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

use super::{contents::Page, words::Words};
use crate::{
    config::IngestConfig,
    convert::{create, limits, run_child},
    decode::{Outcome, Task},
    failure::Failure,
    origins::Fetched,
};

/// Which page of a document is wanted, and how it is drawn if it has to be.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PageTask {
    page: Page,
    resolution: Resolution,
    quality: u8,
}

/// What drawn pages are kept as: tiles are made of them, so better than those.
const QUALITY: u8 = 95;
/// A page that is larger is drawn with fewer pixels an inch.
const MAX_PIXELS: u64 = 100_000_000;
const MAX_EDGE: u16 = 30_000;

/// Makes a page, and keeps it under `key`, and its words beside it. May run twice: a page that is there is not made again.
pub(super) async fn keep_page(
    (config, bucket): (&IngestConfig, &Bucket),
    (source, folder): (&Fetched, &Path),
    (page, key): (&Page, &str),
) -> Result<(), Failure> {
    let there = bucket.head(key).await.context("a page can't be looked up")?;
    if there.is_some() {
        return Ok(());
    }
    let (image, words) = (folder.join("page"), folder.join("words.json"));
    let files = vec![
        source.file.try_clone().context("the source can't be shared")?,
        create(&image)?,
        create(&words)?,
    ];
    let task = Task::MakePage(PageTask {
        page: page.clone(),
        resolution: Resolution {
            dpi: config.page_dpi as f32,
            max_pixels: MAX_PIXELS.min(config.max_source_pixels),
            max_edge: MAX_EDGE,
        },
        quality: QUALITY,
    });
    let outcome = run_child(&task, files, limits(config, 1)).await.map_err(of_document)?;
    let Outcome::Page = outcome else { return Err(of_document(outcome.into_failure())) };
    if let Page::Pdf(_) = page {
        // The page itself last: where it is, its words are.
        let kept = bucket.put_file(&keys::words_of_upload(key), &words).await;
        kept.context("the words of a page can't be kept")?;
    }
    bucket.put_file(key, &image).await.context("a page can't be kept")?;
    Ok(())
}

/// In the child: source, image, words.
pub(crate) fn make_page(task: &PageTask) -> Outcome {
    let made = match &task.page {
        Page::Pdf(number) => draw(task, *number),
        Page::Tiff(at) => imaging::copy_tiff_page(&file(0), *at, file(1)).map_err(Fault::from),
        Page::Zip(member, _) => member.unpack(&file(0), file(1)).map_err(Fault::from),
    };
    match made {
        Ok(()) => Outcome::Page,
        Err(fault) => fault.into(),
    }
}

fn draw(task: &PageTask, number: usize) -> Result<(), Fault> {
    let pdf = open_pdf(file(0))?;
    let sheet = pdf.draw(number, &task.resolution)?;
    let (width, height) = (sheet.w, sheet.h);
    let extent = Extent::new(width, height);
    let jpeg = imaging::encode_rows(extent, task.quality, |take| sheet.each_row(take))?;
    file(1).write_all(&jpeg)?;
    let words = pdf.words(number, &task.resolution)?;
    file(2).write_all(&serde_json::to_vec(&Words { width, height, words })?)?;
    Ok(())
}

/// Why a child has nothing to show.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error("the document has more than {0} pages: so many are not accepted")]
    TooMany(u64),
    #[error("the ZIP has no images in it")]
    NoImages,
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
            Fault::Document(pages::Error::Unreadable(_)) => Self::Broken(fault.to_string()),
            Fault::Document(_) | Fault::TooMany(_) | Fault::NoImages => {
                Self::Refused(fault.to_string())
            }
            Fault::Image(error) => Self::of(&error),
            Fault::File(_) | Fault::Words(_) => Self::Broken(fault.to_string()),
        }
    }
}

pub(super) fn open_pdf(mut source: File) -> Result<Pdf, Fault> {
    // Every child has the same file, and leaves off where it stopped.
    source.rewind()?;
    let mut bytes = Vec::new();
    source.read_to_end(&mut bytes)?;
    Ok(Pdf::open(bytes)?)
}

/// The child speaks of images.
pub(super) fn of_document(failure: Failure) -> Failure {
    match failure {
        Failure::Asset(text) => Failure::Asset(text.replace("the image", "the document")),
        Failure::Origin(_) | Failure::Ours(_) => failure,
    }
}
