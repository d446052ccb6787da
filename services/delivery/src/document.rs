//! JSON documents in the version, under the media type and in the encoding that the client accepts.

use std::io::{Read, Write};

use axum::http::{HeaderValue, header};
use bytes::Bytes;
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use iiif::{
    Version,
    negotiate::{self, Api},
};
use serde_json::Value;

use crate::{
    answer::Answer,
    headers::{self, Fingerprint, LastModified},
    visit::Visit,
};

/// What a client accepts of one of the APIs.
pub(crate) struct Terms {
    pub(crate) api: Api,
    pub(crate) version: Version,
    accept: Option<String>,
    gzip: bool,
}

impl Terms {
    /// The version is the one of the path, else the one of the header, else the default.
    pub(crate) fn settle(api: Api, path: Option<Version>, visit: &Visit, default: Version) -> Self {
        let accept = visit.accept();
        let asked = path.or_else(|| negotiate::version(api, accept.as_deref()?));
        let version = asked.unwrap_or(default);
        Self { api, version, accept, gzip: visit.accepts_gzip() }
    }

    fn content_type(&self) -> &'static str {
        negotiate::content_type(self.api, self.version, self.accept.as_deref())
    }
}

/// A document, ready to be sent.
///
/// It is compressed here rather than by a layer around everything: images stay out of it, and each
/// encoding has a strong tag of its own.
pub(crate) struct Document {
    pub(crate) body: Bytes,
    content_type: HeaderValue,
    etag: HeaderValue,
    is_gzip: bool,
}

/// What fits into one packet anyhow.
const TOO_SHORT_TO_COMPRESS: usize = 256;

impl Document {
    pub(crate) fn new(terms: &Terms, asset_version: u64, json: &Value) -> Self {
        let tag = Fingerprint::NEW.of(terms.content_type().as_bytes());
        Self::of_text(terms.content_type(), terms.gzip, (asset_version, tag), json.to_string())
    }

    /// A list, or whatever else is no resource of a IIIF API.
    pub(crate) fn plain(visit: &Visit, json: String) -> Self {
        Self::text(visit, "application/json", json)
    }

    /// Any other text.
    pub(crate) fn text(visit: &Visit, content_type: &'static str, text: String) -> Self {
        Self::of_text(content_type, visit.accepts_gzip(), (0, Fingerprint::NEW), text)
    }

    /// One that was compressed before.
    pub(crate) fn stored(terms: &Terms, stored: &Stored) -> Result<Self, std::io::Error> {
        let tag = stored.tag.of(terms.content_type().as_bytes());
        let (body, tag) = match terms.gzip {
            true => (stored.gzip.clone(), tag.of(b"gzip")),
            false => (stored.text()?.into(), tag),
        };
        let content_type = HeaderValue::from_static(terms.content_type());
        Ok(Self { body, content_type, etag: tag.etag(0), is_gzip: terms.gzip })
    }

    fn of_text(
        content_type: &'static str,
        gzip: bool,
        (version, tag): (u64, Fingerprint),
        text: String,
    ) -> Self {
        let mut tag = tag.of(text.as_bytes());
        let is_worth_it = gzip && text.len() >= TOO_SHORT_TO_COMPRESS;
        let compressed = if is_worth_it { compress(&text, Compression::fast()).ok() } else { None };
        let is_gzip = compressed.is_some();
        if is_gzip {
            tag = tag.of(b"gzip");
        }
        Self {
            body: compressed.unwrap_or_else(|| text.into()),
            content_type: HeaderValue::from_static(content_type),
            etag: tag.etag(version),
            is_gzip,
        }
    }

    /// The headers that belong to it.
    pub(crate) fn answer(&self, asset_id: &HeaderValue, modified: &LastModified) -> Answer {
        let (content_type, etag) = (self.content_type.clone(), self.etag.clone());
        self.encoded(Answer::new(asset_id, content_type, etag, modified))
    }

    /// The same, for a document that is of no single asset.
    pub(crate) fn answer_of_many(&self) -> Answer {
        self.encoded(Answer::tagged(self.content_type.clone(), self.etag.clone()))
    }

    fn encoded(&self, answer: Answer) -> Answer {
        if self.is_gzip { answer.with(header::CONTENT_ENCODING, headers::GZIP) } else { answer }
    }
}

/// A document that is kept in memory as it is mostly sent: compressed, once, for all visitors.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    gzip: Bytes,
    length: usize,
    tag: Fingerprint,
}

impl Stored {
    pub(crate) fn new(text: &str) -> Result<Self, std::io::Error> {
        let gzip = compress(text, Compression::new(STORED_LEVEL))?;
        Ok(Self { gzip, length: text.len(), tag: Fingerprint::NEW.of(text.as_bytes()) })
    }

    /// As it was before.
    pub(crate) fn text(&self) -> Result<String, std::io::Error> {
        let mut text = String::with_capacity(self.length);
        GzDecoder::new(&self.gzip[..]).read_to_string(&mut text)?;
        Ok(text)
    }

    pub(crate) fn memory(&self) -> usize {
        self.gzip.len()
    }
}

/// Documents of many assets repeat themselves: beyond this, time is spent for little.
const STORED_LEVEL: u32 = 4;

/// What is compressed for each visitor has to be fast rather than small.
fn compress(text: &str, level: Compression) -> Result<Bytes, std::io::Error> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(text.len() / 8), level);
    encoder.write_all(text.as_bytes())?;
    Ok(encoder.finish()?.into())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use axum::http::{Method, StatusCode};
    use flate2::read::GzDecoder;

    use crate::testing::{Library, Picture};

    #[tokio::test]
    async fn documents_are_compressed_for_those_who_ask() {
        let library = Library::in_memory().await;
        library.add("a", Picture::small()).await;
        for path in ["/iiif-img/2/5/a/info.json", "/thumbs/2/5/a/info.json", "/iiif-manifest/2/5/a"]
        {
            let plain = library.get(path).await;
            assert_eq!(plain.header("content-encoding"), "", "{path}");
            assert_eq!(plain.header("vary"), "Accept, Accept-Encoding", "{path}");

            let reply = library.get_with(path, "accept-encoding", "br, gzip").await;
            assert_eq!(reply.header("content-encoding"), "gzip", "{path}");
            assert_eq!(reply.header("vary"), "Accept, Accept-Encoding", "{path}");
            assert_eq!(reply.header("content-type"), plain.header("content-type"));
            assert_ne!(reply.header("etag"), plain.header("etag"), "other bytes, another tag");
            assert!(reply.body.len() < plain.body.len(), "{path}");
            let mut text = Vec::new();
            GzDecoder::new(&reply.body[..]).read_to_end(&mut text).unwrap();
            assert_eq!(text, plain.body, "{path}");
        }
    }

    #[tokio::test]
    async fn the_compressed_document_has_headers_and_conditions_of_its_own() {
        let library = Library::in_memory().await;
        library.add("a", Picture::small()).await;
        let path = "/iiif-img/2/5/a/info.json";
        let gzip = ("accept-encoding", "gzip");
        let get = library.ask(Method::GET, path, &[gzip]).await;
        let head = library.ask(Method::HEAD, path, &[gzip]).await;
        for name in ["content-encoding", "content-length", "etag", "vary"] {
            assert_eq!(head.header(name), get.header(name), "{name}");
        }
        assert_eq!(head.header("content-length"), get.body.len().to_string());
        let tag = ("if-none-match", get.header("etag"));
        let same = library.ask(Method::GET, path, &[gzip, tag]).await;
        assert_eq!(same.status, StatusCode::NOT_MODIFIED);
        assert_eq!(same.header("content-encoding"), "");
        let other = library.ask(Method::GET, path, &[tag]).await;
        assert_eq!(other.status, StatusCode::OK, "the copy is compressed, and may not be");
    }

    #[tokio::test]
    async fn images_are_never_compressed() {
        let library = Library::in_memory().await;
        library.add("a", Picture::small()).await;
        for path in
            ["/iiif-img/2/5/a/full/max/0/default.tif", "/thumbs/2/5/a/full/max/0/default.jpg"]
        {
            let reply = library.get_with(path, "accept-encoding", "gzip").await;
            assert_eq!(reply.status, StatusCode::OK, "{path}");
            assert_eq!(reply.header("content-encoding"), "", "{path}");
            assert_eq!(reply.header("vary"), "", "{path}");
        }
    }
}
