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

    /// Is gzip among the encodings that the visitor names? By its own name first, else by `*`.
    pub(crate) fn accepts_gzip(&self) -> bool {
        let lists = self.headers.get_all(header::ACCEPT_ENCODING).iter();
        let texts = lists.filter_map(|list| list.to_str().ok());
        let weights: Vec<_> = texts.flat_map(|list| list.split(',')).map(weighted).collect();
        let of = |names: &[&str]| {
            let is_named = |(name, _): &&(&str, bool)| {
                names.iter().any(|known| known.eq_ignore_ascii_case(name))
            };
            weights.iter().find(is_named).map(|(_, is_wanted)| *is_wanted)
        };
        of(&["gzip", "x-gzip"]).or_else(|| of(&["*"])).unwrap_or(false)
    }

    /// The part that is asked for, unless it is to go with what has changed since.
    pub(crate) fn range(
        &self,
        etag: &HeaderValue,
        modified: Option<&LastModified>,
    ) -> Option<&str> {
        let range = self.headers.get(header::RANGE)?.to_str().ok()?;
        let holds = match self.headers.get(header::IF_RANGE) {
            Some(condition) => {
                condition == etag || modified.is_some_and(|it| it.value == *condition)
            }
            None => true,
        };
        holds.then_some(range)
    }

    /// Does the visitor hold a copy that is still good? A date counts only where there is no tag.
    pub(crate) fn has_current(&self, etag: &HeaderValue, modified: Option<&LastModified>) -> bool {
        if self.headers.contains_key(header::IF_NONE_MATCH) {
            let tags = self.headers.get_all(header::IF_NONE_MATCH);
            return tags.iter().any(|tags| names(tags, etag));
        }
        let since = self.headers.get(header::IF_MODIFIED_SINCE);
        modified.zip(since).is_some_and(|(modified, since)| modified.is_not_after(since))
    }
}

/// One entry of a list with weights: its name, and whether it is wanted at all.
fn weighted(entry: &str) -> (&str, bool) {
    let (name, weight) = entry.split_once(';').unwrap_or((entry, "q=1"));
    let weight = weight.split_once('=').and_then(|(_, weight)| weight.trim().parse::<f32>().ok());
    (name.trim(), weight.is_some_and(|weight| weight > 0.0))
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
            assert_eq!(visit.has_current(&etag, Some(&modified)), expected, "{tags:?}");
        }
    }

    #[test]
    fn a_tag_outweighs_a_date() {
        let modified = LastModified::new(datetime!(2026-11-20 08:49:37 UTC));
        let etag = HeaderValue::from_static("\"7-a\"");
        let mut visit = visit(header::IF_MODIFIED_SINCE, &["Fri, 20 Nov 2026 08:49:37 GMT"]);
        assert!(visit.has_current(&etag, Some(&modified)));
        visit.headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static("\"6-a\""));
        assert!(!visit.has_current(&etag, Some(&modified)));
    }

    #[test]
    fn a_date_says_nothing_of_what_has_none() {
        let visit = visit(header::IF_MODIFIED_SINCE, &["Fri, 20 Nov 2026 08:49:37 GMT"]);
        assert!(!visit.has_current(&HeaderValue::from_static("\"7-a\""), None));
    }

    #[test]
    fn gzip_is_accepted_by_name_or_with_everything() {
        for (encodings, expected) in [
            (&["gzip"][..], true),
            (&["br, GZIP;q=0.5"], true),
            (&["deflate", "x-gzip"], true),
            (&["*"], true),
            (&["gzip;q=0, *"], false),
            (&["gzip; q=0.000"], false),
            (&["*;q=0"], false),
            (&["gzip;q=banana"], false),
            (&["br"], false),
            (&["identity"], false),
            (&[""], false),
            (&[], false),
        ] {
            let visit = visit(header::ACCEPT_ENCODING, encodings);
            assert_eq!(visit.accepts_gzip(), expected, "{encodings:?}");
        }
    }

    #[test]
    fn accept_headers_are_joined() {
        let visit = visit(header::ACCEPT, &["text/html", "application/json"]);
        assert_eq!(visit.accept().as_deref(), Some("text/html, application/json"));
    }
}
