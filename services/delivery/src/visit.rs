use std::mem;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, Method, header, request::Parts},
};
use model::{PublicUrls, ServerUrls};

use crate::{access::Visitor, error::Error, headers::LastModified};

/// What a request says beside its address: who asks, on what conditions, and for how much.
pub(crate) struct Visit {
    pub(crate) visitor: Visitor,
    /// Only the headers are wanted, so nothing needs to be drawn.
    pub(crate) is_head: bool,
    /// This server's addresses as this visitor sees them.
    pub(crate) urls: PublicUrls,
    headers: HeaderMap,
}

impl Visit {
    /// All of its `Accept` headers as one.
    pub(crate) fn accept(&self) -> Option<String> {
        let accepts: Vec<_> = self.headers.get_all(header::ACCEPT).iter().collect();
        let texts: Vec<_> = accepts.iter().filter_map(|accept| accept.to_str().ok()).collect();
        Some(texts.join(", ")).filter(|accept| !accept.is_empty())
    }

    /// Does the visitor hold a copy that is still good? A date counts only where there is no tag.
    pub(crate) fn has_current(&self, etag: &HeaderValue, modified: &LastModified) -> bool {
        if self.headers.contains_key(header::IF_NONE_MATCH) {
            let tags = self.headers.get_all(header::IF_NONE_MATCH);
            return tags.iter().any(|tags| names(tags, etag));
        }
        let since = self.headers.get(header::IF_MODIFIED_SINCE);
        since.is_some_and(|since| modified.is_not_after(since))
    }
}

/// Weak comparison, as RFC 9110 asks for: `W/` does not matter.
fn names(tags: &HeaderValue, etag: &HeaderValue) -> bool {
    let Ok(tags) = tags.to_str() else { return false };
    tags.split(',').map(str::trim).any(|tag| {
        let tag = tag.strip_prefix("W/").unwrap_or(tag);
        tag == "*" || tag.as_bytes() == etag.as_bytes()
    })
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let urls = parts.extensions.get::<ServerUrls>().ok_or(Error::NoServerUrls)?;
        Ok(Self {
            visitor: Visitor::stranger(),
            is_head: parts.method == Method::HEAD,
            urls: urls.public.clone(),
            // Nobody reads them after us, and a copy of them costs more than the rest of this.
            headers: mem::take(&mut parts.headers),
        })
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn visit(name: header::HeaderName, values: &[&'static str]) -> Visit {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name.clone(), HeaderValue::from_static(value));
        }
        let urls = PublicUrls::new("https://iiif.example.org");
        Visit { visitor: Visitor::stranger(), is_head: false, urls, headers }
    }

    #[test]
    fn a_tag_matches_in_every_way_it_can_be_listed() {
        let (etag, modified) = (
            HeaderValue::from_static("\"7-a\""),
            LastModified::new(datetime!(2026-11-20 08:49:37 UTC)),
        );
        for (tags, expected) in [
            (&["\"7-a\""][..], true),
            (&["W/\"7-a\""], true),
            (&["\"6-a\", \"7-a\""], true),
            (&["\"6-a\"", "\"7-a\""], true),
            (&["*"], true),
            (&["\"7-b\""], false),
            (&["7-a"], false),
            (&[""], false),
        ] {
            let visit = visit(header::IF_NONE_MATCH, tags);
            assert_eq!(visit.has_current(&etag, &modified), expected, "{tags:?}");
        }
    }

    #[test]
    fn a_tag_outweighs_a_date() {
        let modified = LastModified::new(datetime!(2026-11-20 08:49:37 UTC));
        let etag = HeaderValue::from_static("\"7-a\"");
        let mut visit = visit(header::IF_MODIFIED_SINCE, &["Fri, 20 Nov 2026 08:49:37 GMT"]);
        assert!(visit.has_current(&etag, &modified));
        visit.headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static("\"6-a\""));
        assert!(!visit.has_current(&etag, &modified));
    }

    #[test]
    fn accept_headers_are_joined() {
        let visit = visit(header::ACCEPT, &["text/html", "application/json"]);
        assert_eq!(visit.accept().as_deref(), Some("text/html, application/json"));
    }
}
