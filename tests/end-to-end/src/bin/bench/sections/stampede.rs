//! Many visitors who ask for the same thing at once, when nobody has it yet.

use std::time::Instant;

use anyhow::{Result, ensure};
use end_to_end::Keeping;
use futures_util::future::try_join_all;

use crate::{
    gallery::{BASE, Gallery},
    goal::{Goal, Quantity, Row},
    load::Client,
    meter::{Duel, milliseconds},
    pictures::{MP48, Pictures},
};

const VISITORS: usize = 32;
const ROUNDS: u32 = 9;

fn goal() -> Goal {
    Goal::within(
        1.3,
        format!("{VISITORS} identical cold requests, all answered"),
        "one such request",
    )
}

pub(crate) fn goals() -> Vec<Goal> {
    vec![goal()]
}

pub(crate) async fn measure(pictures: &Pictures) -> Result<Vec<Row>> {
    let gallery = Gallery::open(pictures, MP48, Keeping::SIMPLE, &[]).await?;
    let client = Client::new()?;
    // Each width is new to the server, and a pixel more is no more work. Drawn from 12 megapixels.
    let url = |width: u32| gallery.recto.url(&format!("{BASE}/full/{width},/0/default.jpg"));
    let all_at_once = async |url: &str| {
        let begun = Instant::now();
        try_join_all((0..VISITORS).map(|_| client.get(url))).await?;
        anyhow::Ok(milliseconds(begun.elapsed()))
    };
    // Connections are opened beforehand.
    all_at_once(&gallery.recto.url(&format!("{BASE}/info.json"))).await?;

    let mut duel = Duel::default();
    for round in 0..ROUNDS {
        let alone = milliseconds(client.get(&url(2100 + 2 * round)).await?);
        duel.add(all_at_once(&url(2101 + 2 * round)).await?, alone);
    }
    let drawn = gallery.answered("drawn").await?;
    ensure!(drawn <= f64::from(2 * ROUNDS), "equal requests were drawn {drawn} times");
    gallery.close().await?;
    Ok(vec![duel.row(goal(), Quantity::Milliseconds)])
}
