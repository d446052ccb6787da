//! What the server itself takes; decoders are other processes, and come and go.

use std::time::Duration;

use anyhow::Result;
use end_to_end::Keeping;
use tokio::time::sleep;

use crate::{
    gallery::{Gallery, empty},
    goal::{Goal, Quantity, Row},
    load::{Client, Server},
    meter::megabytes,
    pictures::{MP48, Pictures},
    visits::{regions, sessions},
};

const VISITORS: u32 = 100;
const CONNECTIONS: u32 = 32;
const SECONDS: u32 = 8;
const REQUESTS: u32 = 400;

fn idle() -> Goal {
    Goal::at_most(60.0, "idle memory of `recto serve`")
}

fn loaded() -> Goal {
    Goal::at_most(300.0, "peak memory under mixed load, default caches")
}

pub(crate) fn goals() -> Vec<Goal> {
    vec![idle(), loaded()]
}

pub(crate) async fn measure(pictures: &Pictures) -> Result<Vec<Row>> {
    let (_place, recto, _library) = empty(pictures, Keeping::SIMPLE, &[]).await?;
    sleep(Duration::from_secs(2)).await;
    let at_rest = megabytes(recto.memory()?);
    recto.stop().await?;

    let gallery = Gallery::open(pictures, MP48, Keeping::SIMPLE, &[]).await?;
    let client = Client::new()?;
    let looking = sessions(VISITORS, gallery.extent, &gallery.tiles);
    let looking = Server::new(gallery.at_recto(), looking.into_iter())?;
    let others = regions(REQUESTS, 7, gallery.extent);
    let at = gallery.at_recto();
    let looking = looking.ask(CONNECTIONS, SECONDS);
    let (looking, others) = tokio::join!(looking, client.each(&at, &others, CONNECTIONS as usize));
    let note = format!(
        "{:.0} answers of sessions and {:.0} drawings a second",
        looking?.per_second, others?
    );
    let peak = megabytes(gallery.recto.peak_memory()?);
    gallery.close().await?;
    Ok(vec![
        idle().measured_alone(Quantity::Megabytes(at_rest)),
        loaded().measured_alone(Quantity::Megabytes(peak)).noting(note),
    ])
}
