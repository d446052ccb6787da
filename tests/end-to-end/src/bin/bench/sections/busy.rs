//! What viewers feel while the machine works for others.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use anyhow::{Result, ensure};
use end_to_end::Keeping;
use futures_util::future::try_join_all;
use tokio::task::spawn_blocking;

use crate::{
    gallery::{BASE, FORGETFUL, Gallery},
    goal::{Goal, Quantity, Row},
    load::{Client, Server},
    meter::median,
    pictures::{MP48, Pictures},
    readers,
};

const INGESTS: usize = 4;
const DRAWINGS: usize = 8;
const READERS: u32 = 8;
const ROUNDS: usize = 3;
const SECONDS: u32 = 4;

/// At the readers' pace, and as fast as answers come.
fn goals_of_both() -> [Goal; 2] {
    let others = format!("while {INGESTS} ingests and {DRAWINGS} full/max run");
    let pace = readers::TILES_A_SECOND;
    [
        format!("p99 of a tile for {READERS} readers with {pace} a second each {others}"),
        format!("p99 of a tile for {READERS} connections that never rest {others}"),
    ]
    .map(|work| Goal::within(4.0, work, "p99 of a tile alone"))
}

pub(crate) fn goals() -> Vec<Goal> {
    goals_of_both().into()
}

pub(crate) async fn measure(pictures: &Pictures) -> Result<Vec<Row>> {
    let gallery = Gallery::open(pictures, MP48, Keeping::SIMPLE, &FORGETFUL).await?;
    let scan = pictures.tiff(MP48)?;
    let client = Client::new()?;
    let server = Server::new(gallery.at_recto(), gallery.tiles.iter().map(|it| it.path.clone()))?;
    let urls: Arc<[String]> =
        gallery.tiles.iter().map(|it| gallery.recto.url(&format!("{BASE}/{}", it.path))).collect();
    let p99 = async || {
        let (mut paced, mut restless) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let urls = Arc::clone(&urls);
            let time = Duration::from_secs(SECONDS.into());
            paced.push(spawn_blocking(move || readers::p99(READERS, &urls, time)).await??);
            restless.push(server.ask(READERS, SECONDS).await?.p99_ms);
        }
        anyhow::Ok([median(&paced), median(&restless)])
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
    let rows = goals_of_both().into_iter().zip(busy.into_iter().zip(alone));
    let row = |(goal, (busy, alone)): (Goal, (f64, f64))| {
        let row = goal.measured(Quantity::Milliseconds(busy), Quantity::Milliseconds(alone));
        row.noting(note.clone())
    };
    Ok(rows.map(row).collect())
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
