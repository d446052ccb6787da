use std::{
    fs::{File, OpenOptions},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context;
use imaging::{Chroma, ConvertSettings, Converted};

use crate::{
    config::IngestConfig,
    decode::{Outcome, Task},
    failure::Failure,
    origins::Fetched,
};

/// What was made of an origin, and the files that hold it.
pub(crate) struct Made {
    pub(crate) converted: Converted,
    pub(crate) pyramid: PathBuf,
    pub(crate) thumbnails: File,
}

/// The largest pyramid, in bytes for each pixel of the source: JPEG at its very worst.
const WORST_BYTES_PER_PIXEL: u64 = 4;

/// Makes the pyramid and the thumbnails in a child without rights. May run twice: `folder` is the job's own.
pub(crate) async fn convert(
    config: &IngestConfig,
    thumbnails: Vec<iiif::image::Size>,
    source: &Fetched,
    folder: &Path,
) -> Result<Made, Failure> {
    let settings = settings(config, thumbnails);
    let (outcome, outputs) = decode_in_child(config, &settings, source, folder).await?;
    let Outcome::Unsupported(reason) = outcome else { return outputs.with(outcome) };
    let Some(translated) = translate(config, source, folder).await? else {
        return Err(Failure::Asset(reason));
    };
    let (outcome, outputs) = decode_in_child(config, &settings, &translated, folder).await?;
    outputs.with(outcome)
}

fn settings(config: &IngestConfig, thumbnails: Vec<iiif::image::Size>) -> ConvertSettings {
    ConvertSettings {
        quality: config.jpeg_quality,
        chroma: if config.full_chroma { Chroma::Full } else { Chroma::Half },
        thumbnails,
        threads: config.threads(),
        limits: imaging::Limits { max_pixels: config.max_source_pixels, ..Default::default() },
        ..ConvertSettings::default()
    }
}

/// The files that a child writes to.
struct Outputs {
    pyramid: PathBuf,
    thumbnails: File,
}

impl Outputs {
    fn with(self, outcome: Outcome) -> Result<Made, Failure> {
        let Outcome::Converted(converted) = outcome else { return Err(outcome.into_failure()) };
        Ok(Made { converted, pyramid: self.pyramid, thumbnails: self.thumbnails })
    }
}

impl Outcome {
    /// Why there is not what was asked for.
    pub(crate) fn into_failure(self) -> Failure {
        match self {
            Self::Unsupported(reason) | Self::Refused(reason) => Failure::Asset(reason),
            Self::Broken(reason) => Failure::Ours(anyhow::anyhow!(reason)),
            Self::Converted(_)
            | Self::Adopted(_)
            | Self::Identified(..)
            | Self::Contents(_)
            | Self::Page
            | Self::Excerpted { .. } => {
                Failure::Ours(anyhow::anyhow!("the child did something else"))
            }
        }
    }
}

async fn decode_in_child(
    config: &IngestConfig,
    settings: &ConvertSettings,
    source: &Fetched,
    folder: &Path,
) -> Result<(Outcome, Outputs), Failure> {
    let pyramid = folder.join("pyramid");
    let thumbnails = create(&folder.join("thumbnails"))?;
    let files = vec![
        source.file.try_clone().context("the source can't be shared")?,
        create(&pyramid)?,
        thumbnails.try_clone().context("a file can't be shared")?,
        create(&folder.join("scratch"))?,
    ];
    let task = Task::Convert(settings.clone());
    let outcome = run_child(&task, files, limits(config, settings.threads)).await?;
    Ok((outcome, Outputs { pyramid, thumbnails }))
}

/// Gives a task to a child without rights, and reads what became of it.
pub(crate) async fn run_child(
    task: &Task,
    files: Vec<File>,
    limits: sandbox::Limits,
) -> Result<Outcome, Failure> {
    let request = serde_json::to_vec(task).context("the task can't be written")?;
    let part = sandbox::Part { name: "decode", request, files, limits, executable: None };
    let answer = sandbox::run(part, |_percent| {}).await.map_err(explain)?;
    Ok(serde_json::from_slice(&answer).context("the child's answer can't be read")?)
}

/// An empty file, to be written and read.
pub(crate) fn create(path: &Path) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    let file = options.read(true).write(true).create(true).truncate(true).open(path);
    file.with_context(|| format!("{} can't be made", path.display()))
}

pub(crate) fn limits(config: &IngestConfig, threads: usize) -> sandbox::Limits {
    sandbox::Limits {
        memory_bytes: config.decode_memory_bytes,
        cpu: config.decode_timeout() * u32::try_from(threads).unwrap_or(1),
        wall: config.decode_timeout(),
        output_bytes: config.max_source_pixels.saturating_mul(WORST_BYTES_PER_PIXEL),
        ..sandbox::Limits::default()
    }
}

/// The child's end, said to the librarian.
fn explain(failure: sandbox::Failure) -> Failure {
    use sandbox::Failure as Ended;
    let fault = match failure {
        Ended::Refused(_) | Ended::Crashed { .. } | Ended::Forbidden | Ended::Silent => {
            "the image is damaged: decoding it failed"
        }
        Ended::OutOfMemory => "the image is too large: decoding it takes too much memory",
        Ended::TimedOut => "the image takes too long to decode",
        Ended::TooMuchOutput => "the image is too large: its pyramid takes too much room",
        Ended::Garbled | Ended::Spawn(_) => return Failure::Ours(anyhow::Error::new(failure)),
    };
    tracing::warn!(?failure, "a decoder gave no answer");
    Failure::Asset(fault.to_owned())
}

/// Has the program `vips`, where it is installed, read what we can't: HEIC, AVIF, JPEG XL, SVG and whatever else it knows.
async fn translate(
    config: &IngestConfig,
    source: &Fetched,
    folder: &Path,
) -> Result<Option<Fetched>, Failure> {
    let Some(vips) = find_program("vips") else { return Ok(None) };
    let path = folder.join("translated.tif");
    let program = sandbox::Program {
        path: vips,
        args: vec!["copy".into(), source.path.clone().into(), path.clone().into()],
        read: vec![source.path.clone()],
        write: vec![folder.to_owned()],
        limits: sandbox::Limits {
            wall: Duration::from_secs(config.program_timeout_seconds),
            ..limits(config, 1)
        },
        environment: [("VIPS_CONCURRENCY".to_owned(), "1".to_owned())].into(),
    };
    if let Err(failure) = sandbox::run_program(program).await {
        tracing::info!(%failure, "vips can't read an image either");
        return Ok(None);
    }
    let file = File::open(&path).context("what vips wrote can't be opened")?;
    let bytes = file.metadata().context("what vips wrote can't be measured")?.len();
    Ok(Some(Fetched { file, path, bytes }))
}

/// Where a program is installed, if it is: in the system's folders only.
pub fn find_program(name: &str) -> Option<PathBuf> {
    ["/usr/local/bin", "/usr/bin"]
        .iter()
        .map(|folder| Path::new(folder).join(name))
        .find(|p| p.is_file())
}
