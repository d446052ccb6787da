use std::{error::Error as StdError, io, sync::Arc};

/// What failed, for the log.
pub(crate) type Cause = Arc<dyn StdError + Send + Sync>;

/// Why bytes could not be read or written: named for what the caller can do about it.
///
/// It can be cloned, because one failed read is shared by everyone who waited for it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    #[error("there is nothing at {0}")]
    NotFound(String),
    #[error("{key} ends before byte {end}")]
    TooShort { key: String, end: u64 },
    /// What was written did not arrive whole.
    #[error("{key} was written with {bytes} bytes, and has {found}")]
    Torn { key: String, bytes: u64, found: u64 },
    /// Somebody's object is not what it was when it was seen.
    #[error("{0} was changed")]
    Changed(String),
    #[error(
        "{url} is in no bucket that customer {customer} may read; the operator can list it in ingest.bucket_origins"
    )]
    NotListed { url: String, customer: u32 },
    #[error("{0:?} cannot be a key")]
    InvalidKey(String),
    #[error("the storage is not set up: {reason}")]
    Settings { reason: String, source: Option<Cause> },
    /// Credentials or rights are missing: trying again will not help.
    #[error("the storage refuses access")]
    Refused(#[source] Cause),
    /// The disk or the quota has no room left.
    #[error("the storage is full")]
    Full(#[source] Cause),
    /// The storage does not answer, or not sensibly: trying again may help.
    #[error("the storage is not available")]
    Unavailable(#[source] Cause),
    #[error("the file {path} could not be read")]
    Source { path: String, source: Cause },
}

impl Error {
    /// What an `io::Error` means for the key.
    pub(crate) fn from_io(key: &str, error: io::Error) -> Self {
        match io_meaning(&error) {
            Meaning::Missing => Self::NotFound(key.to_owned()),
            Meaning::Refused => Self::Refused(Arc::new(error)),
            Meaning::Full => Self::Full(Arc::new(error)),
            Meaning::Other => Self::Unavailable(Arc::new(error)),
        }
    }

    pub(crate) fn from_store(key: &str, error: object_store::Error) -> Self {
        use object_store::Error as Store;

        let is_missing = matches!(error, Store::NotFound { .. }) && !speaks_of_the_bucket(&error);
        if matches!(error, Store::Precondition { .. }) {
            return Self::Changed(key.to_owned());
        }
        let is_refused =
            matches!(error, Store::PermissionDenied { .. } | Store::Unauthenticated { .. });
        if is_missing {
            return Self::NotFound(key.to_owned());
        }
        match io_cause(&error).map_or(Meaning::Other, io_meaning) {
            Meaning::Full => Self::Full(Arc::new(error)),
            Meaning::Refused => Self::Refused(Arc::new(error)),
            Meaning::Missing | Meaning::Other if is_refused => Self::Refused(Arc::new(error)),
            Meaning::Missing | Meaning::Other => Self::Unavailable(Arc::new(error)),
        }
    }

    pub(crate) fn settings(reason: impl Into<String>) -> Self {
        Self::Settings { reason: reason.into(), source: None }
    }

    /// A background task ended without an answer: the process is shutting down, or it panicked.
    pub(crate) fn interrupted() -> Self {
        Self::Unavailable(Arc::new(io::Error::other("the read was interrupted")))
    }
}

enum Meaning {
    Missing,
    Refused,
    Full,
    Other,
}

fn io_meaning(error: &io::Error) -> Meaning {
    use io::ErrorKind as Kind;

    let kind = error.kind();
    if kind == Kind::NotFound {
        Meaning::Missing
    } else if matches!(kind, Kind::PermissionDenied | Kind::ReadOnlyFilesystem) {
        Meaning::Refused
    } else if matches!(kind, Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge) {
        Meaning::Full
    } else {
        Meaning::Other
    }
}

/// The first `io::Error` among the causes, as folders have it.
fn io_cause<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a io::Error> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref::<io::Error>() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}

/// S3, Google and Azure answer 404 for a missing bucket too; that is no missing key.
fn speaks_of_the_bucket(error: &object_store::Error) -> bool {
    let text = error.to_string();
    ["NoSuchBucket", "ContainerNotFound", "The specified bucket does not exist"]
        .iter()
        .any(|sign| text.contains(sign))
}
