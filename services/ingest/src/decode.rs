//! The other end of `convert`: a child without rights, in which untrusted bytes are decoded.

use imaging::{ConvertSettings, Converted};
use serde::{Deserialize, Serialize};

/// The order of the files that the child is given.
#[derive(Clone, Copy)]
enum Given {
    Source = 0,
    Pyramid = 1,
    Thumbnails = 2,
    Scratch = 3,
}

/// What became of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Outcome {
    Converted(Converted),
    /// We can't read this kind of image; another program might.
    Unsupported(String),
    /// The image is at fault, or too large.
    Refused(String),
    /// We are at fault, or the machine.
    Broken(String),
}

impl Outcome {
    fn of(error: &imaging::Error) -> Self {
        use imaging::Error as Fault;
        match error {
            Fault::Unsupported(_) => Self::Unsupported(error.to_string()),
            Fault::Truncated
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

/// The body of the hidden command `recto decode`.
pub fn decode() {
    let request = sandbox::child::request();
    let settings: ConvertSettings = match serde_json::from_slice(&request) {
        Ok(settings) => settings,
        Err(error) => sandbox::child::refuse(&format!("these are no settings: {error}")),
    };
    if let Err(error) = sandbox::child::enter() {
        sandbox::child::refuse(&format!("the walls could not be put up: {error}"));
    }
    let outcome = match convert(&settings) {
        Ok(converted) => Outcome::Converted(converted),
        Err(error) => Outcome::of(&error),
    };
    match serde_json::to_vec(&outcome) {
        Ok(answer) => sandbox::child::answer(&answer),
        Err(error) => sandbox::child::refuse(&format!("the answer can't be written: {error}")),
    }
}

fn convert(settings: &ConvertSettings) -> Result<Converted, imaging::Error> {
    let file = |given: Given| sandbox::child::file(given as usize);
    let mut progress = |percent: u8| sandbox::child::progress(&percent.to_string());
    imaging::convert(
        file(Given::Source),
        file(Given::Pyramid),
        file(Given::Thumbnails),
        file(Given::Scratch),
        settings,
        &mut progress,
    )
}
