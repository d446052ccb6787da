//! The values of headers, ready to be sent.

use axum::http::HeaderValue;
use iiif::{Version, image::Format};
use model::NOT_IN_SEGMENTS;
use percent_encoding::utf8_percent_encode;
use time::{
    OffsetDateTime, PrimitiveDateTime, format_description::BorrowedFormatItem,
    macros::format_description,
};

pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");
pub(crate) const PLAIN_TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
pub(crate) const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
pub(crate) const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
pub(crate) const ANY_ORIGIN: HeaderValue = HeaderValue::from_static("*");
pub(crate) const GZIP: HeaderValue = HeaderValue::from_static("gzip");
pub(crate) const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");
pub(crate) const BEARER: HeaderValue = HeaderValue::from_static("Bearer");
/// Seconds after which a visitor who was sent away may try again.
pub(crate) const SOON: HeaderValue = HeaderValue::from_static("2");
/// `*` would not cover `Authorization`.
pub(crate) const ALLOWED_HEADERS: HeaderValue = HeaderValue::from_static(
    "Authorization, Content-Type, Accept, If-Match, If-None-Match, If-Modified-Since, Prefer, Slug, \
     Range",
);
pub(crate) const A_DAY: HeaderValue = HeaderValue::from_static("86400");
pub(crate) const BY_ACCEPT: HeaderValue = HeaderValue::from_static("Accept, Accept-Encoding");
pub(crate) const BY_ACCEPT_AND_VISITOR: HeaderValue =
    HeaderValue::from_static("Accept, Accept-Encoding, Authorization");
pub(crate) const BY_VISITOR: HeaderValue = HeaderValue::from_static("Cookie");

pub(crate) const fn media_type(format: Format) -> HeaderValue {
    HeaderValue::from_static(format.media_type())
}

/// The `Link` to the profile of what `/iiif-img` offers, as text to be joined with others.
pub(crate) const fn level_2(version: Version) -> &'static str {
    match version {
        Version::V2 => "<http://iiif.io/api/image/2/level2.json>;rel=\"profile\"",
        Version::V3 => "<http://iiif.io/api/image/3/level2.json>;rel=\"profile\"",
    }
}

/// When something changed last, as HTTP says it: in whole seconds.
#[derive(Debug, Clone)]
pub(crate) struct LastModified {
    pub(crate) value: HeaderValue,
    seconds: i64,
}

const HTTP_DATE: &[BorrowedFormatItem<'static>] = format_description!(
    "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
);

impl LastModified {
    pub(crate) fn new(moment: OffsetDateTime) -> Self {
        let text = moment.to_offset(time::UtcOffset::UTC).format(HTTP_DATE).unwrap_or_default();
        let value = HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""));
        Self { value, seconds: moment.unix_timestamp() }
    }

    /// Does a copy of that time still hold?
    pub(crate) fn is_not_after(&self, since: &HeaderValue) -> bool {
        if *since == self.value {
            return true;
        }
        let moment =
            since.to_str().ok().and_then(|text| PrimitiveDateTime::parse(text, HTTP_DATE).ok());
        moment.is_some_and(|moment| self.seconds <= moment.assume_utc().unix_timestamp())
    }
}

/// FNV-1a: short, the same in every process and every release, and not meant to resist anybody.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fingerprint(u64);

impl Fingerprint {
    pub(crate) const NEW: Self = Self(0xcbf2_9ce4_8422_2325);

    pub(crate) fn of(self, bytes: &[u8]) -> Self {
        let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        // The separator keeps ("ab", "c") and ("a", "bc") apart.
        Self(bytes.iter().chain(&[0]).fold(self.0, step))
    }

    /// A text that is different for what is drawn otherwise.
    pub(crate) fn name(self, text: &str) -> String {
        format!("{text}@{:x}", self.0)
    }

    /// A strong `ETag`.
    pub(crate) fn etag(self, version: u64) -> HeaderValue {
        let text = format!("\"{version:x}-{:016x}\"", self.0);
        HeaderValue::try_from(text).expect("digits, a hyphen and quotes are allowed in headers")
    }
}

/// To be kept under this name.
pub(crate) fn attachment(file_name: &str) -> HeaderValue {
    disposition("attachment", file_name)
}

/// To be shown, and kept under this name by those who keep it.
pub(crate) fn inline(file_name: &str) -> HeaderValue {
    disposition("inline", file_name)
}

/// The name is quoted because of commas, and escaped where it is not ASCII (RFC 6266).
fn disposition(kind: &'static str, file_name: &str) -> HeaderValue {
    let is_plain = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
    let plain: String = file_name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let text = if plain == file_name {
        format!("{kind}; filename=\"{plain}\"")
    } else {
        let escaped = utf8_percent_encode(file_name, NOT_IN_SEGMENTS);
        format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{escaped}")
    };
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(kind))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn dates_are_written_and_read_as_http_has_them() {
        let modified = LastModified::new(datetime!(2026-11-20 08:49:37.5 UTC));
        assert_eq!(modified.value, "Fri, 20 Nov 2026 08:49:37 GMT");
        for (since, holds) in [
            ("Fri, 20 Nov 2026 08:49:37 GMT", true),
            ("Fri, 20 Nov 2026 08:49:38 GMT", true),
            ("Fri, 20 Nov 2026 08:49:36 GMT", false),
            ("yesterday", false),
            ("", false),
        ] {
            let since = HeaderValue::from_static(since);
            assert_eq!(modified.is_not_after(&since), holds, "{since:?}");
        }
    }

    #[test]
    fn tags_differ_with_everything_that_they_are_made_of() {
        let tag = |version, parts: &[&str]| {
            parts.iter().fold(Fingerprint::NEW, |tag, part| tag.of(part.as_bytes())).etag(version)
        };
        assert_eq!(tag(7, &["a", "b"]), tag(7, &["a", "b"]));
        assert_ne!(tag(7, &["a", "b"]), tag(8, &["a", "b"]));
        assert_ne!(tag(7, &["a", "b"]), tag(7, &["ab", ""]));
        assert!(tag(255, &["a"]).to_str().unwrap().starts_with("\"ff-"));
    }

    #[test]
    fn a_file_keeps_its_name() {
        for (name, value) in [
            ("a, b.jpg", "attachment; filename=\"a, b.jpg\""),
            (
                "é\"\r\n.jpg",
                "attachment; filename=\"____.jpg\"; filename*=UTF-8''%C3%A9%22%0D%0A.jpg",
            ),
        ] {
            assert_eq!(attachment(name), value);
        }
    }
}
