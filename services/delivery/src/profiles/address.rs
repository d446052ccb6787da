use std::ops::Range;

use axum::http::{HeaderValue, Uri};
use iiif::{
    Version,
    image::{ImageRequest, Region},
};
use model::PublicUrls;
use percent_encoding::percent_decode_str;

use super::{error::Error, index::Identifier};

/// An address of an image of a profile: which one, and what of it.
pub(super) struct Address {
    pub(super) identifier: Identifier,
    pub(super) asked: Asked,
    /// Of the Image API.
    pub(super) version: Version,
    uri: Uri,
    /// Where the identifier stands in the path.
    base: Range<usize>,
}

/// What stands behind the identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Nothing.
    Base,
    Thumbnail,
    Preview,
    Original,
    Info,
    /// `region/size/rotation/quality.format`
    Image,
}

/// The words of a request as they were written, for the errors that speak of them.
pub(super) struct Written {
    pub(super) region: String,
    pub(super) size: String,
    pub(super) quality: String,
    pub(super) format: String,
}

impl Written {
    /// Whether the region is one without width or height.
    pub(super) fn names_no_pixel(&self) -> bool {
        match Region::parse(&whole(&self.region)) {
            Some(Region::Pixels { w, h, .. }) => w == 0 || h == 0,
            Some(Region::Percent { w, h, .. }) => w == 0.0 || h == 0.0,
            Some(Region::Full | Region::Square) | None => false,
        }
    }
}

/// What stands before identifiers in addresses of version 2.
const IN_VERSION_2: &str = "v2/";

/// Longer paths are refused unread.
const MAX_BYTES: usize = 8 * 1024;

const WORDS: [(&str, Asked); 4] = [
    ("/info.json", Asked::Info),
    ("/thumbnail", Asked::Thumbnail),
    ("/preview", Asked::Preview),
    ("/original", Asked::Original),
];

impl Address {
    pub(super) fn read(uri: Uri) -> Result<Self, Error> {
        let path = uri.path().strip_prefix('/').unwrap_or_default();
        if path.len() > MAX_BYTES {
            return Err(Error::NoSuchAddress);
        }
        let (version, path) = match path.strip_prefix(IN_VERSION_2) {
            Some(path) => (Version::V2, path),
            None => (Version::V3, path),
        };
        let (name, asked) = split(path).ok_or(Error::NoSuchAddress)?;
        let decoded = percent_decode_str(name).decode_utf8().map_err(|_| Error::NoSuchAddress)?;
        let identifier = Identifier::parse(&decoded);
        let start = uri.path().len() - path.len();
        let base = start..start + name.len();
        Ok(Self { identifier, asked, version, uri, base })
    }

    /// The identifier, as the client wrote it.
    pub(super) fn base(&self) -> &str {
        self.uri.path().get(self.base.clone()).unwrap_or_default()
    }

    /// The image's own URI: byte for byte what the client wrote, for clients compare it.
    pub(super) fn id(&self, urls: &PublicUrls) -> String {
        self.id_in(self.version, urls)
    }

    /// Version 2 has addresses of its own, as some words mean something else there.
    pub(super) fn id_in(&self, version: Version, urls: &PublicUrls) -> String {
        let prefix = match version {
            Version::V2 => IN_VERSION_2,
            Version::V3 => "",
        };
        format!("{}/{prefix}{}", urls.root(), self.base())
    }

    /// The identifier in a header.
    pub(super) fn asset_id(&self) -> HeaderValue {
        HeaderValue::try_from(self.base()).unwrap_or(HeaderValue::from_static(""))
    }

    /// What is asked of the image, with the spellings that are accepted here beside IIIF's own.
    pub(super) fn request(&self) -> Result<(ImageRequest, Written), Error> {
        let path = self.uri.path().get(self.base.end + 1..).unwrap_or_default();
        let mut words = path.split('/').map(|word| percent_decode_str(word).decode_utf8_lossy());
        let mut next = || words.next().unwrap_or_default().into_owned();
        let (region, size, rotation, last) = (next(), next(), next(), next());
        let (quality, format) = last.split_once('.').unwrap_or((&last, ""));
        let written = Written {
            region: region.clone(),
            size: size.clone(),
            quality: quality.to_owned(),
            format: format.to_owned(),
        };
        let spelled = format!("{}/{size}/{rotation}/{}.{format}", whole(&region), color(quality));
        // Decoded once already: what is still escaped is meant so, and no word of a request.
        let request = ImageRequest::parse(self.version, &spelled.replace('%', "%25"))
            .map_err(|error| Error::syntax(error, &written))?;
        Ok((request, written))
    }
}

/// Their regions may have fractions of pixels, which are rounded.
fn whole(region: &str) -> String {
    let numbers: Vec<Option<f64>> = region.split(',').map(|number| number.parse().ok()).collect();
    let is_number = |number: &Option<f64>| {
        number.is_some_and(|number| (0.0..f64::from(u32::MAX)).contains(&number))
    };
    if Region::parse(region).is_some() || numbers.len() != 4 || !numbers.iter().all(is_number) {
        return region.to_owned();
    }
    let rounded: Vec<String> =
        numbers.into_iter().flatten().map(|number| number.round().to_string()).collect();
    rounded.join(",")
}

/// Both spellings of English.
fn color(quality: &str) -> &str {
    match quality {
        "colour" => "color",
        "grey" => "gray",
        quality => quality,
    }
}

/// Splits the identifier from what is asked, from the right: identifiers may hold slashes.
fn split(path: &str) -> Option<(&str, Asked)> {
    let word = WORDS.iter().find_map(|(word, asked)| Some((path.strip_suffix(word)?, *asked)));
    if let Some((name, asked)) = word {
        return (!name.is_empty()).then_some((name, asked));
    }
    if let Some(name) = path.rsplitn(5, '/').nth(4) {
        return (!name.is_empty()).then_some((name, Asked::Image));
    }
    let name = path.strip_suffix('/').unwrap_or(path);
    (!name.is_empty() && !name.contains('/')).then_some((name, Asked::Base))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_stands_behind_the_identifier() {
        for (path, name, asked) in [
            ("/a", "a", Asked::Base),
            ("/books:a", "books:a", Asked::Base),
            ("/books:a/preview", "books:a", Asked::Preview),
            ("/books:a/thumbnail", "books:a", Asked::Thumbnail),
            ("/books:a/original", "books:a", Asked::Original),
            ("/books:a/info.json", "books:a", Asked::Info),
            ("/books:box%201%2Fa/info.json", "books:box%201%2Fa", Asked::Info),
            ("/books:box/a/info.json", "books:box/a", Asked::Info),
            ("/books:a/full/max/0/default.jpg", "books:a", Asked::Image),
        ] {
            let address = Address::read(path.parse().unwrap()).unwrap_or_else(|_| panic!("{path}"));
            assert_eq!((address.base(), address.asked), (name, asked), "{path}");
            assert_eq!(address.version, Version::V3);
            let address = Address::read(format!("/v2{path}").parse().unwrap());
            let address = address.unwrap_or_else(|_| panic!("/v2{path}"));
            assert_eq!((address.base(), address.asked), (name, asked), "/v2{path}");
            assert_eq!(address.version, Version::V2);
            let urls = PublicUrls::new("https://example.org");
            assert_eq!(address.id(&urls), format!("https://example.org/v2/{name}"));
        }
        for path in ["/", "//", "/a/b", "/a/full/max/0", "/a//", "/%ff/info.json"] {
            assert!(Address::read(path.parse().unwrap()).is_err(), "{path}");
        }
    }

    #[test]
    fn the_first_colon_ends_the_profile() {
        for (text, profile, name) in [
            ("a", None, "a"),
            ("books:a", Some("books"), "a"),
            ("books:a:b", Some("books"), "a:b"),
            (":a", Some(""), "a"),
            ("books:", Some("books"), ""),
        ] {
            let found = Identifier::parse(text);
            assert_eq!((found.profile.as_deref(), &*found.name), (profile, name), "{text}");
        }
    }

    #[test]
    fn fractions_of_pixels_are_rounded() {
        for (region, rounded) in [
            ("0.4,0.5,99.6,1e2", "0,1,100,100"),
            ("1,2,3,4", "1,2,3,4"),
            ("1,2,3", "1,2,3"),
            ("-1,2,3,4", "-1,2,3,4"),
            ("nan,2,3,4", "nan,2,3,4"),
            ("1e99,2,3,4", "1e99,2,3,4"),
            ("pct:1.5,2,3,4", "pct:1.5,2,3,4"),
        ] {
            assert_eq!(whole(region), rounded);
        }
    }
}
