//! Many assets by the queue, as a workflow registers them.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use end_to_end::{Library, Recto};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::sleep;

const PATIENCE: Duration = Duration::from_secs(1800);
const LOOK: Duration = Duration::from_millis(50);

/// Registers assets in batches of so many, one after the other, and waits until the last of them is in.
pub(crate) async fn bring_in(
    recto: &Recto,
    library: &Library,
    assets: &[Value],
    batch: usize,
) -> Result<()> {
    let mut batches = Vec::new();
    for members in assets.chunks(batch) {
        let body = json!({ "member": members });
        let answer = library.ask(recto, Method::POST, "/customers/1/queue", Some(&body)).await?;
        let registered = answer.with_status(201)?.json()?;
        batches.push(registered["@id"].as_str().context("no batch")?.to_owned());
    }
    let deadline = Instant::now() + PATIENCE;
    for batch in batches {
        loop {
            let state = library.ask(recto, Method::GET, &batch, None).await?;
            let state = state.with_status(200)?.json()?;
            ensure!(state["errors"] == 0, "not all can be brought in: {state:#}");
            if state["completed"] == state["count"] {
                break;
            }
            ensure!(Instant::now() < deadline, "it does not complete: {state:#}");
            sleep(LOOK).await;
        }
    }
    Ok(())
}
