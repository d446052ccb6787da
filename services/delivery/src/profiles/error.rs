use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use iiif::image::{SizeError, SyntaxError};
use serde_json::{Value, json};

use super::{address::Written, index::Absent};
use crate::{error::Error as ImageError, headers};

/// Why a visitor of `recto images` gets no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error(transparent)]
    Absent(Absent),
    #[error("Invalid IIIF option: {option} value \"{value}\" is invalid")]
    Option { option: &'static str, value: String },
    #[error("Too many images requested (max: {0})")]
    TooMany(usize),
    #[error("no identifiers are named")]
    NoIdentifiers,
    #[error("use_original_filenames must be true or false")]
    NotABoolean,
    #[error("the image is being made ready: please try again")]
    NotReadyYet,
    #[error("there is nothing at this address")]
    NoSuchAddress,
    #[error("only GET, HEAD and OPTIONS are answered here")]
    MethodNotAllowed,
    #[error(transparent)]
    Image(ImageError),
}

impl Error {
    /// A request that the grammar does not know.
    pub(super) fn syntax(error: SyntaxError, written: &Written) -> Self {
        let (option, value) = match error.parameter {
            "region" => ("Region", written.region.clone()),
            "size" => ("Size", written.size.clone()),
            "quality" => ("Quality", written.quality.clone()),
            "format" => ("Format", written.format.clone()),
            "rotation" => ("Rotation", error.found),
            _ => return Self::NoSuchAddress,
        };
        Self::Option { option, value }
    }

    /// A request that this image can't meet.
    pub(super) fn of_drawing(error: ImageError, written: &Written) -> Self {
        let (option, value) = match &error {
            ImageError::Size(SizeError::OutOfBounds { .. }) => ("Region", &written.region),
            ImageError::Size(SizeError::Empty) if written.names_no_pixel() => {
                ("Region", &written.region)
            }
            ImageError::Size(_) => ("Size", &written.size),
            ImageError::NotOffered(_) => ("Format", &written.format),
            ImageError::Syntax(_)
            | ImageError::AddressTooLong
            | ImageError::NoSuchAddress
            | ImageError::NoSuchAsset
            | ImageError::NoSuchPart(_)
            | ImageError::NoSuchThumbnail
            | ImageError::NoSuchTranscode
            | ImageError::NotAThumbnail
            | ImageError::Unauthorised
            | ImageError::MethodNotAllowed
            | ImageError::Catalogue(_)
            | ImageError::Missing(_)
            | ImageError::Storage(_)
            | ImageError::AtOrigin(_)
            | ImageError::Pyramid(_)
            | ImageError::Drawing(_)
            | ImageError::NoSuchNamedQuery
            | ImageError::Argument(_)
            | ImageError::NothingFound
            | ImageError::NotAPage
            | ImageError::NotAGroup
            | ImageError::TooManyGroups(_)
            | ImageError::TooManyFound(_)
            | ImageError::Document(_)
            | ImageError::Interrupted
            | ImageError::TooManyMembers(_)
            | ImageError::NotProjected(_)
            | ImageError::NoServerUrls => return Self::Image(error),
        };
        Self::Option { option, value: value.clone() }
    }

    /// What their web framework finds out by itself it words by itself.
    fn body(&self) -> Value {
        let in_query = |name: &str, message: &str, kind: &str| json!({ "detail": [{ "loc": ["query", name], "msg": message, "type": kind }] });
        match self {
            Self::NoSuchAddress => json!({ "detail": "Not Found" }),
            Self::MethodNotAllowed => json!({ "detail": "Method Not Allowed" }),
            Self::NoIdentifiers => in_query("identifiers", "field required", "value_error.missing"),
            Self::NotABoolean => in_query(
                "use_original_filenames",
                "value could not be parsed to a boolean",
                "type_error.bool",
            ),
            Self::Absent(_)
            | Self::Option { .. }
            | Self::TooMany(_)
            | Self::NotReadyYet
            | Self::Image(_) => json!({ "error": self.to_string() }),
        }
    }

    /// Whether what was found went away in the meantime.
    pub(super) fn is_replaced(&self) -> bool {
        match self {
            Self::Absent(absent) => *absent == Absent::Replaced,
            Self::Image(ImageError::Missing(_)) => true,
            Self::Image(ImageError::Drawing(error)) => error.is_replaced(),
            Self::Image(_)
            | Self::Option { .. }
            | Self::TooMany(_)
            | Self::NoIdentifiers
            | Self::NotABoolean
            | Self::NotReadyYet
            | Self::NoSuchAddress
            | Self::MethodNotAllowed => false,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Absent(Absent::NoProfile(_) | Absent::NoImage { .. }) | Self::NoSuchAddress => {
                StatusCode::NOT_FOUND
            }
            Self::Absent(Absent::Broken(_)) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Absent(Absent::Replaced | Absent::Unavailable(_)) | Self::NotReadyYet => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Option { .. } | Self::TooMany(_) => StatusCode::BAD_REQUEST,
            Self::NoIdentifiers | Self::NotABoolean => StatusCode::UNPROCESSABLE_ENTITY,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Image(error) => error.status(),
        }
    }
}

impl From<ImageError> for Error {
    fn from(error: ImageError) -> Self {
        Self::Image(error)
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = self.status();
        if let Self::Image(error) = &self {
            error.log(status);
        }
        let body = self.body().to_string();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, headers::JSON);
        headers.insert(header::CACHE_CONTROL, headers::NO_STORE);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, headers::SOON);
        }
        if status == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, OPTIONS"));
        }
        response
    }
}
