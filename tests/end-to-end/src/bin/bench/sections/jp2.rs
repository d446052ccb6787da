//! JPEG 2000, where decoding is nearly everything.

use std::process::Command;

use anyhow::Result;
use end_to_end::Keeping;

use crate::{
    gallery::{empty, ingest},
    goal::{Goal, Quantity, Row},
    meter::{Duel, effort_of, milliseconds},
    pictures::{MP100, Pictures},
};

const ROUNDS: usize = 3;

fn goal() -> Goal {
    Goal::within(1.3, "ingest of 100 MP JP2, one thread", "`opj_decompress` alone")
}

pub(crate) fn goals() -> Vec<Goal> {
    vec![goal()]
}

pub(crate) async fn measure(pictures: &Pictures) -> Result<Vec<Row>> {
    let file = pictures.jp2(MP100)?;
    let pixels = file.with_extension("ppm");
    // With two workers, each image has one thread.
    let settings = [("RECTO_INGEST__WORKERS", "2")];
    let (_place, recto, library) = empty(pictures, Keeping::SIMPLE, &settings).await?;
    let mut duel = Duel::default();
    for round in 0..ROUNDS {
        let ours = ingest(&recto, &library, &format!("jp2-{round}"), &file).await?;
        let mut theirs = Command::new("opj_decompress");
        let theirs = effort_of(theirs.arg("-i").arg(&file).arg("-o").arg(&pixels))?;
        duel.add(milliseconds(ours.time), milliseconds(theirs.time));
    }
    std::fs::remove_file(pixels)?;
    recto.stop().await?;
    Ok(vec![duel.row(goal(), Quantity::Milliseconds)])
}
