use std::{
    collections::HashSet,
    fs::File,
    io::{self, BufWriter, Write},
    os::unix::fs::FileExt,
    path::Path,
    sync::Arc,
};

use axum::{
    body::Body,
    extract::{Query, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use bindery::Archive;
use bytes::Bytes;
use futures_util::stream;
use serde::Deserialize;
use tokio::sync::mpsc;

use super::{
    error::Error,
    gallery::Gallery,
    index::{Absent, Identifier},
};
use crate::headers;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    identifiers: String,
    use_original_filenames: Option<String>,
}

/// An original that goes into the archive.
struct Entry {
    name: String,
    file: File,
    bytes: u64,
}

/// `GET /originals?identifiers=a,b&use_original_filenames=true`: several originals in one archive, made while it is sent.
pub(super) async fn get_originals(
    State(gallery): State<Arc<Gallery>>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Error> {
    let keeps_names = is_true(wanted.use_original_filenames.as_deref())?;
    let identifiers = distinct(&gallery, &wanted.identifiers)?;
    let mut entries = Vec::new();
    let mut names = HashSet::new();
    for identifier in &identifiers {
        let item = match gallery.find(identifier).await {
            Ok(item) => item,
            Err(Error::Absent(Absent::NoImage { .. })) if gallery.may_lack(identifier) => continue,
            Err(error) => return Err(error),
        };
        let file = gallery.profiles.original(&item.card.id, item.card.version).await?;
        let name = match keeps_names {
            true => item.file_name.to_string(),
            false => named(&identifier.name, &item.file_name),
        };
        let name = unused(name, &mut names);
        entries.push(Entry { name, file, bytes: item.bytes });
    }
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=originals.zip"),
        ),
        (header::CACHE_CONTROL, headers::NO_STORE),
    ];
    Ok((headers, archive(entries)).into_response())
}

/// The identifiers, each once.
fn distinct(gallery: &Gallery, list: &str) -> Result<Vec<Identifier>, Error> {
    let mut seen = HashSet::new();
    let identifiers: Vec<Identifier> = list
        .split(',')
        .filter(|text| !text.is_empty())
        .map(Identifier::parse)
        .filter(|found| seen.insert((gallery.profile_of(found).to_owned(), found.name.clone())))
        .collect();
    let max = gallery.config.download_max_files;
    match identifiers.len() {
        0 => Err(Error::NoIdentifiers),
        many if many > max => Err(Error::TooMany(max)),
        _ => Ok(identifiers),
    }
}

fn is_true(text: Option<&str>) -> Result<bool, Error> {
    match text.map(str::to_ascii_lowercase).as_deref() {
        None | Some("true" | "1" | "yes" | "on") => Ok(true),
        Some("false" | "0" | "no" | "off") => Ok(false),
        Some(_) => Err(Error::NotABoolean),
    }
}

/// The name of the image, with the ending of its file.
fn named(name: &str, file_name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or(name);
    match Path::new(file_name).extension().and_then(|ending| ending.to_str()) {
        Some(ending) => format!("{name}.{}", ending.to_lowercase()),
        None => name.to_owned(),
    }
}

/// An archive has no two files of one name.
fn unused(name: String, names: &mut HashSet<String>) -> String {
    let mut unused = name.clone();
    let mut number = 2;
    while !names.insert(unused.clone()) {
        unused = match name.rsplit_once('.') {
            Some((stem, ending)) => format!("{stem} ({number}).{ending}"),
            None => format!("{name} ({number})"),
        };
        number += 1;
    }
    unused
}

/// How many pieces wait to be sent.
const AHEAD: usize = 4;

/// Written on a thread of its own, no faster than it is read.
fn archive(entries: Vec<Entry>) -> Body {
    let (send, receive) = mpsc::channel::<io::Result<Bytes>>(AHEAD);
    tokio::task::spawn_blocking(move || {
        let out = BufWriter::with_capacity(PIECE, Pieces(send.clone()));
        let mut archive = Archive::new(out);
        let written = entries
            .iter()
            .try_for_each(|entry| {
                archive.begin(&entry.name)?;
                copy(&entry.file, entry.bytes, &mut archive)
            })
            .and_then(|()| archive.finish().map(drop));
        if let Err(error) = written
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            tracing::error!(%error, "an archive of originals is cut off");
            // Else it would look like a whole answer. Nobody may be reading any more.
            drop(send.blocking_send(Err(error)));
        }
    });
    Body::from_stream(stream::unfold(receive, |mut receive| async {
        Some((receive.recv().await?, receive))
    }))
}

const PIECE: usize = 64 * 1024;

/// Sends what is written to it.
struct Pieces(mpsc::Sender<io::Result<Bytes>>);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = Bytes::copy_from_slice(bytes);
        let gone = |_| io::ErrorKind::BrokenPipe.into();
        self.0.blocking_send(Ok(piece)).map(|()| bytes.len()).map_err(gone)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Copies a file of exactly so many bytes; others may be reading it.
fn copy(file: &File, bytes: u64, out: &mut impl Write) -> io::Result<()> {
    let mut buffer = vec![0; PIECE];
    let mut at = 0;
    while at < bytes {
        let length = usize::try_from(bytes - at).unwrap_or(PIECE).min(PIECE);
        let part = &mut buffer[..length];
        file.read_exact_at(part, at)?;
        out.write_all(part)?;
        at += length as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_got_shorter_is_an_error() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&[7; 70_000]).unwrap();
        let mut out = Vec::new();
        copy(&file, 70_000, &mut out).unwrap();
        assert!(out == [7; 70_000]);
        assert!(copy(&file, 70_001, &mut out).is_err());
    }

    #[test]
    fn names_follow_the_image_or_its_file() {
        assert_eq!(named("banana", "IMG_1.JPG"), "banana.jpg");
        assert_eq!(named("box 1/banana", "banana"), "banana");
        let mut names = HashSet::new();
        let given = ["a.jpg", "a.jpg", "a.jpg", "b"];
        let unused: Vec<_> = given.map(|name| unused(name.to_owned(), &mut names)).into();
        assert_eq!(unused, ["a.jpg", "a (2).jpg", "a (3).jpg", "b"]);
    }
}
