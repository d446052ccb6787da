use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};
use storage::{ListedBuckets, StorageConfig};

/// How assets are brought in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IngestConfig {
    /// How many images are converted at once; 0 means one for each core. One that somebody waits for (immediate mode) is converted
    /// beside them.
    pub workers: usize,
    /// How many more images and files are under way meanwhile, being fetched or put away; more where origins are far away. Each may take
    /// room for its original in `scratch`.
    pub ahead: usize,
    /// How many recordings (audio and video) are brought in at once, beside what `workers` do; 0: none here.
    pub recordings: usize,
    /// How many documents are taken apart at once, beside what `workers` do; 0: none here.
    pub documents: usize,
    /// The folder for files in the making; empty means `scratch` in the data folder.
    pub scratch: PathBuf,
    /// The folders that `file://` origins may be read from.
    pub file_origins: Vec<PathBuf>,
    /// The buckets that origins in buckets may be read from: tables with `storage`, the keys of `[storage]`, whose `url` such
    /// origins begin with (`s3://`, `gs://` or `az://`), and `customers`, who may read it (all, if none are named). Processes of the
    /// roles `ingest` and `delivery` need them: what an optimised strategy leaves in its bucket is handed out from there.
    pub bucket_origins: Vec<BucketOrigin>,
    /// Hosts (names or addresses) that http origins may name although they are not on the public internet.
    pub private_hosts: Vec<String>,
    /// How many origins are fetched from one host at the same time.
    pub connections_per_host: usize,
    /// The largest origin that is accepted, in bytes.
    pub max_source_bytes: u64,
    /// The largest image that is accepted, in pixels.
    pub max_source_pixels: u64,
    /// How long connecting to an origin, and each pause of its body, may take, in seconds.
    pub connect_timeout_seconds: u64,
    /// How long fetching one origin may take, in seconds.
    pub fetch_timeout_seconds: u64,
    /// How long decoding one image may take, in seconds.
    pub decode_timeout_seconds: u64,
    /// How long another program (`vips`) may take to translate an image that Recto can't read, in seconds.
    pub program_timeout_seconds: u64,
    /// The program `ffmpeg` that transcodes audio and video, with `ffprobe` beside it; empty means the one that is installed.
    pub ffmpeg: PathBuf,
    /// How long transcoding one recording may take, in seconds.
    pub transcode_timeout_seconds: u64,
    /// How many pixels an inch of a page becomes, of documents that are taken apart.
    pub page_dpi: u32,
    /// The most pages that a document may have.
    pub max_pages: u64,
    /// How much memory decoding one image may take, in bytes.
    pub decode_memory_bytes: u64,
    /// How long a worker may be silent before another takes its job, in seconds.
    pub lease_seconds: u64,
    /// How long running jobs may go on after the service was told to stop, in seconds.
    pub grace_seconds: u64,
    /// The JPEG quality of pyramids, 1 to 100.
    pub jpeg_quality: u8,
    /// Keep the colour of every pixel (4:4:4) instead of every fourth (4:2:0): for line art and text.
    pub full_chroma: bool,
    pub projections: ProjectionsConfig,
}

/// Counted up when the same settings make other files than before.
const MAKER: u32 = 2;

/// How PDFs and ZIPs of what named queries find are made. A change holds for those that are made from then on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProjectionsConfig {
    /// How many are made at once, beside what `ingest.workers` do; 0: none here.
    pub workers: usize,
    /// How large images are in them where the query's template has no `imagesize`: the longest edge in pixels, or what
    /// comes closest of the sizes that are stored.
    pub image_edge: u32,
    /// The roles (URIs) whose assets are shown in them although they are restricted; whoever wants such a file has to hold
    /// these roles. Other restricted assets are left out of ZIPs, and PDFs have a page with a message in their place.
    pub open_roles: Vec<String>,
    /// A file that nobody has asked for during so many days is removed; it is made again for whoever asks later. 0: never.
    pub keep_days: u32,
}

impl ProjectionsConfig {
    /// Another text for settings, or a program, by which other files would be made.
    pub(crate) fn maker(&self) -> String {
        format!("{MAKER} {} {:?}", self.image_edge, self.open_roles)
    }
}

impl Default for ProjectionsConfig {
    fn default() -> Self {
        Self { workers: 1, image_edge: 1000, open_roles: Vec::new(), keep_days: 90 }
    }
}

/// A bucket, or the part of one below a prefix, that origins may be in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BucketOrigin {
    /// The numbers of those who may read it; empty: all.
    pub customers: Vec<u32>,
    pub storage: StorageConfig,
}

impl BucketOrigin {
    fn faults(&self) -> Vec<String> {
        let url = &self.storage.url;
        let is_bucket = ["s3://", "gs://", "az://"].iter().any(|scheme| url.starts_with(scheme));
        let is_no_bucket = format!(
            "storage.url: {url:?} is no bucket; use s3://bucket/prefix, gs://bucket/prefix or az://container/prefix"
        );
        let own = self.storage.faults();
        let faults = own.into_iter().chain((!is_bucket).then_some(is_no_bucket));
        faults.map(|fault| format!("ingest.bucket_origins: {fault}")).collect()
    }
}

impl Default for IngestConfig {
    fn default() -> Self {
        Self {
            workers: 0,
            ahead: 4,
            recordings: 1,
            documents: 1,
            scratch: PathBuf::new(),
            file_origins: Vec::new(),
            bucket_origins: Vec::new(),
            private_hosts: Vec::new(),
            connections_per_host: 8,
            max_source_bytes: 20 << 30,
            max_source_pixels: 4_000_000_000,
            connect_timeout_seconds: 30,
            fetch_timeout_seconds: 3600,
            decode_timeout_seconds: 900,
            program_timeout_seconds: 60,
            ffmpeg: PathBuf::new(),
            transcode_timeout_seconds: 6 * 3600,
            page_dpi: 300,
            max_pages: 5000,
            decode_memory_bytes: 2 << 30,
            lease_seconds: 60,
            grace_seconds: 20,
            jpeg_quality: 90,
            full_chroma: false,
            projections: ProjectionsConfig::default(),
        }
    }
}

impl IngestConfig {
    /// Everything that is wrong with the section, for the operator.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if !(1..=100).contains(&self.jpeg_quality) {
            faults.push(format!("ingest.jpeg_quality is {}: use 1 to 100", self.jpeg_quality));
        }
        if self.lease_seconds < 3 {
            faults.push(format!("ingest.lease_seconds is {}: use 3 or more", self.lease_seconds));
        }
        if !(36..=1200).contains(&self.page_dpi) {
            faults.push(format!("ingest.page_dpi is {}: use 36 to 1200", self.page_dpi));
        }
        if self.connections_per_host == 0 {
            faults.push("ingest.connections_per_host is 0: use 1 or more".to_owned());
        }
        if !self.ffmpeg.as_os_str().is_empty() && !self.ffmpeg.is_file() {
            faults.push(format!("ingest.ffmpeg: {} is not a file", self.ffmpeg.display()));
        }
        if self.projections.image_edge == 0 {
            faults.push("ingest.projections.image_edge is 0: use 1 or more".to_owned());
        }
        faults.extend(self.bucket_origins.iter().flat_map(BucketOrigin::faults));
        for folder in self.file_origins.iter().filter(|folder| !folder.is_dir()) {
            faults.push(format!("ingest.file_origins: {} is not a folder", folder.display()));
        }
        faults
    }

    /// The buckets of [`bucket_origins`](Self::bucket_origins), ready to be read.
    pub fn listed_buckets(&self) -> Result<ListedBuckets, storage::Error> {
        let listed = self.bucket_origins.iter();
        ListedBuckets::open(listed.map(|own| (&own.storage, own.customers.as_slice())))
    }

    pub(crate) fn worker_count(&self) -> usize {
        match self.workers {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            count => count,
        }
    }

    /// For one asset: one on each core is faster than one on all of them, except for a lone one.
    pub(crate) fn threads(&self) -> usize {
        if self.worker_count() == 1 { 2 } else { 1 }
    }

    pub(crate) fn connect_timeout(&self) -> Duration {
        Duration::from_secs(self.connect_timeout_seconds)
    }

    pub(crate) fn fetch_timeout(&self) -> Duration {
        Duration::from_secs(self.fetch_timeout_seconds)
    }

    pub(crate) fn decode_timeout(&self) -> Duration {
        Duration::from_secs(self.decode_timeout_seconds)
    }

    pub(crate) fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_seconds)
    }

    pub(crate) fn grace(&self) -> Duration {
        Duration::from_secs(self.grace_seconds)
    }
}
