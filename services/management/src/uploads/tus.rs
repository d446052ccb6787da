use axum::{
    extract::{FromRequestParts, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use catalogue::Upload;
use time::format_description::well_known::Rfc2822;

use crate::{Management, caller::Guest, error::Error, paths::path_param, permit};

pub(super) const VERSION: &str = "1.0.0";
pub(super) const EXTENSIONS: &str = "creation,expiration,checksum,termination";

const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
pub(super) const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
pub(super) const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");

/// Says of every answer which version it is of, and takes no request of another.
pub(crate) async fn speak_tus(request: Request, next: Next) -> Response {
    let version = request.headers().get(TUS_RESUMABLE);
    let is_ours = version.is_some_and(|version| version == VERSION);
    let mut answer = match is_ours || *request.method() == Method::OPTIONS {
        true => next.run(request).await,
        false => Error::OtherTus.into_response(),
    };
    let headers = answer.headers_mut();
    headers.insert(TUS_RESUMABLE, HeaderValue::from_static(VERSION));
    if !is_ours {
        headers.insert(TUS_VERSION, HeaderValue::from_static(VERSION));
    }
    answer
}

/// `/customers/{customer}/uploads/{upload}`, named by somebody who may work where it goes.
pub(crate) struct UploadPath {
    pub(super) upload: Upload,
}

impl FromRequestParts<Management> for UploadPath {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, management: &Management) -> Result<Self, Error> {
        let Guest { reach } = Guest::from_request_parts(parts, management).await?;
        let id = path_param(parts, "upload").await?;
        let found = management.catalogue.upload(reach.customer, &id).await?;
        let upload = found.ok_or_else(|| Error::NotFound(format!("upload {id}")))?;
        permit::check_reach(&reach, std::iter::once(&upload.asset))?;
        Ok(Self { upload })
    }
}

/// A header that is a number of bytes.
pub(super) fn bytes(headers: &HeaderMap, name: &HeaderName) -> Result<u64, Error> {
    let number = headers.get(name).and_then(|value| value.to_str().ok()?.parse().ok());
    // What is kept of it is a number with a sign.
    let number = number.filter(|number| i64::try_from(*number).is_ok());
    number.ok_or_else(|| Error::invalid(format!("The header '{name}' must be a number of bytes")))
}

/// How far an upload is.
pub(super) fn progress(upload: &Upload) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    headers.insert(UPLOAD_OFFSET, upload.received.into());
    if !upload.finished {
        let expires = upload.expires.format(&Rfc2822).map_err(|_| Error::Interrupted)?;
        let expires = expires.replace("+0000", "GMT");
        headers.insert(UPLOAD_EXPIRES, expires.try_into().map_err(|_| Error::Interrupted)?);
    }
    Ok(headers)
}
