use std::path::{Path, PathBuf};

use catalogue::OriginAccess;
use model::Origin;
use storage::Bucket;

use crate::{
    config::IngestConfig,
    failure::Failure,
    origins::{
        BucketOrigins, FetchError, Fetched, HttpOrigins, address_in_bucket, open_file, read_upload,
    },
};

/// Opens origins of every kind.
pub(crate) struct Fetcher {
    bucket: Bucket,
    http: HttpOrigins,
    buckets: BucketOrigins,
    file_origins: Vec<PathBuf>,
    max_bytes: u64,
}

impl Fetcher {
    pub(crate) fn new(bucket: Bucket, config: &IngestConfig) -> anyhow::Result<Self> {
        Ok(Self {
            bucket,
            http: HttpOrigins::new(config)?,
            buckets: BucketOrigins::new(config)?,
            file_origins: config.file_origins.clone(),
            max_bytes: config.max_source_bytes,
        })
    }

    /// Opens `origin` as its customer wants it opened; what has to be copied is copied into `folder`. May run twice:
    /// the folder is the job's own.
    pub(crate) async fn fetch(
        &self,
        (customer, origin): (u32, &Origin),
        access: &OriginAccess,
        folder: &Path,
    ) -> Result<Fetched, Failure> {
        let into = folder.join("origin");
        let fetched = match (origin, access) {
            (Origin::Http(url), OriginAccess::Plain) => self.http.fetch(url, None, &into).await,
            (Origin::Http(url), OriginAccess::Basic(credentials)) => {
                self.http.fetch(url, Some(credentials), &into).await
            }
            (Origin::Http(url), OriginAccess::AmbientS3 { .. }) => match address_in_bucket(url) {
                Some(object) => self.buckets.fetch(&object, customer, &into).await,
                None => Err(unfit(url, "default or basic-http-authentication")),
            },
            (Origin::Http(url), OriginAccess::Sftp(_)) => {
                Err(unfit(url, "default or basic-http-authentication"))
            }
            (Origin::Bucket(url), OriginAccess::AmbientS3 { .. }) => {
                self.buckets.fetch(url, customer, &into).await
            }
            (
                Origin::Bucket(url),
                OriginAccess::Plain | OriginAccess::Basic(_) | OriginAccess::Sftp(_),
            ) => Err(unfit(url, "s3-ambient")),
            (Origin::File(url), _) => open_file(url, &self.file_origins, self.max_bytes),
            (Origin::Upload(_), _) => {
                read_upload(&self.bucket, origin.upload_key().unwrap_or_default(), &into).await
            }
            (Origin::Ftp(url), _) => Err(FetchError::Refused(format!(
                "{url} can't be fetched: use an http, https, s3 or file origin, or send the bytes"
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

fn unfit(url: &str, strategies: &str) -> FetchError {
    FetchError::Refused(format!(
        "{url} can't be fetched by the origin strategy that its customer has for it: use {strategies}"
    ))
}
