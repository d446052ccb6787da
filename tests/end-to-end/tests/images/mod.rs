//! `recto images`: folders, web servers and buckets, without a catalogue.
//!
//! - `folder`: what is shown of a folder, and what is not shown; `wording`: how refusals are worded.
//! - `addresses`: those of version 2, and those of an older system.
//! - `first_sight`: what is shown of an image whose pyramid is in the making.
//! - `sources`: originals that have to be fetched, and how often they are.
//! - `clients`: the official validator and a viewer.

mod folder;
mod addresses;
mod first_sight;
mod wording;
mod sources;
mod clients;

use std::time::Duration;

use anyhow::{Context, Result};
use end_to_end::Recto;
use tokio::time::{sleep, timeout};

/// What `/status` counts of a profile.
async fn counted(recto: &Recto, profile: &str, what: &str) -> Result<u64> {
    let status = recto.get("/status").await?.with_status(200)?.json()?;
    let profile = &status["profiles"][profile];
    let counts = [&profile["converted_cache"], &profile["source_cache"]];
    Ok(counts.iter().find_map(|counts| counts[what].as_u64()).unwrap_or_default())
}

/// Until so many pyramids are made: images are shown before.
async fn until_converted(recto: &Recto, profile: &str, pyramids: u64) -> Result<()> {
    let made = async {
        while counted(recto, profile, "converted").await? < pyramids {
            sleep(Duration::from_millis(20)).await;
        }
        anyhow::Ok(())
    };
    let made = timeout(Duration::from_secs(120), made).await;
    made.with_context(|| format!("there are less than {pyramids} pyramids"))?
}
