use std::{fs::OpenOptions, io, os::unix::fs::FileExt, path::Path};

use super::{JpegFrame, Size};
use crate::origins::{FetchError, Fetched, landing::Landing};

/// A TIFF of JPEG tiles, written as they come: row by row, from left to right.
///
/// Those at the right and at the bottom may be smaller than the others, as image services cut them.
pub(super) struct Mosaic<'a> {
    landing: Landing<'a, &'a str>,
    image: Size,
    tile: Size,
    first: Option<JpegFrame>,
    offsets: Vec<u64>,
    lengths: Vec<u64>,
}

/// BigTIFF, little-endian; where the directory lies comes last.
const HEADER: [u8; 16] = [b'I', b'I', 43, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const DIRECTORY_AT: u64 = 8;

const SHORT: u16 = 3;
const LONG: u16 = 4;
const LONG8: u16 = 16;

impl<'a> Mosaic<'a> {
    pub(super) async fn begin(
        origin: &'a &'a str,
        into: &'a Path,
        max_bytes: u64,
        (image, tile): (Size, Size),
    ) -> Result<Self, FetchError> {
        let mut landing = Landing::create(origin, into, max_bytes).await?;
        landing.write(&HEADER).await?;
        let (offsets, lengths) = (Vec::new(), Vec::new());
        Ok(Self { landing, image, tile, first: None, offsets, lengths })
    }

    /// Adds the next tile; all have to be of one kind.
    pub(super) async fn add(&mut self, frame: JpegFrame, jpeg: &[u8]) -> Result<(), FetchError> {
        let first = self.first.get_or_insert(frame);
        if (first.components, first.is_rgb) != (frame.components, frame.is_rgb) {
            return Err(FetchError::Refused("the image service sends tiles of two kinds".into()));
        }
        self.offsets.push(self.landing.bytes());
        self.lengths.push(jpeg.len() as u64);
        self.landing.write(jpeg).await?;
        // Directories begin at even places, and so does everything else.
        self.landing.write(&[0][..jpeg.len() % 2]).await
    }

    pub(super) async fn finish(mut self) -> Result<Fetched, FetchError> {
        let Some(first) = self.first else {
            return Err(FetchError::Refused("the image has no tiles".into()));
        };
        let at = self.landing.bytes();
        let directory = self.directory(first, at);
        self.landing.write(&directory).await?;
        let fetched = self.landing.close().await?;
        name_directory(&fetched.path, at).map_err(|error| {
            FetchError::Unavailable(format!("an image could not be put together: {error}"))
        })?;
        Ok(fetched)
    }

    /// The directory as it lies at `at`, with the lists that it names behind it.
    fn directory(&self, first: JpegFrame, at: u64) -> Vec<u8> {
        let samples = u64::from(first.components);
        let colours = match (first.components, first.is_rgb) {
            (1, _) => 1,
            (3, false) => 6, // light and colour
            (3, true) => 2,
            (_, _) => 5, // cyan, magenta, yellow, black
        };
        let tags: [(u16, u16, Vec<u64>); 11] = [
            (256, LONG, vec![self.image.w.into()]),
            (257, LONG, vec![self.image.h.into()]),
            (258, SHORT, vec![8; usize::from(first.components)]),
            (259, SHORT, vec![7]), // JPEG
            (262, SHORT, vec![colours]),
            (277, SHORT, vec![samples]),
            (284, SHORT, vec![1]), // samples lie together
            (322, LONG, vec![self.tile.w.into()]),
            (323, LONG, vec![self.tile.h.into()]),
            (324, LONG8, self.offsets.clone()),
            (325, LONG8, self.lengths.clone()),
        ];
        let after = at + 8 + 20 * tags.len() as u64 + 8;
        let (mut directory, mut lists) = ((tags.len() as u64).to_le_bytes().to_vec(), Vec::new());
        for (tag, kind, values) in tags {
            directory.extend(tag.to_le_bytes());
            directory.extend(kind.to_le_bytes());
            directory.extend((values.len() as u64).to_le_bytes());
            let mut bytes: Vec<u8> = values.iter().flat_map(|value| spell(kind, *value)).collect();
            if bytes.len() > 8 {
                directory.extend((after + lists.len() as u64).to_le_bytes());
                lists.append(&mut bytes);
                lists.resize(lists.len().next_multiple_of(8), 0);
            } else {
                bytes.resize(8, 0);
                directory.append(&mut bytes);
            }
        }
        directory.extend(0_u64.to_le_bytes()); // there is no other directory
        directory.append(&mut lists);
        directory
    }
}

/// A number in as many bytes as its kind has.
fn spell(kind: u16, value: u64) -> Vec<u8> {
    let bytes = match kind {
        SHORT => 2,
        LONG => 4,
        _ => 8,
    };
    value.to_le_bytes()[..bytes].to_vec()
}

fn name_directory(path: &Path, at: u64) -> io::Result<()> {
    OpenOptions::new().write(true).open(path)?.write_all_at(&at.to_le_bytes(), DIRECTORY_AT)
}
