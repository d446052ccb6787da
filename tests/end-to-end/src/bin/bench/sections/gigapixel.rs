//! Memory must not grow with the picture.

use std::{fs, process::Command};

use anyhow::Result;
use end_to_end::{Keeping, output_of};

use crate::{
    gallery::{empty, ingest},
    goal::{Goal, Quantity, Row},
    meter::megabytes,
    pictures::{Extent, MP100, Pictures},
};

const GIGAPIXEL: Extent = (36500, 27400);

fn goal() -> Goal {
    Goal::within(1.5, "memory to ingest a TIFF of one gigapixel", "the same of 100 MP")
}

pub(crate) fn goals() -> Vec<Goal> {
    vec![goal()]
}

pub(crate) async fn measure(pictures: &Pictures) -> Result<Vec<Row>> {
    let small = pictures.tiff(MP100)?;
    let giant = pictures.folder().join("gigapixel.tif");
    let mut vips = Command::new("vips");
    vips.arg("embed").arg(&small).arg(format!("{}[bigtiff]", giant.display())).args(["0", "0"]);
    vips.args([GIGAPIXEL.0.to_string(), GIGAPIXEL.1.to_string()]);
    output_of(vips.args(["--extend", "repeat"]))?;

    let (_place, recto, library) = empty(pictures, Keeping::SIMPLE, &[]).await?;
    let of_small = ingest(&recto, &library, "small", &small).await?;
    let of_giant = ingest(&recto, &library, "giant", &giant).await?;
    fs::remove_file(giant)?;
    recto.stop().await?;
    let [giant, small] = [of_giant, of_small].map(|it| megabytes(it.peak_memory));
    let note =
        format!("in {:.1} and {:.1} s", of_giant.time.as_secs_f64(), of_small.time.as_secs_f64());
    let row = goal().measured(Quantity::Megabytes(giant), Quantity::Megabytes(small));
    Ok(vec![row.noting(note)])
}
