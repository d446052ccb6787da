use std::path::{Path, PathBuf};

use catalogue::OriginAccess;
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

    /// Opens `origin` as its customer wants it opened; what has to be copied is copied into `folder`. May run twice:
    /// the folder is the job's own.
    pub(crate) async fn fetch(
        &self,
        origin: &Origin,
        access: &OriginAccess,
        folder: &Path,
    ) -> Result<Fetched, Failure> {
        let into = folder.join("origin");
        let fetched = match (origin, access) {
            (Origin::Http(url), OriginAccess::Plain) => self.http.fetch(url, None, &into).await,
            (Origin::Http(url), OriginAccess::Basic(credentials)) => {
                self.http.fetch(url, Some(credentials), &into).await
            }
            (Origin::Http(url), OriginAccess::AmbientS3 { .. } | OriginAccess::Sftp(_)) => {
                Err(FetchError::Refused(format!(
                    "{url} can't be fetched by the origin strategy that its customer has for it: \
                     use default or basic-http-authentication"
                )))
            }
            (Origin::File(url), _) => open_file(url, &self.file_origins, self.max_bytes),
            (Origin::Upload(_), _) => {
                read_upload(&self.bucket, origin.upload_key().unwrap_or_default(), &into).await
            }
            (Origin::S3(url) | Origin::Ftp(url), _) => Err(FetchError::Refused(format!(
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
