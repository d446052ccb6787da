use iiif::{
    Version,
    image::{Format, Limits},
};
use serde::{Deserialize, Serialize};

/// What the public may ask for, how long answers keep, and what drawing may cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeliveryConfig {
    /// The version of the IIIF APIs where an address names none: `v2` or `v3`.
    pub default_version: Version,
    /// The widest image that is given, in pixels; it limits the height too, unless `max_height`
    /// does. Not set: no limit. The DLCS has 5000.
    pub max_width: Option<u32>,
    /// The highest image that is given, in pixels.
    pub max_height: Option<u32>,
    /// The largest image that is given, in pixels of area: it bounds the memory of one drawing
    /// (some 3 to 8 bytes a pixel). `max` of a larger image is held back by it. 0: no limit.
    pub max_area: u64,
    /// Allows images to be enlarged, up to the limits.
    pub upscaling: bool,
    /// Formats beyond jpg, png, webp, gif and tif: `avif`, `jp2`, `pdf`. They are slower to draw.
    pub extra_formats: Vec<Format>,
    /// The quality of drawn JPEGs, 1 to 100. Tiles and stored thumbnails keep the one of ingest.
    pub jpeg_quality: u8,
    /// The quality of drawn WebPs, 1 to 100.
    pub webp_quality: u8,
    /// Makes thumbnails that are not stored from the next larger one that is.
    pub thumbnail_resizing: bool,
    /// For how long public images may be kept by browsers and proxies, in seconds.
    pub image_max_age_seconds: u32,
    /// The same for public documents: info.json and manifests.
    pub document_max_age_seconds: u32,
    /// The same for everything of restricted assets, in the visitor's own browser.
    pub private_max_age_seconds: u32,
    /// The memory for the indices of pyramids, in bytes: some 10 kB for each image in use.
    pub index_bytes: u64,
    /// The memory for stored tiles that many ask for, in bytes. The page cache of the system, or the
    /// block cache of a remote storage, has them too, but less ready to be sent. 0: none.
    pub tile_bytes: u64,
    /// The memory for what named queries find, as documents, in bytes: some 100 kB for a book of 1,000 pages. 0: none
    /// is kept, and each is made when it is asked for.
    pub manifest_bytes: u64,
    /// How many canvases one manifest has at most. What finds more is a collection of manifests.
    pub max_canvases: u32,
    /// How many manifests one collection lists at most, where a named query has `groupby`. More are a collection of
    /// collections.
    pub max_members: u32,
    /// How long a visitor waits for a PDF or ZIP that is being made, in seconds; who still has to wait then is told so
    /// (202), and asks again. 0: nobody waits.
    pub projection_wait_seconds: u64,
    /// After how many seconds such a visitor should ask again.
    pub projection_retry_seconds: u32,
    pub drawing: DrawingConfig,
    pub originals: OriginalsConfig,
}

/// How many images are drawn at a time; tiles that are stored need no drawing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DrawingConfig {
    /// Drawings that need less memory than this, in bytes, have workers of their own.
    pub small_bytes: u64,
    /// How many small drawings are made at a time; 0: one for each core.
    pub small_workers: usize,
    /// How many large drawings are made at a time; 0: one for every two cores.
    pub large_workers: usize,
    /// The memory for all large drawings together, in bytes. One that needs more is refused (413).
    pub memory_bytes: u64,
    /// How many drawings of each kind may wait for a worker; the next one is refused (503).
    pub queue: usize,
    /// How long a drawing may wait for a worker, in seconds; then it is refused (503).
    pub max_wait_seconds: u64,
}

/// Originals that are served as they are (the policy `use-original`), and the children that draw them.
///
/// Children are started when such an image is asked for, and end when none was for long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OriginalsConfig {
    /// How many children draw at a time; 0: one for each core.
    pub children: usize,
    /// The memory that one child may take, in bytes. A drawing that needs more is refused (413).
    pub memory_bytes: u64,
    /// How long one drawing may take, in seconds; then it is given up (503).
    pub timeout_seconds: u64,
    /// After how many drawings a child is replaced by a new one.
    pub max_drawings: u32,
    /// How long a child waits for its next drawing before it ends, in seconds.
    pub idle_seconds: u64,
    /// The disk space for local copies of originals that lie on remote storage, or with their owners, in bytes; they are
    /// in the folder `originals` in the data folder. A folder storage needs none.
    pub cache_bytes: u64,
}

impl Default for DeliveryConfig {
    fn default() -> Self {
        Self {
            default_version: Version::V3,
            max_width: None,
            max_height: None,
            max_area: 64_000_000,
            upscaling: false,
            extra_formats: Vec::new(),
            jpeg_quality: 85,
            webp_quality: 80,
            thumbnail_resizing: true,
            image_max_age_seconds: 86_400,
            document_max_age_seconds: 300,
            private_max_age_seconds: 600,
            index_bytes: 256 * 1024 * 1024,
            tile_bytes: 64 * 1024 * 1024,
            manifest_bytes: 64 * 1024 * 1024,
            max_canvases: 5000,
            max_members: 1000,
            projection_wait_seconds: 5,
            projection_retry_seconds: 10,
            drawing: DrawingConfig::default(),
            originals: OriginalsConfig::default(),
        }
    }
}

impl Default for DrawingConfig {
    fn default() -> Self {
        Self {
            small_bytes: 32 * 1024 * 1024,
            small_workers: 0,
            large_workers: 0,
            memory_bytes: 1024 * 1024 * 1024,
            queue: 64,
            max_wait_seconds: 10,
        }
    }
}

impl Default for OriginalsConfig {
    fn default() -> Self {
        Self {
            children: 0,
            memory_bytes: 1024 * 1024 * 1024,
            timeout_seconds: 30,
            max_drawings: 1000,
            idle_seconds: 300,
            cache_bytes: 10 * 1024 * 1024 * 1024,
        }
    }
}

/// What every image is offered in.
const FORMATS: [Format; 5] = [Format::Jpg, Format::Png, Format::Webp, Format::Gif, Format::Tif];

impl DeliveryConfig {
    /// Everything that is wrong with the settings, one sentence each.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut refuse = |is_wrong: bool, fault: &str| {
            if is_wrong {
                faults.push(format!("delivery.{fault}"));
            }
        };
        refuse(self.max_width == Some(0), "max_width must be at least 1");
        refuse(self.max_height == Some(0), "max_height must be at least 1");
        refuse(!(1..=100).contains(&self.jpeg_quality), "jpeg_quality must be 1 to 100");
        refuse(!(1..=100).contains(&self.webp_quality), "webp_quality must be 1 to 100");
        refuse(!(1..=10_000).contains(&self.max_canvases), "max_canvases must be 1 to 10000");
        refuse(!(1..=10_000).contains(&self.max_members), "max_members must be 1 to 10000");
        let is_unlimited = self.max_area == 0 && self.max_width.is_none();
        refuse(self.upscaling && is_unlimited, "upscaling needs max_width or max_area");
        refuse(
            self.drawing.small_bytes > self.drawing.memory_bytes,
            "drawing.small_bytes must not be above drawing.memory_bytes",
        );
        let originals = &self.originals;
        refuse(originals.memory_bytes < 64 << 20, "originals.memory_bytes must be 64 MB or more");
        refuse(originals.timeout_seconds == 0, "originals.timeout_seconds must be at least 1");
        refuse(originals.max_drawings == 0, "originals.max_drawings must be at least 1");
        faults
    }

    /// The formats that images are offered in, jpg first.
    pub(crate) fn formats(&self) -> Vec<Format> {
        let mut formats = FORMATS.to_vec();
        formats.extend(self.extra_formats.iter().filter(|format| !FORMATS.contains(format)));
        formats.dedup();
        formats
    }

    pub(crate) fn offers(&self, format: Format) -> bool {
        FORMATS.contains(&format) || self.extra_formats.contains(&format)
    }

    /// The platform's limits, as far as they bind.
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            max_width: self.max_width,
            max_height: self.max_height,
            max_area: Some(self.max_area).filter(|area| *area > 0),
            upscaling: self.upscaling,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_has_no_faults() {
        assert_eq!(DeliveryConfig::default().faults(), [""; 0]);
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let config = DeliveryConfig {
            max_width: None,
            max_area: 0,
            upscaling: true,
            jpeg_quality: 0,
            ..DeliveryConfig::default()
        };
        let faults = config.faults().join("\n");
        assert!(faults.contains("jpeg_quality") && faults.contains("upscaling"), "{faults}");
    }

    #[test]
    fn a_misspelt_setting_is_refused() {
        let error = serde_json::from_str::<DeliveryConfig>(r#"{"max_with": 1}"#).unwrap_err();
        assert!(error.to_string().contains("max_with"), "{error}");
    }

    #[test]
    fn slow_formats_are_offered_on_request_alone() {
        let config: DeliveryConfig =
            serde_json::from_str(r#"{"extra_formats": ["avif", "jpg"]}"#).unwrap();
        assert!(config.offers(Format::Avif) && !config.offers(Format::Jp2));
        assert_eq!(config.formats().len(), 6);
    }
}
