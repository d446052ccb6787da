use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    time::Duration,
};

use sandbox::{Limits, Program};

use crate::{config::IngestConfig, convert::find_program, failure::Failure};

/// Where the two programs are, and what they may take.
pub(super) struct Tools {
    ffmpeg: PathBuf,
    ffprobe: PathBuf,
    limits: Limits,
}

const PROBING: Duration = Duration::from_secs(60);

impl Tools {
    pub(super) fn find(config: &IngestConfig) -> Result<Self, Failure> {
        let missing = || {
            Failure::Asset(
                "audio and video need ffmpeg and ffprobe, which are not installed here".to_owned(),
            )
        };
        let ffmpeg = match config.ffmpeg.as_os_str().is_empty() {
            true => find_program("ffmpeg").ok_or_else(missing)?,
            false => config.ffmpeg.clone(),
        };
        let ffprobe = ffmpeg.with_file_name("ffprobe");
        if !ffmpeg.is_file() || !ffprobe.is_file() {
            return Err(missing());
        }
        let wall = Duration::from_secs(config.transcode_timeout_seconds);
        let limits = Limits {
            memory_bytes: config.decode_memory_bytes,
            cpu: wall * u32::try_from(config.threads()).unwrap_or(1),
            wall,
            output_bytes: config.max_source_bytes,
            ..Limits::default()
        };
        Ok(Self { ffmpeg, ffprobe, limits })
    }

    /// What ffprobe tells of a file.
    pub(super) async fn probe(&self, file: &Path) -> Result<Vec<u8>, Failure> {
        let program = Program {
            path: self.ffprobe.clone(),
            args: vec![
                "-v".into(),
                "error".into(),
                "-protocol_whitelist".into(),
                "file".into(),
                "-show_format".into(),
                "-show_streams".into(),
                "-of".into(),
                "json".into(),
                address_of(file),
            ],
            read: vec![file.to_owned()],
            limits: Limits { wall: PROBING, cpu: PROBING, ..self.limits.clone() },
            ..Program::default()
        };
        let said = sandbox::run_program(program).await;
        said.map_err(|failure| explain(failure, "the origin is no recording that ffmpeg can read"))
    }

    /// Has ffmpeg read `source` and write into `folder`; tells how many microseconds of it are done.
    pub(super) async fn run(
        &self,
        args: Vec<OsString>,
        (source, folder): (&Path, &Path),
        mut on_progress: impl FnMut(u64),
    ) -> Result<(), Failure> {
        let start = ["-nostdin", "-v", "error", "-nostats", "-progress", "pipe:1"];
        let program = Program {
            path: self.ffmpeg.clone(),
            args: start.into_iter().map(Into::into).chain(args).collect(),
            read: vec![source.to_owned()],
            write: vec![folder.to_owned()],
            limits: self.limits.clone(),
            ..Program::default()
        };
        let ended = sandbox::follow_program(program, |line| {
            if let Some(done) = line.strip_prefix("out_time_us=").and_then(|us| us.parse().ok()) {
                on_progress(done);
            }
        });
        let ended = ended.await;
        ended.map_err(|failure| explain(failure, "the recording is damaged: transcoding it failed"))
    }
}

/// With its protocol, so that no name of a file is taken for one.
pub(super) fn address_of(file: &Path) -> OsString {
    let mut address = OsString::from("file:");
    address.push(file);
    address
}

/// The program's end, said to the librarian.
fn explain(failure: sandbox::Failure, damaged: &str) -> Failure {
    use sandbox::Failure as Ended;
    let fault = match &failure {
        Ended::Refused(words) if words.contains("Unknown encoder") => {
            "the ffmpeg that is installed here lacks an encoder: it needs libx264, aac and libmp3lame"
        }
        Ended::Refused(_) | Ended::Crashed { .. } | Ended::Forbidden | Ended::Silent => damaged,
        Ended::OutOfMemory => "the recording is too large: transcoding it takes too much memory",
        Ended::TimedOut => "the recording takes too long to transcode",
        Ended::TooMuchOutput => "the recording is too large: its transcodes take too much room",
        Ended::Garbled | Ended::Spawn(_) => return Failure::Ours(anyhow::Error::new(failure)),
    };
    if let Ended::Refused(words) = &failure {
        tracing::info!(words, "ffmpeg refuses a recording");
    } else {
        tracing::warn!(?failure, "ffmpeg gave no answer");
    }
    Failure::Asset(fault.to_owned())
}
