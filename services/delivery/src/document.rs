//! JSON documents in the version and under the media type that the client accepts.

use axum::http::HeaderValue;
use bytes::Bytes;
use iiif::{
    Version,
    negotiate::{self, Api},
};
use serde_json::Value;

use crate::headers::Fingerprint;

/// What a client accepts of one of the APIs.
pub(crate) struct Terms {
    pub(crate) api: Api,
    pub(crate) version: Version,
    pub(crate) accept: Option<String>,
}

impl Terms {
    /// The version is the one of the path, else the one of the header, else the default.
    pub(crate) fn settle(
        api: Api,
        path: Option<Version>,
        accept: Option<String>,
        default: Version,
    ) -> Self {
        let asked = path.or_else(|| negotiate::version(api, accept.as_deref()?));
        Self { api, version: asked.unwrap_or(default), accept }
    }
}

/// A document, ready to be sent.
pub(crate) struct Document {
    pub(crate) content_type: HeaderValue,
    pub(crate) etag: HeaderValue,
    pub(crate) body: Bytes,
}

impl Document {
    pub(crate) fn new(terms: &Terms, asset_version: u64, json: &Value) -> Self {
        let Terms { api, version, accept } = terms;
        let content_type = negotiate::content_type(*api, *version, accept.as_deref());
        let body = Bytes::from(json.to_string());
        let etag = Fingerprint::NEW.of(content_type.as_bytes()).of(&body).etag(asset_version);
        Self { content_type: HeaderValue::from_static(content_type), etag, body }
    }
}
