//! Where assets come from: one file per kind of origin.
//!
//! Each opens its origin as a local [`Fetched`] file. A failure says whether trying again could help ([`FetchError`]).
//! `web::Guard` keeps all that are asked over a network away from the operator's own network.

mod file;
mod http;
mod question;
mod download;
mod fixity;
mod landing;
mod iiif;
mod hosts;
mod objects;
mod buckets;
mod foreign_buckets;
mod remote;
mod sftp;
mod ftp;
mod upload;
#[cfg(test)]
mod sftp_promises;
#[cfg(test)]
mod ftp_promises;

use std::{fs::File, path::PathBuf};

pub(crate) use buckets::{BucketOrigins, address_in_bucket};
pub(crate) use foreign_buckets::fetch_with_keys;
pub(crate) use ftp::FtpOrigins;
pub(crate) use http::{Asked, HttpOrigins, Marks};
pub(crate) use iiif::{fetch_image, is_service};
pub(crate) use objects::Objects;
pub(crate) use sftp::SftpOrigins;

pub(crate) use web::Guard;

pub(crate) use file::{NotOpened, open_file, open_path, path_of};
pub(crate) use upload::read_upload;

/// An origin's bytes, here and open for reading.
#[derive(Debug)]
pub(crate) struct Fetched {
    pub(crate) file: File,
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
}

/// Why an origin's bytes could not be had, said to the person who registered the asset.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    /// Trying again would end the same way.
    #[error("{0}")]
    Refused(String),
    /// The origin may be back later.
    #[error("{0}")]
    Unavailable(String),
}
