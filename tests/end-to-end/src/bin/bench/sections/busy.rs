//! What viewers feel while the machine works for others.

use std::{
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
};

use anyhow::{Result, ensure};
use end_to_end::Keeping;
use futures_util::future::try_join_all;

use crate::{
    gallery::{BASE, FORGETFUL, Gallery},
    goal::{Goal, Quantity, Row},
    load::{Client, Server},
    meter::median,
    pictures::{MP48, Pictures},
};

const INGESTS: usize = 4;
const DRAWINGS: usize = 8;
const CONNECTIONS: u32 = 8;
const ROUNDS: usize = 3;
const SECONDS: u32 = 4;

fn goal() -> Goal {
    let work = format!("p99 of a tile while {INGESTS} ingests and {DRAWINGS} full/max run");
    Goal::within(4.0, work, "p99 of a tile alone")
}

pub(crate) fn goals() -> Vec<Goal> {
    vec![goal()]
}

pub(crate) async fn measure(pictures: &Pictures) -> Result<Vec<Row>> {
    let gallery = Gallery::open(pictures, MP48, Keeping::SIMPLE, &FORGETFUL).await?;
    let scan = pictures.tiff(MP48)?;
    let client = Client::new()?;
    let server = Server::new(gallery.at_recto(), gallery.tiles.iter().map(|it| it.path.clone()))?;
    let p99 = async || {
        let mut p99 = Vec::new();
        for _ in 0..ROUNDS {
            p99.push(server.ask(CONNECTIONS, SECONDS).await?.p99_ms);
        }
        anyhow::Ok(median(&p99))
    };
    let alone = p99().await?;
    let (ingested, drawn) = (AtomicU32::new(0), AtomicU32::new(0));
    let others = async {
        let ingests = (0..INGESTS).map(|lane| ingest(&gallery, &scan, lane, &ingested));
        let drawings = (0..DRAWINGS).map(|_| draw(&gallery, &client, &drawn));
        tokio::try_join!(try_join_all(ingests), try_join_all(drawings)).map(|_| ())
    };
    let busy = tokio::select! {
        busy = p99() => busy?,
        ended = others => {
            ended?;
            anyhow::bail!("the other work ended");
        }
    };
    let [ingested, drawn] = [ingested, drawn].map(AtomicU32::into_inner);
    ensure!(ingested > 0 && drawn > 0, "{ingested} ingested, {drawn} drawn meanwhile");
    gallery.recto.kill()?;
    let note = format!("{ingested} images ingested, {drawn} drawn meanwhile");
    let row = goal().measured(Quantity::Milliseconds(busy), Quantity::Milliseconds(alone));
    Ok(vec![row.noting(note)])
}

/// One image after the other.
async fn ingest(gallery: &Gallery, scan: &Path, lane: usize, done: &AtomicU32) -> Result<()> {
    for number in 0.. {
        let id = format!("busy-{lane}-{number}");
        gallery.library.put_file(&gallery.recto, &id, scan).await?.with_status(201)?;
        done.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// Drawings that can't be stitched, one after the other.
async fn draw(gallery: &Gallery, client: &Client, done: &AtomicU32) -> Result<()> {
    loop {
        client.get(&gallery.recto.url(&format!("{BASE}/full/max/!0/default.jpg"))).await?;
        done.fetch_add(1, Ordering::Relaxed);
    }
}
