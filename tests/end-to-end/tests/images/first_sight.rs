use std::{fs, process::Command};

use anyhow::{Result, ensure};
use end_to_end::{Keeping, Picture, Place, jpeg_extent, output_of, photo};
use futures_util::future::try_join_all;
use reqwest::Method;

use super::{counted, until_converted};

#[tokio::test]
async fn a_thumbnail_of_a_new_image_does_not_wait_for_its_pyramid() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let scans = place.origins().join("scans");
    fs::create_dir(&scans)?;
    fs::copy(photo(&place.origins(), 8000, 6000)?, scans.join("photo.jpg"))?;
    let recto = place.images(&[&scans.display().to_string()]).await?;
    let path = "/photo.jpg/full/,300/0/default.jpg";
    let first = try_join_all((0..3).map(|_| recto.get(path))).await?;
    ensure!(counted(&recto, "scans", "converted").await? == 0, "the pyramid was there first");
    ensure!(recto.metric(r#"recto_images_total{how="meanwhile"}"#).await? == 3.0);
    ensure!(
        recto.metric(r#"recto_derivatives_total{from="drawing"}"#).await? == 1.0,
        "it was drawn for each"
    );
    let first = &first[0];
    ensure!(first.status == 200 && jpeg_extent(&first.body) == Some((400, 300)));

    until_converted(&recto, "scans", 1).await?;
    let tag = first.header("etag").to_owned();
    let then = recto.ask(Method::GET, path, |it| it.header("if-none-match", &tag)).await?;
    ensure!(then.status == 200, "the pyramid gives other bytes: {}", then.status);
    let distance = Picture::of_answer(first)?.distance(&Picture::of_answer(&then)?)?;
    ensure!(distance.mean < 2.0, "{distance:?}");
    recto.stop().await?;
    Ok(())
}

/// What can't be drawn meanwhile is answered all the same, when the pyramid is there.
#[tokio::test]
async fn every_kind_of_file_is_shown_on_first_sight() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let scans = place.origins().join("scans");
    fs::create_dir(&scans)?;
    let photo = photo(&place.origins(), 1200, 900)?;
    for options in ["a.png", "b.png[interlace]", "c.tif", "d.jpg[interlace]", "e.webp", "f.gif"] {
        let to = scans.join(options).display().to_string();
        output_of(Command::new("vips").arg("copy").arg(&photo).arg(to))?;
    }
    let recto = place.images(&[&scans.display().to_string()]).await?;
    for name in ["a.png", "b.png", "c.tif", "d.jpg", "e.webp", "f.gif"] {
        for request in ["full/200,/0/default.jpg", "600,450,600,450/300,/!90/gray.png"] {
            let shown = recto.get(&format!("/{name}/{request}")).await?.with_status(200)?;
            let size = Picture::of_answer(&shown)?.extent;
            ensure!([(200, 150), (225, 300)].contains(&size), "{name} {request}: {size:?}");
        }
    }
    until_converted(&recto, "scans", 6).await?;
    recto.stop().await?;
    Ok(())
}
