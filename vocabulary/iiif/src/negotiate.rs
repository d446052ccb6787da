//! What an `Accept` header asks for: which version, and under which media type.
//!
//! No header makes an answer impossible: who accepts nothing that there is gets the default.
//! Answers vary by `Accept` wherever one of these functions was asked.

use crate::Version;

/// The two APIs whose documents are served in two versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Api {
    Image,
    Presentation,
}

impl Api {
    pub const fn context(self, version: Version) -> &'static str {
        match (self, version) {
            (Self::Image, _) => version.context(),
            (Self::Presentation, Version::V2) => "http://iiif.io/api/presentation/2/context.json",
            (Self::Presentation, Version::V3) => "http://iiif.io/api/presentation/3/context.json",
        }
    }

    /// The media type that names the version as well.
    const fn json_ld(self, version: Version) -> &'static str {
        match (self, version) {
            (Self::Image, Version::V2) => {
                r#"application/ld+json;profile="http://iiif.io/api/image/2/context.json""#
            }
            (Self::Image, Version::V3) => {
                r#"application/ld+json;profile="http://iiif.io/api/image/3/context.json""#
            }
            (Self::Presentation, Version::V2) => {
                r#"application/ld+json;profile="http://iiif.io/api/presentation/2/context.json""#
            }
            (Self::Presentation, Version::V3) => {
                r#"application/ld+json;profile="http://iiif.io/api/presentation/3/context.json""#
            }
        }
    }
}

const JSON: &str = "application/json";
const JSON_LD: &str = "application/ld+json";

/// The version that a client names by a `profile`, if it names one.
pub fn version(api: Api, accept: &str) -> Option<Version> {
    let mut asked: Option<(f32, Version)> = None;
    for range in split(accept, ',').map(MediaRange::parse) {
        let Some(version) = range.version(api) else { continue };
        if range.weight > asked.map_or(0.0, |(weight, _)| weight) {
            asked = Some((range.weight, version));
        }
    }
    asked.map(|(_, version)| version)
}

/// The `Content-Type` of a document in a version that is settled.
///
/// Version 3 is JSON-LD unless plain JSON is what the client names; version 2 the other way round.
pub fn content_type(api: Api, version: Version, accept: Option<&str>) -> &'static str {
    let ranges: Vec<_> = split(accept.unwrap_or("*/*"), ',').map(MediaRange::parse).collect();
    let (json, json_ld) = (Wish::of(JSON, &ranges), Wish::of(JSON_LD, &ranges));

    let prefers_json_ld = match version {
        Version::V2 => json_ld.is_named && json_ld.weight >= json.weight,
        Version::V3 if json.weight != json_ld.weight => json_ld.weight > json.weight,
        Version::V3 => json_ld.is_named || !json.is_named,
    };
    if prefers_json_ld { api.json_ld(version) } else { JSON }
}

/// How much a client wants a media type: 0 is not at all.
struct Wish {
    weight: f32,
    is_named: bool,
}

impl Wish {
    /// The most specific range counts: `application/json` before `application/*` before `*/*`.
    fn of(media_type: &str, ranges: &[MediaRange<'_>]) -> Self {
        let heaviest = |range: &str| {
            let same = ranges.iter().filter(|r| r.media_type.eq_ignore_ascii_case(range));
            same.map(|r| r.weight).reduce(f32::max)
        };
        let named = heaviest(media_type);
        let weight = named.or_else(|| heaviest("application/*")).or_else(|| heaviest("*/*"));
        let weight = weight.unwrap_or(0.0);
        Self { weight, is_named: named.is_some() && weight > 0.0 }
    }
}

/// One entry of an `Accept` header.
struct MediaRange<'a> {
    media_type: &'a str,
    profile: &'a str,
    weight: f32,
}

impl<'a> MediaRange<'a> {
    fn parse(entry: &'a str) -> Self {
        let mut parts = split(entry, ';');
        let mut range =
            Self { media_type: parts.next().unwrap_or_default(), profile: "", weight: 1.0 };
        for (name, value) in parts.filter_map(|part| part.split_once('=')) {
            let (name, value) = (name.trim(), value.trim().trim_matches('"'));
            if name.eq_ignore_ascii_case("profile") {
                range.profile = value;
            } else if name.eq_ignore_ascii_case("q") {
                range.weight = value.parse().map_or(0.0, |weight: f32| weight.clamp(0.0, 1.0));
            }
        }
        range
    }

    /// A profile is a list of URIs; some clients write them with https.
    fn version(&self, api: Api) -> Option<Version> {
        let is_named = |version: &Version| {
            let bare = |uri: &'a str| uri.split_once("://").map_or(uri, |(_, rest)| rest);
            let context = bare(api.context(*version));
            self.profile.split_whitespace().any(|uri| bare(uri) == context)
        };
        Version::ALL.into_iter().rev().find(is_named)
    }
}

/// Splits where no quotation marks are open, and trims.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    text.split(move |c| {
        is_quoted ^= c == '"';
        c == separator && !is_quoted
    })
    .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LD_2: &str = r#"application/ld+json;profile="http://iiif.io/api/image/2/context.json""#;
    const LD_3: &str = r#"application/ld+json;profile="http://iiif.io/api/image/3/context.json""#;

    #[test]
    fn a_profile_names_the_version() {
        for (accept, expected) in [
            (LD_2, Some(Version::V2)),
            (LD_3, Some(Version::V3)),
            ("*/*", None),
            ("", None),
            ("application/ld+json", None),
            (
                r#"application/json; Profile="https://iiif.io/api/image/2/context.json""#,
                Some(Version::V2),
            ),
            (
                "application/ld+json;profile=http://iiif.io/api/image/2/context.json",
                Some(Version::V2),
            ),
            (
                r#"a/b;profile="urn:a, urn:b http://iiif.io/api/image/2/context.json""#,
                Some(Version::V2),
            ),
            (
                r#"application/ld+json;profile="http://iiif.io/api/presentation/2/context.json""#,
                None,
            ),
            (r#"application/ld+json;profile="http://iiif.io/api/image/2/context.json";q=0"#, None),
        ] {
            assert_eq!(version(Api::Image, accept), expected, "{accept}");
        }
        let both = format!("{LD_3};q=0.5, {LD_2}");
        assert_eq!(version(Api::Image, &both), Some(Version::V2), "{both}");
        let equal = format!("{LD_2}, {LD_3}");
        assert_eq!(version(Api::Image, &equal), Some(Version::V2), "{equal}: the first");
    }

    #[test]
    fn each_version_has_its_own_default_media_type() {
        for (accept, v3, v2) in [
            (None, LD_3, JSON),
            (Some("*/*"), LD_3, JSON),
            (Some(""), LD_3, JSON),
            (Some("text/html"), LD_3, JSON),
            (Some("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), LD_3, JSON),
            (Some("application/*"), LD_3, JSON),
            (Some("application/json"), JSON, JSON),
            (Some("APPLICATION/JSON"), JSON, JSON),
            (Some("application/json, text/javascript, text/plain, */*"), JSON, JSON),
            (Some("application/json, text/javascript, text/plain"), JSON, JSON),
            (Some("application/json;q=0.5, */*"), LD_3, JSON),
            (Some("application/ld+json"), LD_3, LD_2),
            (Some(LD_2), LD_3, LD_2),
            (Some("application/ld+json, application/json"), LD_3, LD_2),
            (Some("application/ld+json;q=0.5, application/json"), JSON, JSON),
            (Some("application/ld+json;q=0, */*"), JSON, JSON),
            (Some("application/json;q=banana, */*"), LD_3, JSON),
        ] {
            assert_eq!(content_type(Api::Image, Version::V3, accept), v3, "{accept:?}");
            assert_eq!(content_type(Api::Image, Version::V2, accept), v2, "{accept:?}");
        }
    }

    #[test]
    fn manifests_have_a_profile_of_their_own() {
        assert_eq!(
            content_type(Api::Presentation, Version::V3, None),
            r#"application/ld+json;profile="http://iiif.io/api/presentation/3/context.json""#
        );
    }
}
