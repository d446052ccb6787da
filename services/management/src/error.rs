use axum::{
    http::{
        HeaderValue, StatusCode,
        header::{RETRY_AFTER, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};

use crate::hydra::HydraError;

/// Why a machine gets no answer; what is shown tells it what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{}", joined(.0))]
    Invalid(Vec<String>),
    #[error("This needs a key of the customer, or of an administrator, sent by HTTP Basic")]
    Unauthenticated,
    #[error("This needs an administrator's key")]
    NotAnAdministrator,
    /// Whose key it is may do this, but not with this key.
    #[error("{0}")]
    KeyNotAllowed(String),
    #[error("This key may ask {limit} times a minute; ask again in {seconds} seconds")]
    TooManyRequests { limit: u32, seconds: u64 },
    #[error("There is no {0}")]
    NotFound(String),
    #[error("This address does not support the method; the header Allow names those that it does")]
    Method,
    #[error("The body must not be larger than {max_bytes} bytes")]
    TooLarge { max_bytes: usize },
    #[error("The version of tus is 1.0.0; the header Tus-Resumable must say so")]
    OtherTus,
    #[error("The body does not come to its checksum; nothing of it was kept")]
    OtherChecksum,
    #[error("The body must be of the type {0}")]
    OtherMediaType(&'static str),
    #[error("No assets found")]
    NothingToDelete,
    #[error("This service was set up before; its administrator has the key")]
    AlreadySetUp,
    #[error("The same request is being worked on; send it again in a moment")]
    UnderWay,
    #[error("The asset was saved, but could not be brought in: {0}")]
    NotBroughtIn(String),
    #[error("The asset was saved, but the customer's storage is full: {0}")]
    StorageFull(String),
    #[error(
        "The asset was saved and is queued, but was not brought in within {seconds} seconds; \
         look at it again later"
    )]
    StillQueued { seconds: u64 },
    #[error("As many listen as there is room for; try again in a moment")]
    TooManyStreams,
    #[error("The service is shutting down, or failed; try again")]
    Interrupted,
    #[error("{source}")]
    Catalogue { attempt: &'static str, source: catalogue::Error },
    #[error("The storage is not available; try again later")]
    Storage(#[from] storage::Error),
}

/// Says what was attempted when the catalogue refused.
pub(crate) trait During<T> {
    fn during(self, attempt: &'static str) -> Result<T, Error>;
}

impl<T> During<T> for Result<T, catalogue::Error> {
    fn during(self, attempt: &'static str) -> Result<T, Error> {
        self.map_err(|source| Error::Catalogue { attempt, source })
    }
}

impl From<catalogue::Error> for Error {
    fn from(source: catalogue::Error) -> Self {
        Self::Catalogue { attempt: "Read the catalogue", source }
    }
}

impl Error {
    pub(crate) fn invalid(fault: impl Into<String>) -> Self {
        Self::Invalid(vec![fault.into()])
    }

    /// What is wrong with what the caller sent, or the error itself if that is not why.
    pub(crate) fn faults(self) -> Result<Vec<String>, Self> {
        if let Self::Invalid(faults) = self {
            return Ok(faults);
        }
        if let Self::Catalogue { source: catalogue::Error::Invalid(fault), .. } = self {
            return Ok(vec![fault]);
        }
        Err(self)
    }

    /// The whole table on one screen. No wildcard arm: a new error must choose its status.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Invalid(_) | Self::NothingToDelete => StatusCode::BAD_REQUEST,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::NotAnAdministrator | Self::KeyNotAllowed(_) => StatusCode::FORBIDDEN,
            Self::TooManyRequests { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::OtherTus => StatusCode::PRECONDITION_FAILED,
            // A number that tus has made up.
            Self::OtherChecksum => StatusCode::from_u16(460).expect("it has three digits"),
            Self::OtherMediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::AlreadySetUp | Self::UnderWay => StatusCode::CONFLICT,
            Self::NotBroughtIn(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::StorageFull(_) => StatusCode::INSUFFICIENT_STORAGE,
            Self::StillQueued { .. } => StatusCode::GATEWAY_TIMEOUT,
            Self::Catalogue { source, .. } => match source {
                catalogue::Error::Invalid(_) => StatusCode::BAD_REQUEST,
                catalogue::Error::NotFound(_) => StatusCode::NOT_FOUND,
                catalogue::Error::Conflict(_) => StatusCode::CONFLICT,
                catalogue::Error::Outdated(_) => StatusCode::PRECONDITION_FAILED,
                catalogue::Error::LimitExceeded(_) => StatusCode::INSUFFICIENT_STORAGE,
                catalogue::Error::Unavailable(_) | catalogue::Error::Schema(_) => {
                    StatusCode::SERVICE_UNAVAILABLE
                }
            },
            Self::Interrupted | Self::TooManyStreams | Self::Storage(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }

    /// The DLCS's titles; some name what was attempted.
    fn title(&self) -> String {
        match self {
            Self::Invalid(_) => "Bad request".to_owned(),
            Self::Unauthenticated => "Unauthorized".to_owned(),
            Self::NotAnAdministrator | Self::KeyNotAllowed(_) => "Forbidden".to_owned(),
            Self::TooManyRequests { .. } => "Too Many Requests".to_owned(),
            Self::NotFound(_) => "Not Found".to_owned(),
            Self::Method => "Method Not Allowed".to_owned(),
            Self::TooLarge { .. } => "Payload Too Large".to_owned(),
            Self::OtherTus => "Precondition Failed".to_owned(),
            Self::OtherChecksum => "Checksum Mismatch".to_owned(),
            Self::OtherMediaType(_) => "Unsupported Media Type".to_owned(),
            Self::NothingToDelete => "Delete images failed".to_owned(),
            Self::AlreadySetUp => "Set up: Conflict".to_owned(),
            Self::UnderWay => "Conflict".to_owned(),
            Self::NotBroughtIn(_) => "Ingest failed".to_owned(),
            Self::StorageFull(_) => "Ingest: Storage limit exceeded".to_owned(),
            Self::StillQueued { .. } => "Ingest timed out".to_owned(),
            Self::Catalogue { attempt, source } => match source {
                catalogue::Error::Invalid(_) => format!("{attempt}: Validation failed"),
                catalogue::Error::NotFound(_) => "Not Found".to_owned(),
                catalogue::Error::Conflict(_) => format!("{attempt}: Conflict"),
                catalogue::Error::Outdated(_) => format!("{attempt}: Precondition failed"),
                catalogue::Error::LimitExceeded(_) => format!("{attempt}: Storage limit exceeded"),
                catalogue::Error::Unavailable(_) | catalogue::Error::Schema(_) => {
                    format!("{attempt} failed")
                }
            },
            Self::Storage(_) => "Storage failed".to_owned(),
            Self::Interrupted | Self::TooManyStreams => "Service Unavailable".to_owned(),
        }
    }
}

impl IntoResponse for Error {
    /// An answer without a body: the layer `answer` writes it, since it knows what was asked for.
    fn into_response(self) -> Response {
        let status = self.status();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            tracing::error!(error = ?self, "{}", self.title()); // the operator's trouble, not the caller's
        } else {
            tracing::debug!(%status, "{self}");
        }
        let mut response = status.into_response();
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static(r#"Basic realm="Recto", charset="UTF-8""#);
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        if let Self::TooManyRequests { seconds, .. } = self {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        let error = HydraError::new(status, self.title(), capitalised(&self.to_string()));
        response.extensions_mut().insert(error);
        response
    }
}

/// Several sentences as one text; some of the DLCS's end in a full stop.
fn joined(faults: &[String]) -> String {
    let Some((last, others)) = faults.split_last() else { return String::new() };
    let others = others.iter().map(|fault| format!("{}. ", fault.trim_end_matches('.')));
    others.chain([last.clone()]).collect()
}

/// The catalogue speaks in fragments, the API in sentences.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Any address that the API doesn't have.
pub(crate) async fn no_such_resource() -> Error {
    Error::NotFound("such resource".to_owned())
}

/// Any method that an address doesn't have.
pub(crate) async fn no_such_method() -> Error {
    Error::Method
}
