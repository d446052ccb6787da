use std::{
    path::Path,
    time::{Duration, Instant},
};

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

    pub(super) fn show(&self, images: u64, done: u64, failed: u64) {
        self.bar.set_length(images.max(done));
        self.bar.set_position(done);
        if failed > 0 {
            self.bar.set_message(format!("({failed} failed)"));
        }
    }

    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// `vanished` are the images that are no longer among the inputs.
    pub(super) fn end(&self, outcome: &Outcome, vanished: &[String], is_pruned: bool) -> Report {
        self.clear();
        Report::of(outcome, vanished, is_pruned, self.begun.elapsed())
    }
}

impl Report {
    pub(super) fn of(
        outcome: &Outcome,
        vanished: &[String],
        is_pruned: bool,
        took: Duration,
    ) -> Self {
        let failed = outcome.failed.iter();
        let failed: Vec<Value> =
            failed.map(|(source, reason)| json!({ "source": source, "reason": reason })).collect();
        Self(json!({
            "made": outcome.made,
            "kept": outcome.kept,
            "failed": failed,
            "files": outcome.files,
            "bytes": outcome.bytes,
            "manifests": outcome.manifests,
            "vanished": vanished,
            "pruned": is_pruned,
            "seconds": took.as_secs_f64(),
        }))
    }

    /// What many did, of whom the last looked at all: what it found there was made by the others.
    pub(super) fn of_many(reports: impl Iterator<Item = Value>, seconds: f64) -> Self {
        let reports: Vec<_> = reports.collect();
        let sum =
            |name: &str| reports.iter().filter_map(|report| report[name].as_u64()).sum::<u64>();
        let last = reports.last().cloned().unwrap_or_default();
        let made = sum("made");
        let images =
            last["made"].as_u64().unwrap_or_default() + last["kept"].as_u64().unwrap_or_default();
        Self(json!({
            "made": made,
            "kept": images.saturating_sub(made),
            "failed": last["failed"],
            "files": sum("files"),
            "bytes": sum("bytes"),
            "manifests": last["manifests"],
            "seconds": seconds,
        }))
    }

    /// `source: reason`, for each image that failed.
    pub(super) fn failures(&self) -> Vec<String> {
        let failed = self.0["failed"].as_array().into_iter().flatten();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        failed.map(|it| format!("{}: {}", text(&it["source"]), text(&it["reason"]))).collect()
    }

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

impl From<Report> for Value {
    fn from(Report(report): Report) -> Self {
        report
    }
}
