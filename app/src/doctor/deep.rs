use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use inspection::{FaultKind, Inspection, Report, Wishes};
use storage::Bucket;

use crate::{assemble, config::Config, tell};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Reads back everything that is kept, and compares it with what the catalogue says.
    #[arg(long)]
    pub(super) deep: bool,
    /// Only what this customer has: a number.
    #[arg(long, requires = "deep", value_name = "CUSTOMER")]
    customer: Option<u32>,
    /// Reads back only a part of the assets, by chance: `1%`.
    #[arg(long, requires = "deep", value_name = "PERCENT", value_parser = part)]
    sample: Option<f64>,
    /// Writes what is found there, as JSON. One that was broken off is gone on with.
    #[arg(long, requires = "deep", value_name = "FILE")]
    report: Option<PathBuf>,
    /// Brings damaged assets in again from their origins, removes what is nobody's and older than a day, and puts
    /// counters right.
    #[arg(long, requires = "deep")]
    repair: bool,
}

/// `1%`, as a part of 1.
fn part(text: &str) -> Result<f64, String> {
    let number = text.trim().trim_end_matches('%').trim().parse::<f64>().ok();
    let part = number.map(|percent| percent / 100.0).filter(|part| *part > 0.0 && *part <= 1.0);
    part.ok_or_else(|| "use a percentage, such as 1%".to_owned())
}

/// Looks through the library; fails if something is wrong with it, and is not being mended.
pub(super) async fn inspect(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let catalogue = assemble::catalogue(config).await?;
    let wishes = Wishes {
        customer: arguments.customer,
        part: arguments.sample.unwrap_or(1.0),
        repairs: arguments.repair,
    };
    let bucket = Bucket::open(&config.storage, config.data())?;
    let now = catalogue.now();
    let listed = config.ingest.listed_buckets()?;
    let inspection = Inspection { catalogue, bucket, listed, wishes, now };
    let mut report = begin(&inspection, arguments.report.as_deref())?;
    let bar = ProgressBar::new(inspection.catalogue.count_of_assets(arguments.customer).await?);
    let template = "{bar:30} {pos} of {len} assets, {per_sec}, {eta} left, {msg}";
    bar.set_style(ProgressStyle::with_template(template)?);
    // Not what an inspection before it passed: its rate is another one.
    bar.set_position(report.passed);
    bar.reset_eta();
    let mut unwritten = None;
    let heard = |report: &Report| {
        bar.set_position(report.passed);
        bar.set_message(format!("{} read", HumanBytes(report.bytes)));
        unwritten = unwritten.take().or(keep(report, arguments.report.as_deref()).err());
    };
    let ended = inspection.run(&mut report, heard).await;
    bar.finish_and_clear();
    ended?;
    report.ended = Some(inspection.catalogue.now());
    keep(&report, arguments.report.as_deref())?;
    if let Some(error) = unwritten {
        tracing::warn!(?error, "the report could not be written now and then");
    }
    summary(&report);
    inspection.catalogue.close().await?;
    Ok(if report.is_well() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A report of the same inspection that was broken off, or a new one.
fn begin(inspection: &Inspection, file: Option<&Path>) -> anyhow::Result<Report> {
    let Some(file) = file else { return Ok(inspection.begin()) };
    let text = match fs::read(file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(inspection.begin()),
        Err(error) => {
            return Err(error).with_context(|| format!("{} can't be read", file.display()));
        }
    };
    let earlier = serde_json::from_slice::<Report>(&text);
    let earlier = earlier.with_context(|| {
        format!("{} is there, and no report of an inspection: name another", file.display())
    })?;
    if !inspection.goes_on_with(&earlier) {
        return Ok(inspection.begin());
    }
    tell(&format!("going on with {}, behind {} assets", file.display(), earlier.passed));
    Ok(earlier)
}

/// Whole or not at all: it may be what the next inspection goes on with.
fn keep(report: &Report, file: Option<&Path>) -> anyhow::Result<()> {
    let Some(file) = file else { return Ok(()) };
    let mut making = file.as_os_str().to_owned();
    making.push(".part");
    let text = serde_json::to_string_pretty(report)? + "\n";
    let written = fs::write(&making, text).and_then(|()| fs::rename(&making, file));
    written.with_context(|| format!("the report {} can't be written", file.display()))
}

fn summary(report: &Report) {
    let of = |kind| report.faults.iter().filter(|fault| fault.kind == kind).count();
    let (missing, damaged) = (of(FaultKind::Missing), of(FaultKind::Damaged));
    for fault in &report.faults {
        let mended = if fault.mended { "; it is brought in again" } else { "" };
        tell(&format!("!!  {}: {}: {}{mended}", fault.asset, fault.key, fault.finding));
    }
    for orphan in &report.orphans {
        let removed = if orphan.removed { ", removed" } else { "" };
        tell(&format!("!!  {} is nobody's ({} bytes{removed})", orphan.key, orphan.bytes));
    }
    let miscounted = |customer: u32, place: &str, [counted, found]: [[i64; 3]; 2], mended: bool| {
        let mended = if mended { ", put right" } else { "" };
        tell(&format!(
            "!!  customer {customer}, {place}: counted {counted:?}, there are {found:?}{mended}"
        ));
    };
    for counter in &report.counters {
        let place = counter.space.map_or("all spaces".to_owned(), |space| format!("space {space}"));
        miscounted(counter.customer, &place, [counter.counted, counter.found], counter.mended);
    }
    for batch in &report.batches {
        let place = format!("batch {}", batch.batch);
        miscounted(batch.customer, &place, [batch.counted, batch.found], batch.mended);
    }
    tell(&format!(
        "{} of {} assets, {} objects, {} read: {missing} missing, {damaged} damaged, {} without a checksum",
        report.assets,
        report.passed,
        report.objects,
        HumanBytes(report.bytes),
        report.without_checksum,
    ));
    tell(&format!(
        "{} objects are nobody's, {} younger ones too; {} have names that are none of ours, {} names too long to tell",
        report.orphans.len(),
        report.young,
        report.strangers,
        report.unknown,
    ));
}
