//! What is kept can be read without Recto: by libtiff, libvips and IIPImage, without a warning, tile for tile.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use end_to_end::{
    Keeping, Library, Peers, Picture, Place, Recto, Tile, grid, made_images, output_of, photo,
};

#[tokio::test]
async fn pyramids_open_elsewhere_without_a_warning_and_give_the_same_tiles() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let gray = made_images(&place.origins())?.into_iter().find(|path| path.ends_with("gray.jpg"));
    let coloured = photo(&place.origins(), 2500, 1700)?;
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    let peers = Peers::start()?;

    let mut known = Vec::new();
    for (id, file) in [("coloured", coloured), ("gray", gray.context("no grey image")?)] {
        library.put_file(&recto, id, &file).await?.with_status(201)?;
        let pyramid = place.pyramids()?.into_iter().find(|path| !known.contains(path));
        let pyramid = pyramid.context("no pyramid is kept")?;
        opens_without_a_warning(&pyramid)?;
        let tiles = grid(&recto.get(&format!("{}/info.json", base(id))).await?.json()?)?;
        let elsewhere = peers.show(&pyramid, &format!("{id}.tif"))?;
        for tile in &tiles {
            is_the_same(&recto, id, tile, &pyramid, &elsewhere)
                .await
                .with_context(|| tile.path.clone())?;
        }
        known.push(pyramid);
    }
    let warnings = peers.warnings()?;
    ensure!(warnings.is_empty(), "IIPImage says {warnings}");
    recto.stop().await?;
    Ok(())
}

fn base(id: &str) -> String {
    Library::public("iiif-img/v3", id)
}

fn opens_without_a_warning(pyramid: &Path) -> Result<()> {
    for command in [["tiffinfo"].as_slice(), &["vips", "avg"], &["vipsheader", "-a"]] {
        let output = output_of(Command::new(command[0]).args(&command[1..]).arg(pyramid))?;
        let complaints = String::from_utf8_lossy(&output.stderr);
        ensure!(complaints.is_empty(), "{command:?} says {complaints}");
    }
    Ok(())
}

/// By libvips the very same pixels; by IIPImage, which encodes them anew, nearly so.
async fn is_the_same(
    recto: &Recto,
    id: &str,
    tile: &Tile,
    pyramid: &Path,
    elsewhere: &str,
) -> Result<()> {
    let ours = recto.get(&format!("{}/{}", base(id), tile.path)).await?.with_status(200)?;
    let ours = Picture::of_answer(&ours)?;

    let folder = tempfile::tempdir()?;
    let part = folder.path().join("part.png");
    let page = format!("{}[page={}]", pyramid.display(), tile.scale.ilog2());
    let (x, y) = (tile.origin.0 / tile.scale, tile.origin.1 / tile.scale);
    let numbers = [x, y, tile.extent.0, tile.extent.1].map(|number| number.to_string());
    output_of(Command::new("vips").args(["crop", &page]).arg(&part).args(numbers))?;
    let distance = ours.distance(&Picture::of_file(&part)?)?;
    ensure!(distance.mean < 0.5 && distance.worst < 3.0, "libvips is {distance:?} away");

    let theirs = recto.get(&format!("{elsewhere}/{}", tile.path)).await?.with_status(200)?;
    let distance = ours.distance(&Picture::of_answer(&theirs)?)?;
    // It draws the smallest level from the one above.
    let (mean, worst) = if tile.path.starts_with("full") { (4.0, 40.0) } else { (1.5, 10.0) };
    ensure!(distance.mean < mean && distance.worst < worst, "IIPImage is {distance:?} away");
    Ok(())
}
