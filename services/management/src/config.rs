use serde::{Deserialize, Serialize};

/// How the API treats what clients send.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ManagementConfig {
    /// How long PUT, PATCH and reingest wait for an image to be brought in, in seconds. After that
    /// the answer is 504, and the image is brought in all the same.
    pub immediate_timeout_seconds: u64,
    /// The largest body with a file in it, in bytes. Larger ones are answered 413.
    pub max_body_bytes: usize,
    /// How much memory all bodies with files may take at the same time, in megabytes; more wait.
    pub upload_megabytes: u32,
    /// Characters that ids of new assets must not contain, besides `/`, `\` and control characters.
    pub forbidden_characters: String,
    /// The largest `maxWidth` that an asset may ask for, in pixels.
    pub max_width: u32,
    /// Serves clients from before delivery channels: a missing `mediaType` is taken from the
    /// extension of the origin, old policies are ignored, and images without roles are open.
    pub legacy: bool,
}

impl Default for ManagementConfig {
    fn default() -> Self {
        Self {
            immediate_timeout_seconds: 120,
            max_body_bytes: 100_000_000,
            upload_megabytes: 1000,
            forbidden_characters: "\\ ".to_owned(),
            max_width: 5000,
            legacy: false,
        }
    }
}
