use std::path::{Path, PathBuf};

use model::Origin;
use storage::Bucket;

use crate::{
    config::IngestConfig,
    failure::Failure,
    origins::{FetchError, Fetched, HttpOrigins, open_file, read_upload},
};

/// Opens origins of every kind.
pub(crate) struct Fetcher {
    bucket: Bucket,
    http: HttpOrigins,
    file_origins: Vec<PathBuf>,
    max_bytes: u64,
}

impl Fetcher {
    pub(crate) fn new(bucket: Bucket, config: &IngestConfig) -> anyhow::Result<Self> {
        Ok(Self {
            bucket,
            http: HttpOrigins::new(config)?,
            file_origins: config.file_origins.clone(),
            max_bytes: config.max_source_bytes,
        })
    }

    /// Opens `origin`; what has to be copied is copied into `folder`. May run twice: the folder is the job's own.
    pub(crate) async fn fetch(&self, origin: &Origin, folder: &Path) -> Result<Fetched, Failure> {
        let into = folder.join("origin");
        let fetched = match origin {
            Origin::Http(url) => self.http.fetch(url, &into).await,
            Origin::File(url) => open_file(url, &self.file_origins, self.max_bytes),
            Origin::Upload(_) => {
                read_upload(&self.bucket, origin.upload_key().unwrap_or_default(), &into).await
            }
            Origin::S3(url) | Origin::Ftp(url) => Err(FetchError::Refused(format!(
                "{url} can't be fetched: use an http, https or file origin, or send the bytes"
            ))),
        };
        let fetched = fetched.map_err(|error| match error {
            FetchError::Refused(reason) => Failure::Asset(reason),
            FetchError::Unavailable(reason) => Failure::Origin(reason),
        })?;
        match fetched.bytes {
            0 => Err(Failure::Asset("the origin is an empty file".to_owned())),
            _ => Ok(fetched),
        }
    }
}
