//! Regions and sizes off the grid, each asked for once: decoding, scaling, encoding.

use anyhow::{Result, ensure};
use end_to_end::{Keeping, Peers};

use crate::{
    gallery::Gallery,
    goal::{Goal, Quantity, Row},
    load::Client,
    meter::Duel,
    node::IiifProcessor,
    pictures::{MP48, Pictures},
    visits::regions,
};

const AT_A_TIME: usize = 8;
const ROUNDS: u64 = 5;
const REQUESTS: u32 = 200;
const WORK: &str = "arbitrary regions and sizes, cold";

fn beside_iipimage() -> Goal {
    Goal::at_least(1.5, WORK, "IIPImage 1.1 (Debian)")
}

fn beside_sharp() -> Goal {
    Goal::at_least(10.0, WORK, "libvips: sharp's iiif-processor (npm)")
}

pub(crate) fn goals() -> Vec<Goal> {
    vec![beside_iipimage(), beside_sharp()]
}

pub(crate) async fn measure(pictures: &Pictures) -> Result<Vec<Row>> {
    let gallery = Gallery::open(pictures, MP48, Keeping::SIMPLE, &[]).await?;
    let client = Client::new()?;
    let peers = Peers::start()?;
    let at_iipimage = gallery.at_iipimage(&peers)?;
    let mut duel = Duel::default();
    for round in 1..=ROUNDS {
        let paths = regions(REQUESTS, round, gallery.extent);
        let ours = client.each(&gallery.at_recto(), &paths, AT_A_TIME).await?;
        duel.add(ours, client.each(&at_iipimage, &paths, AT_A_TIME).await?);
    }
    let drawn = gallery.answered("drawn").await?;
    ensure!(drawn > 0.95 * ROUNDS as f64 * f64::from(REQUESTS), "only {drawn} were drawn");
    let iipimage = duel.row(beside_iipimage(), Quantity::PerSecond);
    let sharp = match beside(&gallery, &client).await {
        Ok(row) => row,
        Err(reason) => beside_sharp().missed_for(&format!("{reason:#}")),
    };
    gallery.close().await?;
    Ok(vec![iipimage, sharp])
}

/// A fifth of the requests: it is so much slower.
async fn beside(gallery: &Gallery, client: &Client) -> Result<Row> {
    let sharp = IiifProcessor::start(gallery)?;
    client.each(&sharp.at(), &regions(8, 99, gallery.extent), AT_A_TIME).await?;
    let mut duel = Duel::default();
    for round in 100..100 + ROUNDS {
        let paths = regions(REQUESTS / 5, round, gallery.extent);
        let ours = client.each(&gallery.at_recto(), &paths, AT_A_TIME).await?;
        duel.add(ours, client.each(&sharp.at(), &paths, AT_A_TIME).await?);
    }
    Ok(duel.row(beside_sharp(), Quantity::PerSecond))
}
