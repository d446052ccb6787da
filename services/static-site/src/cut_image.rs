//! One image in a child without rights; its pieces come through a pipe, as they are made.

use std::{
    fs::File,
    io::{self, BufReader, PipeReader},
    os::fd::OwnedFd,
    time::Duration,
};

use imaging::TileSettings;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::{Error, cut::Outcome, wire, wire::Message};

/// Pieces that wait to be written; when there are more, the child waits.
const WAITING: usize = 16;
const PIPE_BUFFER: usize = 128 * 1024;

/// A child may be held up by a slow bucket for long, but not compute for long.
const WALL: Duration = Duration::from_secs(4 * 60 * 60);
const CPU: Duration = Duration::from_secs(30 * 60);

/// The pieces of an image that is being cut. At their end, ask [`Cutting::end`] whether they are all.
pub(crate) struct Cutting {
    pub(crate) messages: Receiver<Message>,
    child: tokio::task::JoinHandle<Result<Outcome, Error>>,
}

pub(crate) fn cut_image(source: File, settings: &TileSettings) -> Result<Cutting, Error> {
    let broken = |error: io::Error| Error::Child(sandbox::Failure::Spawn(error));
    let (reader, writer) = io::pipe().map_err(broken)?;
    let scratch = tempfile::tempfile().map_err(broken)?;
    let part = sandbox::Part {
        name: "cut",
        request: serde_json::to_vec(settings).map_err(|error| broken(error.into()))?,
        files: vec![source, File::from(OwnedFd::from(writer)), scratch],
        limits: sandbox::Limits {
            cpu: CPU * u32::try_from(settings.threads).unwrap_or(1),
            wall: WALL,
            niceness: 0,
            ..sandbox::Limits::default()
        },
        executable: None,
    };
    let (pieces, messages) = channel(WAITING);
    tokio::task::spawn_blocking(move || hand_on(reader, &pieces));
    let child = tokio::spawn(async move {
        let answer = sandbox::run(part, |_| {}).await.map_err(explain)?;
        serde_json::from_slice(&answer)
            .map_err(|error| Error::Broken(format!("the child's answer can't be read: {error}")))
    });
    Ok(Cutting { messages, child })
}

/// Until the child closes its end, or nobody wants more.
fn hand_on(reader: PipeReader, pieces: &Sender<Message>) {
    let mut reader = BufReader::with_capacity(PIPE_BUFFER, reader);
    // What is cut off, or no message, is missed when pieces are counted.
    while let Ok(Some(message)) = wire::read(&mut reader) {
        if pieces.blocking_send(message).is_err() {
            return;
        }
    }
}

impl Cutting {
    /// What the child says of its work.
    pub(crate) async fn end(mut self) -> Result<(), Error> {
        self.messages.close();
        let ended = (&mut self.child).await;
        match ended.map_err(|error| Error::Broken(error.to_string()))?? {
            Outcome::Cut(format) => {
                tracing::debug!(format, "an image was cut");
                Ok(())
            }
            Outcome::Refused(reason) => Err(Error::Image(reason)),
            Outcome::Broken(reason) => Err(Error::Broken(reason)),
        }
    }
}

impl Drop for Cutting {
    fn drop(&mut self) {
        self.child.abort();
    }
}

/// The child's end, said to whom the image belongs.
fn explain(failure: sandbox::Failure) -> Error {
    use sandbox::Failure as Ended;
    let fault = match failure {
        Ended::Refused(_) | Ended::Crashed { .. } | Ended::Forbidden | Ended::Silent => {
            "the image is damaged: decoding it failed"
        }
        Ended::OutOfMemory => "the image is too large: decoding it takes too much memory",
        Ended::TimedOut => "the image takes too long to decode",
        Ended::TooMuchOutput => "the image is too large: turning it takes too much room",
        Ended::Garbled | Ended::Spawn(_) => return Error::Child(failure),
    };
    Error::Image(fault.to_owned())
}
