use serde::{Deserialize, Serialize};

/// How much one image may ask of the machine. A header is enough to see that it asks too much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Width times height.
    pub max_pixels: u64,
    /// What a decoder may hold in memory at once, where its format can't be read row by row.
    pub max_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_pixels: 2_000_000_000, max_bytes: 2 << 30 }
    }
}
