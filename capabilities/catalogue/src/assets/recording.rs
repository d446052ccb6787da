use model::AvPreset;
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    database::query::{self, Row},
};

/// What audio or video was made into, to be delivered by the channel `iiif-av`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Recording {
    /// In the order of the policy.
    pub transcodes: Vec<Transcode>,
    /// Width and height of the picture that stands for a video until it is played.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poster: Option<(u32, u32)>,
}

/// One file, or a playlist with its segments, that a browser plays.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Transcode {
    pub preset: AvPreset,
    /// What follows the asset's name in its public address: `full/max/default.mp3`.
    pub address: String,
    /// Width and height, of a video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extent: Option<(u32, u32)>,
    /// In milliseconds.
    pub duration: u64,
    pub bytes: u64,
}

impl Recording {
    pub fn is_empty(&self) -> bool {
        self.transcodes.is_empty()
    }

    /// As its column has it: most assets are images, and have none.
    pub(crate) fn column(&self) -> Option<String> {
        let json = || serde_json::to_string(self).expect("names and numbers become JSON");
        (!self.is_empty()).then(json)
    }

    pub(crate) fn read(row: &Row) -> Result<Self, Error> {
        let Some(json) = row.optional_text("recording")? else { return Ok(Self::default()) };
        serde_json::from_str(&json).map_err(|_| query::unreadable("recording"))
    }
}
