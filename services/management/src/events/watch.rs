use std::time::Duration;

use axum::response::sse;
use catalogue::{Catalogue, Reach, RunningAsset};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::hydra::Progress;

/// Tells somebody who listens how far the work is, whenever that changes.
#[derive(Default)]
pub(super) struct Watch {
    told: Option<Value>,
    looked: Option<Instant>,
}

/// However much happens, it is told no more often.
const EVERY: Duration = Duration::from_secs(1);

impl Watch {
    /// What is to be told now, if anything. It has no id: it is no event that one could go on after.
    pub(super) async fn look(
        &mut self,
        catalogue: &Catalogue,
        reach: &Reach,
    ) -> Result<Option<sse::Event>, catalogue::Error> {
        if self.looked.is_some_and(|looked| looked.elapsed() < EVERY) {
            return Ok(None);
        }
        self.looked = Some(Instant::now());
        let news = news(catalogue, reach).await?;
        if self.told.as_ref() == Some(&news) {
            return Ok(None);
        }
        let event = sse::Event::default().event("progress").data(news.to_string());
        self.told = Some(news);
        Ok(Some(event))
    }
}

async fn news(catalogue: &Catalogue, reach: &Reach) -> Result<Value, catalogue::Error> {
    let running = catalogue.running_assets(reach.clone()).await?;
    let running: Vec<_> = running.iter().map(said).collect();
    let paused = catalogue.queue_is_paused(Some(reach.customer)).await?;
    let mut news = json!({ "paused": paused, "running": running });
    if let Some(progress) = catalogue.queue_progress(reach.clone(), catalogue.now()).await? {
        news["progress"] = json!(Progress::of(progress));
    }
    Ok(news)
}

fn said(asset: &RunningAsset) -> Value {
    let mut said = json!({ "subject": asset.id.to_string(), "stage": asset.stage.as_str() });
    if let Some(percent) = asset.percent {
        said["percent"] = percent.into();
    }
    said
}
