use std::path::{Path, PathBuf};

use anyhow::Context;
use catalogue::Recording;
use model::AvPreset;

use super::{
    measure::measure,
    orders,
    plan::{Planned, plan},
    probe::Probed,
    tools::Tools,
};
use crate::{config::IngestConfig, failure::Failure, origins::Fetched};

/// What is to be made of a recording.
pub(crate) struct Transcoding<'a> {
    pub(crate) presets: &'a [AvPreset],
    /// Whether the asset says that it is video, whatever is in it.
    pub(crate) is_video: bool,
}

/// What was made of a recording, and the files that hold it.
pub(crate) struct Transcoded {
    pub(crate) recording: Recording,
    /// Of the largest video.
    pub(crate) extent: (u32, u32),
    /// In milliseconds.
    pub(crate) duration: u64,
    /// The folder of each transcode, in the same order.
    pub(super) folders: Vec<PathBuf>,
    pub(super) poster: Option<PathBuf>,
}

/// How much of a recording may be missing from its transcode, in milliseconds, and as one part of so many.
const SLACK: u64 = 2000;
const PART: u64 = 20;

/// Makes what is wanted of a recording. May run twice: `folder` is the job's own.
///
/// `on_progress` hears how many per cent are done.
pub(crate) async fn transcode(
    config: &IngestConfig,
    wanted: Transcoding<'_>,
    (source, folder): (&Fetched, &Path),
    mut on_progress: impl FnMut(u8),
) -> Result<Transcoded, Failure> {
    let tools = Tools::find(config)?;
    let probed = Probed::parse(&tools.probe(&source.path).await?)?;
    let planned =
        plan(wanted.presets, (&probed, wanted.is_video), folder).map_err(Failure::Asset)?;
    for own in &planned {
        tokio::fs::create_dir_all(folder_of(own)).await.context("a folder can't be made")?;
    }
    let orders = orders::transcodes((&source.path, &probed), &planned, config.threads());
    let whole = probed.duration.unwrap_or_default();
    let places = (&*source.path, folder);
    tools.run(orders, places, |done| on_progress(percent(done / 1000, whole))).await?;

    let mut recording = Recording::default();
    for own in &planned {
        recording.transcodes.push(measure(&tools, own).await?);
    }
    let longest = recording.transcodes.iter().map(|own| own.duration).max().unwrap_or_default();
    check_whole(&probed, longest)?;
    let largest = planned.iter().filter_map(|own| own.extent).max_by_key(area);
    let poster = match largest {
        Some(extent) => poster(&tools, places, (extent, longest)).await,
        None => None,
    };
    recording.poster = largest.filter(|_| poster.is_some());
    let folders = planned.iter().map(|own| folder_of(own).to_owned()).collect();
    let extent = largest.unwrap_or_default();
    Ok(Transcoded { recording, extent, duration: longest, folders, poster })
}

fn folder_of(own: &Planned) -> &Path {
    own.path.parent().unwrap_or(&own.path)
}

fn area((w, h): &(u32, u32)) -> u64 {
    u64::from(*w) * u64::from(*h)
}

/// Never all of it: something is left to do afterwards.
fn percent(done: u64, whole: u64) -> u8 {
    (done * 100).checked_div(whole).unwrap_or_default().min(99) as u8
}

/// ffmpeg makes what it can of a file that ends too early; a library wants to know.
fn check_whole(source: &Probed, made: u64) -> Result<(), Failure> {
    let told = source.duration.filter(|_| source.is_exact).unwrap_or_default();
    if made + SLACK + told / PART >= told {
        return Ok(());
    }
    let seconds = |milliseconds: u64| milliseconds / 1000;
    let (made, told) = (seconds(made), seconds(told));
    Err(Failure::Asset(format!(
        "the recording is damaged: only {made} of its {told} seconds can be played"
    )))
}

/// A video can be played without one.
async fn poster(
    tools: &Tools,
    (source, folder): (&Path, &Path),
    (extent, duration): ((u32, u32), u64),
) -> Option<PathBuf> {
    let path = folder.join("poster.jpg");
    // Past the titles, where there are some.
    let seconds = (duration as f64 / 10_000.0).min(30.0);
    let orders = orders::poster(source, seconds, extent, &path);
    if let Err(failure) = tools.run(orders, (source, folder), |_| {}).await {
        tracing::warn!(%failure, "there is no poster of a video");
    }
    path.is_file().then_some(path)
}
