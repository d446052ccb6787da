use std::{error::Error as _, sync::Arc};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use iiif::image::{Format, SizeError, SyntaxError};
use model::named_query::ArgumentFault;

use crate::{
    headers,
    image::{DrawError, Fault, Refusal},
    original_fault::OriginalFault,
};

/// Why a visitor gets no answer: named for the visitor, not for the library that failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    #[error(transparent)]
    Size(#[from] SizeError),
    #[error("images are not offered as {0} here")]
    NotOffered(Format),
    #[error("the address is too long")]
    AddressTooLong,
    #[error("there is nothing at this address")]
    NoSuchAddress,
    #[error("there is no such image")]
    NoSuchAsset,
    #[error("there is no such named query")]
    NoSuchNamedQuery,
    #[error(transparent)]
    Argument(#[from] ArgumentFault),
    #[error("the named query finds nothing that can be shown")]
    NothingFound,
    #[error("page must be a whole number, beginning with 1")]
    NotAPage,
    #[error("from must be a value that tells one group from the others, as the collection has it")]
    NotAGroup,
    #[error(
        "the named query tells more than {0} groups apart: ask it for fewer, by more arguments"
    )]
    TooManyGroups(u64),
    #[error(
        "the named query finds more than {0} assets: add ?page=1, ?page=2 and so on to the address"
    )]
    TooManyFound(u64),
    #[error("the named query finds more than {0} assets: no file is made of so many")]
    TooManyMembers(u64),
    #[error("the file could not be made: {0}")]
    NotProjected(String),
    #[error("the file ends before that: it has {0} bytes")]
    NoSuchPart(u64),
    #[error("there is no such recording: see what its manifest names")]
    NoSuchTranscode,
    #[error("this thumbnail is not there: see the sizes in its info.json")]
    NoSuchThumbnail,
    #[error("a thumbnail is asked for as full/SIZE/0/default.jpg")]
    NotAThumbnail,
    #[error("this is not open to everybody")]
    Unauthorised,
    #[error("only GET, HEAD and OPTIONS are answered here")]
    MethodNotAllowed,
    #[error("the catalogue is not available")]
    Catalogue(#[from] catalogue::Error),
    /// The card was read just before the image was replaced, or the storage lost it.
    #[error("the image is being replaced: please try again")]
    Missing(#[source] storage::Error),
    #[error("the image could not be read")]
    Storage(#[source] storage::Error),
    #[error(transparent)]
    AtOrigin(#[from] OriginalFault),
    #[error("the image could not be read")]
    Pyramid(#[source] imaging::Error),
    #[error("{}", .0)]
    Drawing(Arc<DrawError>), // shared by everyone who waited for this drawing
    #[error("the document could not be made")]
    Document(#[source] std::io::Error),
    #[error("the making of the document was interrupted")]
    Interrupted,
    #[error("the server does not know its own address")]
    NoServerUrls,
}

impl Error {
    /// The whole table on one screen. No wildcard arm: a new error must choose its status.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Syntax(_)
            | Self::NotOffered(_)
            | Self::AddressTooLong
            | Self::NotAThumbnail
            | Self::Argument(_)
            | Self::NotAPage
            | Self::NotAGroup
            | Self::TooManyGroups(_)
            | Self::TooManyFound(_)
            | Self::TooManyMembers(_) => StatusCode::BAD_REQUEST,
            Self::Size(error) => match error {
                SizeError::NoUpscaling { .. } => StatusCode::NOT_IMPLEMENTED,
                SizeError::OutOfBounds { .. }
                | SizeError::Empty
                | SizeError::Upscale { .. }
                | SizeError::AboveLimits
                | SizeError::AboveFormat { .. } => StatusCode::BAD_REQUEST,
            },
            Self::NoSuchAddress
            | Self::NoSuchAsset
            | Self::NoSuchThumbnail
            | Self::NoSuchTranscode
            | Self::NoSuchNamedQuery
            | Self::NothingFound => StatusCode::NOT_FOUND,
            Self::NoSuchPart(_) => StatusCode::RANGE_NOT_SATISFIABLE,
            Self::Unauthorised => StatusCode::UNAUTHORIZED,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Catalogue(_) | Self::Missing(_) | Self::Storage(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::AtOrigin(fault) => fault.status(),
            Self::Pyramid(_)
            | Self::NotProjected(_)
            | Self::Document(_)
            | Self::Interrupted
            | Self::NoServerUrls => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Drawing(error) => match error.as_ref() {
                DrawError::Refused(Refusal::Impossible)
                | DrawError::Original(Fault::TooLarge(_)) => StatusCode::PAYLOAD_TOO_LARGE,
                DrawError::Refused(Refusal::Busy)
                | DrawError::Storage(_)
                | DrawError::Absent(_)
                | DrawError::Original(Fault::TooSlow | Fault::NoChild(_)) => {
                    StatusCode::SERVICE_UNAVAILABLE
                }
                DrawError::AtOrigin(fault) => fault.status(),
                DrawError::Imaging(_)
                | DrawError::Interrupted
                | DrawError::Original(Fault::Damaged(_) | Fault::Broken(_) | Fault::Child(_)) => {
                    StatusCode::INTERNAL_SERVER_ERROR
                }
            },
        }
    }

    /// As the `thumbs` service has it: a JSON object with a message.
    pub(crate) fn into_json_response(self) -> Response {
        let body = serde_json::json!({ "message": self.to_string() }).to_string();
        self.respond(headers::JSON, body)
    }

    fn respond(self, content_type: HeaderValue, body: String) -> Response {
        let status = self.status();
        self.log(status);
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, content_type);
        headers.insert(header::CACHE_CONTROL, headers::NO_STORE);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, headers::SOON);
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, headers::BEARER);
        }
        response
    }

    /// Faults of ours are for the log; the visitor's mistakes are not.
    pub(crate) fn log(&self, status: StatusCode) {
        let is_busy = matches!(self, Self::Drawing(error) if error.is_refusal());
        // Who tried to make a file has logged why it could not be made.
        let is_told = matches!(self, Self::NotProjected(_));
        if !status.is_server_error() || status == StatusCode::NOT_IMPLEMENTED || is_busy || is_told
        {
            return;
        }
        let mut causes = Vec::new();
        let mut cause = self.source();
        if let Self::Drawing(error) = self {
            cause = error.source();
        }
        while let Some(error) = cause {
            causes.push(error.to_string());
            cause = error.source();
        }
        tracing::error!(status = status.as_u16(), causes = causes.join(": "), "{self}");
    }
}

impl From<storage::Error> for Error {
    fn from(error: storage::Error) -> Self {
        let is_missing = matches!(error, storage::Error::NotFound(_));
        if is_missing { Self::Missing(error) } else { Self::Storage(error) }
    }
}

impl From<Arc<DrawError>> for Error {
    fn from(error: Arc<DrawError>) -> Self {
        Self::Drawing(error)
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let body = format!("{self}\n");
        self.respond(headers::PLAIN_TEXT, body)
    }
}
