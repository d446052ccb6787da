use std::{convert::Infallible, ops::Range};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use catalogue::AssetCard;
use futures_util::stream;

use crate::{access::Decision, delivery::Delivery, headers, headers::LastModified, visit::Visit};

pub(crate) const ASSET_ID: HeaderName = HeaderName::from_static("x-asset-id");

/// An answer whose headers are known before its body is: they are the same for GET, for HEAD, and
/// for a visitor whose copy is still good.
pub(crate) struct Answer {
    headers: HeaderMap,
    etag: HeaderValue,
    modified: Option<LastModified>,
}

impl Answer {
    pub(crate) fn new(
        asset_id: &HeaderValue,
        content_type: HeaderValue,
        etag: HeaderValue,
        modified: &LastModified,
    ) -> Self {
        let mut answer = Self::tagged(content_type, etag);
        answer.headers.insert(header::LAST_MODIFIED, modified.value.clone());
        answer.headers.insert(ASSET_ID, asset_id.clone());
        answer.modified = Some(modified.clone());
        answer
    }

    /// Of many assets, or of none; whether one of them was taken away no date would tell.
    pub(crate) fn tagged(content_type: HeaderValue, etag: HeaderValue) -> Self {
        let mut headers = HeaderMap::with_capacity(14);
        headers.insert(header::CONTENT_TYPE, content_type);
        headers.insert(header::ETAG, etag.clone());
        Self { headers, etag, modified: None }
    }

    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// An image may be kept by anyone for long, if anyone may see it.
    pub(crate) fn kept_as_image(self, delivery: &Delivery, decision: Decision) -> Self {
        match decision {
            Decision::Open => self.with(header::CACHE_CONTROL, delivery.cache.image.clone()),
            Decision::Allowed | Decision::Refused => self
                .with(header::CACHE_CONTROL, delivery.cache.private.clone())
                .with(header::VARY, headers::BY_VISITOR),
        }
    }

    /// A document changes with the asset, and comes in several versions and media types.
    pub(crate) fn kept_as_document(self, delivery: &Delivery, decision: Decision) -> Self {
        match decision {
            Decision::Open => self
                .with(header::CACHE_CONTROL, delivery.cache.document.clone())
                .with(header::VARY, headers::BY_ACCEPT),
            Decision::Allowed | Decision::Refused => self
                .with(header::CACHE_CONTROL, delivery.cache.private.clone())
                .with(header::VARY, headers::BY_ACCEPT_AND_VISITOR),
        }
    }

    /// The headers that the customer wants sent with its assets; they take the place of ours, but what not everybody
    /// may see stays private.
    pub(crate) fn with_headers_of(mut self, card: &AssetCard, decision: Decision) -> Self {
        for (name, value) in &card.headers {
            let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) else {
                continue;
            };
            if decision == Decision::Open || name != header::CACHE_CONTROL {
                self.headers.insert(name, value);
            }
        }
        self
    }

    pub(crate) fn is_current_for(&self, visit: &Visit) -> bool {
        visit.has_current(&self.etag, self.modified.as_ref())
    }

    pub(crate) fn not_modified(mut self) -> Response {
        self.headers.remove(header::CONTENT_TYPE);
        self.headers.remove(header::CONTENT_ENCODING);
        (StatusCode::NOT_MODIFIED, self.headers, unknown_body()).into_response()
    }

    /// For HEAD: the length is left out where only drawing would tell.
    pub(crate) fn without_body(mut self, length: Option<u64>) -> Response {
        if let Some(length) = length {
            self.headers.insert(header::CONTENT_LENGTH, length.into());
        }
        (self.headers, unknown_body()).into_response()
    }

    /// A body that is at hand, for whoever asked in whatever way.
    pub(crate) fn to(self, visit: &Visit, body: Bytes) -> Response {
        if self.is_current_for(visit) {
            self.not_modified()
        } else if visit.is_head {
            self.without_body(Some(body.len() as u64))
        } else {
            self.with_body(body)
        }
    }

    pub(crate) fn with_body(self, body: impl Into<Body>) -> Response {
        let mut response = Response::new(body.into());
        *response.headers_mut() = self.headers;
        response
    }

    /// The part that is asked for, if one is.
    pub(crate) fn range<'a>(&self, visit: &'a Visit) -> Option<&'a str> {
        visit.range(&self.etag, self.modified.as_ref())
    }

    /// A part of a body that is so long as a whole.
    pub(crate) fn with_part(self, part: &Range<u64>, whole: u64, body: Body) -> Response {
        let range = format!("bytes {}-{}/{whole}", part.start, part.end - 1);
        let range = HeaderValue::try_from(range).expect("words and numbers are allowed in headers");
        let length = HeaderValue::from(part.end - part.start);
        let answer = self.with(header::CONTENT_RANGE, range).with(header::CONTENT_LENGTH, length);
        let mut response = answer.with_body(body);
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        response
    }

    /// The same body as 401: the way to sign in is written in it.
    pub(crate) fn unauthorised(self, body: Bytes) -> Response {
        let mut response = self.with(header::WWW_AUTHENTICATE, headers::BEARER).with_body(body);
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        response
    }
}

/// No body, of which the server does not conclude that its length is 0.
fn unknown_body() -> Body {
    Body::from_stream(stream::empty::<Result<Bytes, Infallible>>())
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use catalogue::{AssetFields, Change, CustomHeaderFields};

    use super::*;
    use crate::testing::{Library, NOW, Picture};

    #[tokio::test]
    async fn the_customers_headers_go_with_every_image_and_thumbnail() {
        let library = Library::in_memory().await;
        library.add("a", Picture::small()).await;
        for (key, value) in [("X-Terms", "ask us"), ("cache-control", "max-age=7")] {
            let (key, value) = (key.to_owned(), value.to_owned());
            let fields = CustomHeaderFields { key, value, space: Some(5), role: None };
            library.catalogue.create_custom_header(2, &fields, NOW).await.unwrap();
        }
        for path in [
            "/iiif-img/2/5/a/0,0,512,512/512,512/0/default.jpg",
            "/iiif-img/2/5/a/100,100,300,300/150,/0/default.jpg",
            "/thumbs/2/5/a/full/!100,100/0/default.jpg",
        ] {
            for method in [Method::GET, Method::HEAD] {
                let reply = library.ask(method, path, &[]).await;
                assert_eq!(reply.status, StatusCode::OK, "{path}: {reply:?}");
                assert_eq!(reply.header("x-terms"), "ask us", "{path}");
                assert_eq!(reply.header("cache-control"), "max-age=7", "{path}");
            }
        }
        let document = library.get("/iiif-img/2/5/a/info.json").await;
        assert_eq!(document.header("x-terms"), "");
    }

    #[tokio::test]
    async fn what_not_everybody_may_see_stays_private_whatever_the_customer_wants() {
        let library = Library::in_memory().await;
        let roles = Change::Set(vec!["staff".to_owned()]);
        let fields =
            AssetFields { roles, open_full_max: Change::Set(400), ..AssetFields::default() };
        library.add_with("a", Picture::small(), fields).await;
        let (key, value) = ("Cache-Control".to_owned(), "public".to_owned());
        let header = CustomHeaderFields { key, value, space: None, role: None };
        library.catalogue.create_custom_header(2, &header, NOW).await.unwrap();
        for path in ["iiif-img", "thumbs"] {
            let path = format!("/{path}/2/5/a/full/!100,100/0/default.jpg");
            let reply = library.get(&path).await;
            assert_eq!(reply.status, StatusCode::OK, "{path}: {reply:?}");
            assert!(reply.header("cache-control").contains("private"), "{path}: {reply:?}");
        }
    }
}
