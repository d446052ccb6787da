//! From nothing to the first tile.

use std::time::Instant;

use anyhow::Result;
use end_to_end::Keeping;

use crate::{
    gallery::{BASE, Gallery},
    goal::{Goal, Quantity, Row},
    meter::{median, milliseconds},
    pictures::{MP48, Pictures},
};

const ROUNDS: usize = 7;

fn goal() -> Goal {
    Goal::at_most(100.0, "start to first tile, on SQLite")
}

pub(crate) fn goals() -> Vec<Goal> {
    vec![goal()]
}

pub(crate) async fn measure(pictures: &Pictures) -> Result<Vec<Row>> {
    let Gallery { place, recto, tiles, .. } =
        Gallery::open(pictures, MP48, Keeping::SIMPLE, &[]).await?;
    recto.stop().await?;
    let path = tiles.first().map(|tile| format!("{BASE}/{}", tile.path)).unwrap_or_default();
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let recto = place.serve().await?;
        recto.get(&path).await?.with_status(200)?;
        times.push(milliseconds(begun.elapsed()));
        recto.stop().await?;
    }
    Ok(vec![goal().measured_alone(Quantity::Milliseconds(median(&times)))])
}
