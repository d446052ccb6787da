use std::{path::Path, time::Instant};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use static_site::{Event, Fault, Outcome};

/// A bar for people; a log has its lines already.
pub(super) struct Progress {
    bar: ProgressBar,
    begun: Instant,
}

/// What a run has done.
pub(super) struct Report(Value);

impl Progress {
    pub(super) fn start(images: u64) -> anyhow::Result<Self> {
        let bar = ProgressBar::new(images);
        let template = "{bar:30} {pos} of {len} images, {per_sec}, {eta} left {msg}";
        bar.set_style(ProgressStyle::with_template(template)?);
        Ok(Self { bar, begun: Instant::now() })
    }

    pub(super) fn hear(&self, event: &Event<'_>) {
        if let Event::Failed(page, reason) = event {
            self.bar.set_message(format!("(failed: {})", page.image));
            tracing::debug!(image = page.image, reason, "failed");
        }
        self.bar.inc(1);
    }

    /// `vanished` are the images that are no longer among the inputs.
    pub(super) fn end(&self, outcome: &Outcome, vanished: &[String], is_pruned: bool) -> Report {
        self.bar.finish_and_clear();
        let failed = outcome.failed.iter();
        let failed: Vec<Value> =
            failed.map(|(source, reason)| json!({ "source": source, "reason": reason })).collect();
        Report(json!({
            "made": outcome.made,
            "kept": outcome.kept,
            "failed": failed,
            "files": outcome.files,
            "bytes": outcome.bytes,
            "manifests": outcome.manifests,
            "vanished": vanished,
            "pruned": is_pruned,
            "seconds": self.begun.elapsed().as_secs_f64(),
        }))
    }
}

impl Report {
    pub(super) fn of_check(faults: &[Fault]) -> Self {
        let fault = |fault: &Fault| json!({ "image": fault.image, "reason": fault.reason });
        Self(json!({ "faults": faults.iter().map(fault).collect::<Vec<_>>() }))
    }

    pub(super) fn summary(&self) -> String {
        let Self(report) = self;
        format!(
            "{} images made ({} files, {} bytes), {} were there, {} failed, {} manifests, in {:.1} s",
            report["made"],
            report["files"],
            report["bytes"],
            report["kept"],
            report["failed"].as_array().map_or(0, Vec::len),
            report["manifests"],
            report["seconds"].as_f64().unwrap_or_default(),
        )
    }

    pub(super) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let text = serde_json::to_string_pretty(&self.0)? + "\n";
        std::fs::write(path, text)
            .with_context(|| format!("the report {} can't be written", path.display()))
    }
}
