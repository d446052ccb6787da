//! The pages of a file of many: directories in its chain that are whole pictures.

use std::{collections::HashSet, fs::File};

use super::{
    super::{problem::unsupported, source::Source},
    copy_page::copy_page,
    ifd::{Directory, Tiff},
    tags,
};
use crate::Error;

/// Bits of NewSubfileType: a smaller copy of another page, and which parts of one can be seen through.
const REDUCED: u64 = 1;
const MASK: u64 = 4;
/// What SubfileType says of a smaller copy.
const OLD_REDUCED: u64 = 2;

/// Where the pages of a TIFF begin, at most `most` of them; smaller copies and masks are none, nor is what hangs below a
/// page.
pub fn tiff_pages(source: &File, most: u64) -> Result<Vec<u64>, Error> {
    let tiff = Tiff::open(Source::from_file(source.try_clone()?)?)?;
    let mut seen = HashSet::new();
    let (mut pages, mut at) = (Vec::new(), tiff.first);
    while at != 0 && (pages.len() as u64) < most && seen.insert(at) {
        let directory = tiff.directory(at)?;
        if is_page(&directory)? {
            pages.push(at);
        }
        at = directory.next;
    }
    if pages.is_empty() { Err(unsupported("a TIFF without a whole picture")) } else { Ok(pages) }
}

/// Makes a file of its own of the page that begins at `at`. Its strips or tiles are copied as they are, and what the tags
/// say of them; what points to other places (Exif, smaller copies) is left out.
pub fn copy_tiff_page(source: &File, at: u64, out: File) -> Result<(), Error> {
    let tiff = Tiff::open(Source::from_file(source.try_clone()?)?)?;
    copy_page(&tiff, at, out)
}

fn is_page(directory: &Directory) -> Result<bool, Error> {
    let number = |tag| directory.number(tag).map(Option::unwrap_or_default);
    let is_part = number(tags::NEW_SUBFILE_TYPE)? & (REDUCED | MASK) != 0
        || number(tags::SUBFILE_TYPE)? == OLD_REDUCED;
    let places = [tags::STRIP_OFFSETS, tags::TILE_OFFSETS, tags::JPEG_INTERCHANGE_FORMAT];
    let is_picture = directory.has(tags::IMAGE_WIDTH)
        && directory.has(tags::IMAGE_LENGTH)
        && places.iter().any(|tag| directory.has(*tag));
    Ok(is_picture && !is_part)
}
