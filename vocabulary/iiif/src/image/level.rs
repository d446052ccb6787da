use serde::{Deserialize, Serialize};

use super::Version;

/// How much of the Image API holds for an image: 0 for ready-made files, 2 for all that counts.
///
/// Not "profile": that is the URI, or the word in `info.json`, which says the level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Zero,
    One,
    Two,
}

impl Level {
    /// As version 3 says it: `level2`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Zero => "level0",
            Self::One => "level1",
            Self::Two => "level2",
        }
    }
}

impl Version {
    /// The profile document of a level, as version 2 says it:
    /// `http://iiif.io/api/image/2/level2.json`.
    pub fn profile_uri(self, level: Level) -> String {
        format!("http://iiif.io/api/image/{}/{}.json", self.major(), level.as_str())
    }
}

/// The value of the `Link` header that states the level. Validators compare it byte for byte.
pub fn profile_link(version: Version, level: Level) -> String {
    format!("<{}>;rel=\"profile\"", version.profile_uri(level))
}

/// The value of the `Link` header that names the canonical form of an image request.
///
/// `base` is the image's URI, `canonical` is [`Drawing::canonical`](super::Drawing::canonical).
pub fn canonical_link(base: &str, canonical: &str) -> String {
    format!("<{base}/{canonical}>;rel=\"canonical\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_written_as_validators_expect() {
        assert_eq!(
            profile_link(Version::V3, Level::Two),
            r#"<http://iiif.io/api/image/3/level2.json>;rel="profile""#
        );
        assert_eq!(
            canonical_link("https://example.org/iiif-img/2/5/a", "full/max/0/default.jpg"),
            r#"<https://example.org/iiif-img/2/5/a/full/max/0/default.jpg>;rel="canonical""#
        );
    }
}
