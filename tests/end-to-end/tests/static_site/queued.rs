use std::{process::Output, time::Duration};

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Place};
use tokio::time::sleep;

use super::site::{URL, same, small_images, succeeded, tile, utf8};

#[tokio::test]
async fn a_site_that_is_left_to_the_queue_is_as_if_written_here_though_a_writer_dies() -> Result<()>
{
    for keeping in Keeping::offered().into_iter().filter(|keeping| !keeping.on_s3) {
        write(keeping).await.with_context(|| format!("{keeping:?}"))?;
    }
    Ok(())
}

async fn write(keeping: Keeping) -> Result<()> {
    let mut place = Place::new(keeping)?;
    place.set("RECTO_INGEST__LEASE_SECONDS", 3);
    let folder = tempfile::tempdir()?;
    let images = small_images(folder.path(), 320)?;
    std::fs::write(images.join("object-0/broken.jpg"), "no picture")?;
    let (here, there) = (folder.path().join("here"), folder.path().join("there"));
    let own = tile(&[utf8(&images), "--to", utf8(&here), "--base-url", URL])?;
    ensure!(own.status.code() == Some(3), "{own:?}");
    succeeded(&place.run(&["migrate"])?)?;
    let queued = [
        "tile",
        utf8(&images),
        "--to",
        utf8(&there),
        "--base-url",
        URL,
        "--enqueue",
        "--shards",
        "4",
    ];
    let queued = place.run(&queued)?;
    succeeded(&queued)?;
    let said = said(&queued);
    ensure!(said.contains("321 images in 4 shards"), "{said}");
    let id = said.split_whitespace().nth(2).context("no name")?.trim_end_matches(':').to_owned();

    let first = place.serve_as("tiling").await?;
    while !there.exists() || std::fs::read_dir(&there)?.next().is_none() {
        sleep(Duration::from_millis(10)).await;
    }
    first.kill()?;
    let second = place.serve_as("tiling").await?;
    let follow = place.run(&["tile", "--follow", &id])?;
    ensure!(follow.status.code() == Some(3), "{follow:?}");
    let said = self::said(&follow);
    ensure!(said.contains("broken.jpg") && said.contains("1 failed"), "{said}");
    second.stop().await?;
    same(&here, &there)
}

#[test]
fn what_others_could_not_find_is_not_left_to_them() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let to = place.origins().join("site");
    let refused =
        place.run(&["tile", "images", "--to", utf8(&to), "--base-url", URL, "--enqueue"])?;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    ensure!(
        !refused.status.success() && said.contains("images: say where it is from the root"),
        "{said}"
    );
    let unknown = place.run(&["tile", "--follow", "nothing"])?;
    ensure!(!unknown.status.success(), "{unknown:?}");
    Ok(())
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}
