//! Opens a file of any kind: format, then colours, then orientation.

use std::fs::File;

use super::colour::Managed;
use super::problem::unsupported;
use super::raster::Raster;
use super::rows::{Rows, SourceFacts};
use super::sniff::{HEAD, Kind, sniff};
use super::source::Source;
use super::upright;
use super::{bmp, fax, gif, jp2, jpeg, png, tiff, webp};
use crate::{Error, Limits};

/// Rows of sRGB or grey, upright. Large pictures that lie on their side are kept in `scratch`.
pub(crate) fn open(
    source: File,
    limits: &Limits,
    scratch: Option<File>,
) -> Result<Box<dyn Rows>, Error> {
    upright(raster(Source::from_file(source)?, limits, 1)?, limits, scratch)
}

/// The colours and the orientation that people see.
pub(super) fn upright(
    raster: Box<dyn Raster>,
    limits: &Limits,
    scratch: Option<File>,
) -> Result<Box<dyn Rows>, Error> {
    let orientation = raster.plan().orientation;
    upright::turn(Box::new(Managed::new(raster)?), orientation, limits, scratch)
}

/// What the header says; pixels are not read.
pub fn identify(source: &File) -> Result<SourceFacts, Error> {
    let source = Source::from_file(source.try_clone()?)?;
    // Nothing is too large to be described.
    let limits = Limits { max_pixels: u64::MAX, ..Limits::default() };
    Ok(raster(source, &limits, 1)?.plan().facts.clone())
}

/// Only JPEGs can be reduced.
pub(super) fn raster(
    source: Source,
    limits: &Limits,
    reduction: u32,
) -> Result<Box<dyn Raster>, Error> {
    match sniff(&source.head(HEAD)?) {
        Kind::Jpeg => jpeg::open(source, limits, reduction),
        Kind::Tiff => tiff::open(source, limits),
        Kind::Png => png::open(source, limits),
        Kind::Jp2 | Kind::J2k => jp2::open(source, limits),
        Kind::Webp => webp::open(source, limits),
        Kind::Gif => gif::open(source, limits),
        Kind::Bmp => bmp::open(source, limits),
        Kind::Fax => fax::open(source, limits),
        Kind::Other(what) => Err(unsupported(what)),
    }
}
