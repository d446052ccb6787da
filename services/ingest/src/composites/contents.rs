//! Both ends of looking into a document: what is in it, told by its bytes and never by its name.

use std::{fs::File, os::unix::fs::FileExt};

use anyhow::Context;
use pages::{Member, Zip, ZipLimits};
use sandbox::child::file;
use serde::{Deserialize, Serialize};

use super::page::{Fault, of_document, open_pdf};
use crate::{
    config::IngestConfig,
    convert::{limits, run_child},
    decode::{Outcome, Task},
    failure::Failure,
    origins::Fetched,
};

/// How much a document may hold.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ContentsTask {
    max_pages: u64,
    /// Of all files of an archive, unpacked.
    max_bytes: u64,
}

/// What a document is taken apart into.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Contents {
    /// In their order.
    pub(super) pages: Vec<Page>,
    /// What in it is no page, and why, for people.
    pub(super) skipped: Vec<String>,
}

/// Where a page is in its document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Page {
    /// By its number; the first is 0.
    Pdf(usize),
    /// By where it begins.
    Tiff(u64),
    /// A file, and the media type that its bytes have.
    Zip(Member, String),
}

/// More files in an archive than this, whatever they are, are not looked at.
const MAX_FILES: u64 = 100_000;
/// So many are named that are no pages.
const MAX_SKIPPED: usize = 100;
const MAX_NAME: usize = 200;
/// Bytes that tell what a file is.
const HEAD: u64 = 1024;
/// How they begin: with a file, or, if there is none, with one of the two ends.
const ZIPS: [&[u8]; 3] = [b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06"];

impl Page {
    pub(super) fn media_type(&self) -> &str {
        match self {
            Self::Pdf(_) => "image/jpeg",
            Self::Tiff(_) => "image/tiff",
            Self::Zip(_, media_type) => media_type,
        }
    }
}

/// What is in a document.
pub(super) async fn contents_of(
    config: &IngestConfig,
    source: &Fetched,
) -> Result<Contents, Failure> {
    let files = vec![source.file.try_clone().context("the source can't be shared")?];
    let task = ContentsTask { max_pages: config.max_pages, max_bytes: config.max_source_bytes };
    let looked = run_child(&Task::LookInto(task), files, limits(config, 1)).await;
    let outcome = looked.map_err(of_document)?;
    let Outcome::Contents(contents) = outcome else {
        return Err(of_document(outcome.into_failure()));
    };
    Ok(contents)
}

/// In the child.
pub(crate) fn look_into(task: &ContentsTask) -> Outcome {
    match contents(&file(0), task) {
        Ok(contents) => Outcome::Contents(contents),
        Err(fault) => fault.into(),
    }
}

fn contents(source: &File, task: &ContentsTask) -> Result<Contents, Fault> {
    let mut head = vec![0; HEAD as usize];
    let read = source.read_at(&mut head, 0)?;
    head.truncate(read);
    let contents = if ZIPS.iter().any(|mark| head.starts_with(mark)) {
        of_zip(source, task.max_bytes)?
    } else if imaging::image_type(&head) == Some("image/tiff") {
        let pages = imaging::tiff_pages(source, task.max_pages.saturating_add(1))?;
        let pages = pages.into_iter().map(Page::Tiff).collect();
        Contents { pages, skipped: Vec::new() }
    } else {
        let pages = (0..open_pdf(source.try_clone()?)?.pages()).map(Page::Pdf).collect();
        Contents { pages, skipped: Vec::new() }
    };
    match contents.pages.len() as u64 > task.max_pages {
        true => Err(Fault::TooMany(task.max_pages)),
        false => Ok(contents),
    }
}

/// Its images, by what their bytes are, in natural order of their names.
fn of_zip(source: &File, max_bytes: u64) -> Result<Contents, Fault> {
    let zip = Zip::open(source, &ZipLimits { files: MAX_FILES, bytes: max_bytes })?;
    let (mut pages, mut skipped, mut more) = (Vec::new(), Vec::new(), 0);
    for mut member in zip.into_members() {
        member.name = member.name.chars().take(MAX_NAME).collect();
        match imaging::image_type(&member.head(source, HEAD)?) {
            Some(media_type) => pages.push(Page::Zip(member, media_type.to_owned())),
            None if skipped.len() < MAX_SKIPPED => {
                skipped.push(format!("{} is no image", member.name));
            }
            None => more += 1,
        }
    }
    if pages.is_empty() {
        return Err(Fault::NoImages);
    }
    if more > 0 {
        skipped.push(format!("{more} more files are no images"));
    }
    Ok(Contents { pages, skipped })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use bindery::Archive;

    use super::*;

    const TASK: ContentsTask = ContentsTask { max_pages: 3, max_bytes: 1 << 20 };
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\nand so on";
    const JPEG: &[u8] = b"\xff\xd8\xff\xe0and so on";

    fn zip(files: &[(&str, &[u8])]) -> File {
        let mut archive = Archive::new(Vec::new());
        for (name, bytes) in files {
            archive.begin(name).unwrap();
            archive.write_all(bytes).unwrap();
        }
        written(&archive.finish().unwrap())
    }

    fn written(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn refused(file: &File) -> String {
        contents(file, &TASK).unwrap_err().to_string()
    }

    #[test]
    fn images_in_an_archive_are_its_pages_and_all_else_is_told() {
        let inner = zip(&[("1.png", PNG)]);
        let mut nested = vec![0; inner.metadata().unwrap().len() as usize];
        inner.read_exact_at(&mut nested, 0).unwrap();
        let files: [(&str, &[u8]); 5] = [
            ("10.bin", PNG),
            ("9.jpg", JPEG),
            ("notes.jpg", b"no image"),
            ("empty.jpg", b""),
            ("inner.zip", &nested),
        ];
        let found = contents(&zip(&files), &TASK).unwrap();
        let kinds: Vec<_> = found.pages.iter().map(Page::media_type).collect();
        assert_eq!(kinds, ["image/jpeg", "image/png"]);
        let told = ["empty.jpg is no image", "inner.zip is no image", "notes.jpg is no image"];
        assert_eq!(found.skipped, told);
    }

    #[test]
    fn what_makes_no_pages_or_too_many_is_refused_in_words() {
        assert!(refused(&zip(&[("notes.txt", b"no image")])).contains("no images"));
        assert!(refused(&zip(&[])).contains("no images"));
        let four = ["1", "2", "3", "4"].map(|name| (name, PNG));
        assert!(refused(&zip(&four)).contains("more than 3 pages"));
        let zeros = vec![0; 1 << 19];
        let large = ["1", "2", "3"].map(|name| (name, &zeros[..]));
        assert!(refused(&zip(&large)).contains("larger than 1048576 bytes"));
        assert!(refused(&written(b"PK\x03\x04 and nothing else")).contains("the ZIP is damaged"));
        assert!(refused(&written(b"neither")).contains("no PDF"));
        assert!(refused(&written(b"II\x2a\0\xff\0\0\0")).contains("ends in the middle"));
    }
}
