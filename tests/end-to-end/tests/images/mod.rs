//! `recto images`: folders, web servers and buckets, without a catalogue.
//!
//! - `folder`: what is shown of a folder, and what is not shown; `wording`: how refusals are worded.
//! - `sources`: originals that have to be fetched, and how often they are.
//! - `clients`: the official validator and a viewer.

mod folder;
mod wording;
mod sources;
mod clients;

use anyhow::Result;
use end_to_end::Recto;

/// What `/status` counts of a profile.
async fn counted(recto: &Recto, profile: &str, what: &str) -> Result<u64> {
    let status = recto.get("/status").await?.with_status(200)?.json()?;
    let profile = &status["profiles"][profile];
    let counts = [&profile["converted_cache"], &profile["source_cache"]];
    Ok(counts.iter().find_map(|counts| counts[what].as_u64()).unwrap_or_default())
}
