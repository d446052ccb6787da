use std::{
    borrow::Cow,
    path::{Path, PathBuf},
};

use anyhow::Context;
use catalogue::{AtOrigin, Catalogue, OriginAccess};
use model::Origin;
use storage::{Bucket, ListedBuckets};

use crate::{
    config::IngestConfig,
    failure::Failure,
    origins::{
        BucketOrigins, FetchError, Fetched, FtpOrigins, HttpOrigins, SftpOrigins,
        address_in_bucket, fetch_image, fetch_with_keys, is_service, open_file, read_upload,
    },
};

/// What is to be fetched, for whom.
pub(crate) struct Wanted<'a> {
    pub(crate) customer: u32,
    pub(crate) origin: &'a Origin,
    /// Of an image service, an image is wanted, not what the service says of it.
    pub(crate) is_image: bool,
}

/// Opens origins of every kind.
pub(crate) struct Fetcher {
    bucket: Bucket,
    http: HttpOrigins,
    buckets: BucketOrigins,
    sftp: SftpOrigins,
    ftp: FtpOrigins,
    file_origins: Vec<PathBuf>,
    max_bytes: u64,
    max_pixels: u64,
}

impl Fetcher {
    pub(crate) fn new(
        bucket: Bucket,
        catalogue: Catalogue,
        config: &IngestConfig,
    ) -> anyhow::Result<Self> {
        let listed = config.listed_buckets().context("a bucket of ingest.bucket_origins")?;
        Ok(Self {
            bucket,
            http: HttpOrigins::new(config)?,
            buckets: BucketOrigins::new(listed, config.max_source_bytes),
            sftp: SftpOrigins::new(config, catalogue),
            ftp: FtpOrigins::new(config)?,
            file_origins: config.file_origins.clone(),
            max_bytes: config.max_source_bytes,
            max_pixels: config.max_source_pixels,
        })
    }

    /// Opens `origin` as its customer wants it opened; what has to be copied is copied into `folder`. May run twice:
    /// the folder is the job's own.
    pub(crate) async fn fetch(
        &self,
        Wanted { customer, origin, is_image }: Wanted<'_>,
        access: &OriginAccess,
        folder: &Path,
    ) -> Result<Fetched, Failure> {
        let into = folder.join("origin");
        let fetched = match (origin, access) {
            (Origin::Http(url), OriginAccess::Plain) if is_image && is_service(url) => {
                fetch_image(&self.http, url, None, self.max_pixels, &into).await
            }
            (Origin::Http(url), OriginAccess::Http(access)) if is_image && is_service(url) => {
                fetch_image(&self.http, url, Some(access), self.max_pixels, &into).await
            }
            (Origin::Http(url), OriginAccess::Plain) => self.http.fetch(url, None, &into).await,
            (Origin::Http(url), OriginAccess::Http(access)) => {
                self.http.fetch(url, Some(access), &into).await
            }
            (Origin::Http(url), OriginAccess::AmbientS3 { .. } | OriginAccess::S3Keys(_)) => {
                match address_in_bucket(url) {
                    Some(object) => self.fetch_object((customer, &object), access, &into).await,
                    None => Err(unfit(url, BY_HTTP)),
                }
            }
            (Origin::Http(url), OriginAccess::Sftp(_) | OriginAccess::Ftp(_)) => {
                Err(unfit(url, BY_HTTP))
            }
            (Origin::Bucket(url), _) => self.fetch_object((customer, url), access, &into).await,
            (Origin::File(url), _) => open_file(url, &self.file_origins, self.max_bytes),
            (Origin::Upload(_), _) => {
                read_upload(&self.bucket, origin.upload_key().unwrap_or_default(), &into).await
            }
            (Origin::Sftp(url), OriginAccess::Sftp(access)) => {
                self.sftp.fetch(url, access, &into).await
            }
            (Origin::Sftp(url), _) => Err(unfit(url, "sftp")),
            (Origin::Ftp(url), OriginAccess::Plain) => self.ftp.fetch(url, None, &into).await,
            (Origin::Ftp(url), OriginAccess::Ftp(login)) => {
                self.ftp.fetch(url, Some(login), &into).await
            }
            (Origin::Ftp(url), _) => Err(unfit(url, "default or ftp")),
        };
        let fetched = fetched?;
        check_not_empty(fetched.bytes)?;
        Ok(fetched)
    }

    /// The state of an origin that is to stay where it is, if its customer wants that.
    pub(crate) async fn look(
        &self,
        (customer, origin): (u32, &Origin),
        access: &OriginAccess,
    ) -> Result<Option<AtOrigin>, Failure> {
        if !matches!(access, OriginAccess::AmbientS3 { optimised: true }) {
            return Ok(None);
        }
        let url = match origin {
            Origin::Bucket(url) => Cow::Borrowed(url.as_str()),
            Origin::Http(url) => {
                Cow::Owned(address_in_bucket(url).ok_or_else(|| unfit(url, BY_HTTP))?)
            }
            Origin::File(_) | Origin::Upload(_) | Origin::Sftp(_) | Origin::Ftp(_) => {
                return Ok(None);
            }
        };
        let seen = self.buckets.look(&url, customer).await?;
        check_not_empty(seen.bytes)?;
        Ok(Some(seen))
    }

    /// Opens an origin in the state in which it was seen.
    pub(crate) async fn fetch_as_seen(
        &self,
        customer: u32,
        seen: &AtOrigin,
        folder: &Path,
    ) -> Result<Fetched, Failure> {
        Ok(self.buckets.fetch_as_seen(seen, customer, &folder.join("origin")).await?)
    }

    /// The buckets that originals may have stayed in.
    pub(crate) fn listed_buckets(&self) -> &ListedBuckets {
        self.buckets.listed()
    }

    /// Fetches `s3://bucket/key`, with the rights of the operator or of the customer.
    async fn fetch_object(
        &self,
        (customer, url): (u32, &str),
        access: &OriginAccess,
        into: &Path,
    ) -> Result<Fetched, FetchError> {
        match access {
            OriginAccess::AmbientS3 { .. } => self.buckets.fetch(url, customer, into).await,
            OriginAccess::S3Keys(keys) => fetch_with_keys(&self.http, url, keys, into).await,
            OriginAccess::Plain
            | OriginAccess::Http(_)
            | OriginAccess::Sftp(_)
            | OriginAccess::Ftp(_) => Err(unfit(url, "s3-ambient or s3-keys")),
        }
    }
}

fn check_not_empty(bytes: u64) -> Result<(), Failure> {
    match bytes {
        0 => Err(Failure::Asset("the origin is an empty file".to_owned())),
        _ => Ok(()),
    }
}

const BY_HTTP: &str =
    "default, basic-http-authentication, bearer-http-authentication or http-headers";

fn unfit(url: &str, strategies: &str) -> FetchError {
    FetchError::Refused(format!(
        "{url} can't be fetched by the origin strategy that its customer has for it: use {strategies}"
    ))
}
