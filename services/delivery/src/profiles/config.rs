use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What `recto images` offers of the images of its profiles, which are `[profiles.NAME]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ImagesConfig {
    /// The profile of identifiers that name none; empty: every identifier has to.
    pub default_profile: String,
    /// The smallest side of the sizes that `info.json` lists, in pixels.
    pub min_sizes_size: u32,
    /// The greatest width of what `/thumbnail` answers, in pixels.
    pub thumbnail_width: u32,
    /// The greatest width of what `/preview` answers, in pixels.
    pub preview_width: u32,
    /// A table (CSV) with the columns `asset_id` and `identifier`, by which `/mam/{asset_id}` leads old links to images; empty: there
    /// are none.
    pub old_ids: PathBuf,
    /// How many originals one archive may have.
    pub download_max_files: usize,
    /// How long a request waits for an image that is being made ready, in seconds; then it is told to come back (503).
    pub max_wait_seconds: u64,
}

impl Default for ImagesConfig {
    fn default() -> Self {
        Self {
            default_profile: String::new(),
            min_sizes_size: 200,
            thumbnail_width: 512,
            preview_width: 2048,
            old_ids: PathBuf::new(),
            download_max_files: 20,
            max_wait_seconds: 60,
        }
    }
}

impl ImagesConfig {
    /// Everything that is wrong with the settings, one sentence each.
    pub fn faults(&self) -> Vec<String> {
        let widths =
            [("thumbnail_width", self.thumbnail_width), ("preview_width", self.preview_width)];
        let mut faults: Vec<String> = widths
            .into_iter()
            .filter(|(_, width)| *width == 0)
            .map(|(key, _)| format!("images.{key} must be at least 1"))
            .collect();
        if self.max_wait_seconds == 0 {
            faults.push("images.max_wait_seconds must be at least 1".to_owned());
        }
        faults
    }
}
