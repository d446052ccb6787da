//! `iiif-processor`, the module behind serverless-iiif, in a small server for node.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use end_to_end::workspace;

use crate::gallery::Gallery;

pub(crate) struct IiifProcessor {
    process: Child,
    port: String,
}

impl IiifProcessor {
    /// Shows the gallery's pyramid. It is told the extents of all levels, so that it needn't look for them each time.
    pub(crate) fn start(gallery: &Gallery) -> Result<Self> {
        let folder = workspace().join("tests/end-to-end/iiif-processor");
        let is_installed = folder.join("node_modules/iiif-processor").is_dir();
        ensure!(is_installed, "not installed: npm could not get it or sharp");
        let pyramids = gallery.place.pyramids()?;
        let levels = gallery.tiles.iter().map(|tile| tile.scale).max().unwrap_or(1).ilog2() + 1;
        let mut node = Command::new("node");
        node.arg(folder.join("server.mjs")).arg(pyramids.first().context("no pyramid is kept")?);
        node.args([gallery.extent.0, gallery.extent.1, levels].map(|number| number.to_string()));
        let node = node.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut process = node.context("node is not there")?;
        let mut port = String::new();
        BufReader::new(process.stdout.take().context("no output")?).read_line(&mut port)?;
        let this = Self { process, port: port.trim().to_owned() };
        ensure!(!this.port.is_empty(), "it does not start");
        Ok(this)
    }

    pub(crate) fn at(&self) -> (String, String) {
        (format!("127.0.0.1:{}", self.port), "/iiif/3/bench".to_owned())
    }
}

impl Drop for IiifProcessor {
    fn drop(&mut self) {
        if let Err(error) = self.process.kill().and_then(|()| self.process.wait()) {
            eprintln!("node cannot be ended: {error}");
        }
    }
}
