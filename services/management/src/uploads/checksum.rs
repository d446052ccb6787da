use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use axum::http::{HeaderMap, HeaderName};
use base64::{Engine, prelude::BASE64_STANDARD};

use crate::error::Error;

const UPLOAD_CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");

/// The algorithms, by the names that tus has for them; the first is one that all have to know.
pub(super) const ALGORITHMS: &str = "sha1,sha256";

/// What the bytes of one request must come to.
pub(super) struct Checksum {
    context: Context,
    expected: Vec<u8>,
}

impl Checksum {
    /// The one that the request names, if it names one.
    pub(super) fn of(headers: &HeaderMap) -> Result<Option<Self>, Error> {
        let Some(header) = headers.get(UPLOAD_CHECKSUM) else { return Ok(None) };
        let named = header.to_str().ok().and_then(|text| text.split_once(' '));
        let read = named.and_then(|(algorithm, expected)| {
            let algorithm = match algorithm {
                "sha1" => &SHA1_FOR_LEGACY_USE_ONLY,
                "sha256" => &SHA256,
                _ => return None,
            };
            let expected = BASE64_STANDARD.decode(expected.trim()).ok()?;
            let is_sound = expected.len() == algorithm.output_len();
            is_sound.then(|| Self { context: Context::new(algorithm), expected })
        });
        let fault = format!(
            "'Upload-Checksum' must be one of {ALGORITHMS}, a blank, and the sum in base64"
        );
        read.map(Some).ok_or_else(|| Error::invalid(fault))
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
    }

    pub(super) fn check(self) -> Result<(), Error> {
        match self.context.finish().as_ref() == self.expected {
            true => Ok(()),
            false => Err(Error::OtherChecksum),
        }
    }
}
