//! The pictures that are shown and ingested: made when first wanted, the same in every run.

use std::path::{Path, PathBuf};

use anyhow::Result;
use end_to_end::landscape_in;
use tempfile::TempDir;

pub(crate) struct Pictures {
    folder: TempDir,
}

/// Width and height.
pub(crate) type Extent = (u32, u32);

pub(crate) const MP48: Extent = (8000, 6000);
pub(crate) const MP100: Extent = (11600, 8700);

impl Pictures {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self { folder: tempfile::Builder::new().prefix("recto-bench.").tempdir()? })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// As a camera leaves it: quality 90, the colour of every pixel.
    pub(crate) fn jpeg(&self, extent: Extent) -> Result<PathBuf> {
        self.made(extent, "jpg[Q=90]")
    }

    /// As a scanner leaves it: strips of plain pixels.
    pub(crate) fn tiff(&self, extent: Extent) -> Result<PathBuf> {
        self.made(extent, "tif[]")
    }

    /// As libvips writes it: tiles of 512 pixels, lossy at high quality.
    pub(crate) fn jp2(&self, extent: Extent) -> Result<PathBuf> {
        self.made(extent, "jp2[Q=60]")
    }

    fn made(&self, extent: Extent, format: &str) -> Result<PathBuf> {
        let ending = format.split('[').next().unwrap_or_default();
        let path = self.folder().join(format!("landscape-{}x{}.{ending}", extent.0, extent.1));
        match path.is_file() {
            true => Ok(path),
            false => landscape_in(self.folder(), extent, format),
        }
    }
}
