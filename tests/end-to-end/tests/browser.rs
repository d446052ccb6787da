//! Other people's viewers, in a real browser.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use end_to_end::{Peers, output_of, workspace};
use serde_json::Value;

use crate::souvenirs;

/// What Mirador 4.0.0 says on every page, of itself.
const OF_MIRADOR: &str = "Accessing element.ref was removed in React 19";

/// Opens a page in the browser and zooms in: what it asks of the image must be there, and nothing may go wrong.
pub(crate) fn every_tile_is_found(page: &str, image: &str) -> Result<()> {
    let screenshot = page.rsplit_once("/site/").map_or(page, |(_, path)| path).replace('/', "-");
    let output = output_of(
        Command::new("node")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/viewer.mjs"))
            .arg(page)
            .arg(souvenirs()?.join(format!("static-{screenshot}.png"))),
    )?;
    let seen: Value = serde_json::from_slice(&output.stdout)?;
    let errors = seen["errors"].as_array().context("no errors")?;
    let is_ours = |error: &&Value| !error.to_string().contains(OF_MIRADOR);
    ensure!(errors.iter().find(is_ours).is_none(), "{page}: {seen:#}");
    let asked = seen["images"].as_array().context("no images")?;
    let tiles = asked.iter().filter(|asked| asked["url"].to_string().contains(image));
    let tiles: Vec<_> = tiles.collect();
    ensure!(tiles.len() > 8, "{page}: {asked:#?}");
    ensure!(tiles.iter().all(|tile| tile["status"] == 200), "{page}: {tiles:#?}");
    Ok(())
}

/// Puts a page with Mirador, and a manifest opened in it, among the files of nginx: its address.
pub(crate) fn mirador(peers: &Peers, name: &str, manifest: &str) -> Result<String> {
    let script = Path::new("tests/end-to-end/node_modules/mirador/dist/mirador.min.js");
    fs::copy(workspace().join(script), peers.site().join("mirador.js"))?;
    let page = format!(
        "<!doctype html><meta charset=utf-8><link rel=icon href='data:,'><script src=mirador.js></script>\
         <div id=mirador style='position:absolute;inset:0'></div>\
         <script>Mirador.viewer({{id:'mirador',windows:[{{manifestId:'{manifest}'}}],window:{{sideBarOpen:false}}}})</script>"
    );
    fs::write(peers.site().join(format!("{name}.html")), page)?;
    Ok(format!("http://{}/site/{name}.html", peers.address()))
}
