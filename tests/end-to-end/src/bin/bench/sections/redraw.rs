//! The whole image in full size, where bytes can't be copied: every pixel is decoded and encoded again.

use std::{path::Path, process::Command};

use anyhow::{Context, Result};
use end_to_end::Keeping;

use crate::{
    gallery::{BASE, FORGETFUL, Gallery},
    goal::{Goal, Quantity, Row},
    load::Client,
    meter::{Duel, effort_of, milliseconds},
    pictures::{MP48, Pictures},
};

const ROUNDS: usize = 5;

/// What is asked of Recto, and of `vips`, at the same quality.
struct Task {
    name: &'static str,
    path: &'static str,
    vips: [&'static str; 2],
}

const TASKS: [Task; 2] = [
    Task { name: "in grey", path: "full/max/0/gray.jpg", vips: ["colourspace", "b-w"] },
    Task { name: "mirrored", path: "full/max/!0/default.jpg", vips: ["flip", "horizontal"] },
];

impl Task {
    fn goal(&self) -> Goal {
        let work = format!("full/max of 48 MP to JPEG, encoded anew, {}", self.name);
        Goal::at_least(1.2, work, "`vips`, from the same pyramid")
    }
}

pub(crate) fn goals() -> Vec<Goal> {
    TASKS.iter().map(Task::goal).collect()
}

pub(crate) async fn measure(pictures: &Pictures) -> Result<Vec<Row>> {
    let gallery = Gallery::open(pictures, MP48, Keeping::SIMPLE, &FORGETFUL).await?;
    let client = Client::new()?;
    let pyramids = gallery.place.pyramids()?;
    let pyramid = pyramids.first().context("no pyramid is kept")?;
    let mut rows = Vec::new();
    for task in &TASKS {
        let url = gallery.recto.url(&format!("{BASE}/{}", task.path));
        let mut duel = Duel::default();
        for _ in 0..ROUNDS {
            let ours = milliseconds(client.get(&url).await?);
            duel.add(ours, vips(task, pyramid, pictures)?);
        }
        rows.push(duel.row(task.goal(), Quantity::Milliseconds));
    }
    gallery.close().await?;
    Ok(rows)
}

fn vips(task: &Task, pyramid: &Path, pictures: &Pictures) -> Result<f64> {
    let [operation, argument] = task.vips;
    let target = format!("{}[Q=85]", pictures.folder().join("redrawn.jpg").display());
    let mut vips = Command::new("vips");
    Ok(milliseconds(effort_of(vips.arg(operation).arg(pyramid).arg(target).arg(argument))?.time))
}
