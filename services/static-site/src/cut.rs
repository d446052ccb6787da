//! The other end of `cut_image`: a child without rights, in which untrusted bytes are decoded.

use std::io::{BufWriter, Write};

use imaging::TileSettings;
use sandbox::child::file;
use serde::{Deserialize, Serialize};

use crate::wire;

/// What became of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Outcome {
    /// The file's format, for people.
    Cut(String),
    /// The image is at fault, or too large, or of a kind that we can't read.
    Refused(String),
    /// We are at fault, or the machine.
    Broken(String),
}

/// The body of the hidden command `recto cut`. Its files: source, pipe for the pieces, scratch.
pub fn cut() {
    sandbox::child::work(|settings: TileSettings| {
        cut_into_pipe(&settings).unwrap_or_else(|error| Outcome::of(&error))
    });
}

fn cut_into_pipe(settings: &TileSettings) -> Result<Outcome, imaging::Error> {
    let (source, pipe, scratch) = (file(0), file(1), file(2));
    let mut first = pipe.try_clone()?;
    let mut pipe = BufWriter::with_capacity(64 * 1024, pipe);
    let opened = |extent| Ok(wire::write_opened(&mut first, extent)?);
    let mut emit = |piece, bytes: &[u8]| Ok(wire::write_piece(&mut pipe, piece, bytes)?);
    let facts = imaging::cut_tiles(source, scratch, settings, opened, &mut emit)?;
    pipe.flush()?;
    Ok(Outcome::Cut(facts.format))
}

impl Outcome {
    fn of(error: &imaging::Error) -> Self {
        use imaging::Error as Fault;
        match error {
            Fault::Unsupported(_)
            | Fault::Truncated
            | Fault::Damaged(_)
            | Fault::NotReady(_)
            | Fault::TooLarge(_)
            | Fault::Format { .. } => Self::Refused(error.to_string()),
            Fault::Io(cause) => Self::Broken(format!("{error}: {cause}")),
            Fault::Pyramid(_) | Fault::Encoding { .. } | Fault::Settings(_) => {
                Self::Broken(error.to_string())
            }
        }
    }
}
