use std::{fmt, str::FromStr};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Serialize};

/// The name of an asset: `customer/space/name`, as in `2/5/ms-1234`.
///
/// Permanent and unique. Not "image id", "uuid" or "key". The name may hold slashes, as ARKs and
/// other URIs do; in addresses they are percent-encoded.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AssetId {
    pub customer: u32,
    pub space: u32,
    // Never empty, without '\' and control characters, without '/' at its ends, and with none of
    // its parts between slashes "." or "..": so it leaves no folder, and survives proxies.
    name: String,
}

/// Why a text is not the name of an asset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAssetId {
    #[error("an asset's id must not be empty")]
    Empty,
    #[error("an asset's id must not be longer than {MAX_BYTES} bytes")]
    TooLong,
    #[error("an asset's id must not contain {0:?}")]
    Forbidden(char),
    #[error("an asset's id must not begin or end with a slash")]
    OuterSlash,
    #[error("an asset's id must not be \".\" or \"..\", nor have these between slashes")]
    Dots,
    #[error("expected customer/space/id, with numbers for customer and space")]
    Shape,
}

const MAX_BYTES: usize = 500;

/// What has a meaning of its own in the path of a URL (RFC 3986, and the IIIF Image API §9).
const RESERVED_IN_PATHS: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'@')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

impl AssetId {
    pub fn new(customer: u32, space: u32, name: impl Into<String>) -> Result<Self, InvalidAssetId> {
        let name = name.into();
        if name.is_empty() {
            return Err(InvalidAssetId::Empty);
        }
        if name.len() > MAX_BYTES {
            return Err(InvalidAssetId::TooLong);
        }
        if name.starts_with('/') || name.ends_with('/') {
            return Err(InvalidAssetId::OuterSlash);
        }
        if name.split('/').any(|part| matches!(part, "." | "..")) {
            return Err(InvalidAssetId::Dots);
        }
        match name.chars().find(|c| *c == '\\' || c.is_control()) {
            Some(forbidden) => Err(InvalidAssetId::Forbidden(forbidden)),
            None => Ok(Self { customer, space, name }),
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name as it stands in the path of a URL.
    pub fn encoded_name(&self) -> impl fmt::Display + '_ {
        utf8_percent_encode(&self.name, RESERVED_IN_PATHS)
    }
}

impl fmt::Display for AssetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.customer, self.space, self.name)
    }
}

impl FromStr for AssetId {
    type Err = InvalidAssetId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, '/');
        let mut number = || parts.next()?.parse().ok();
        let (Some(customer), Some(space)) = (number(), number()) else {
            return Err(InvalidAssetId::Shape);
        };
        Self::new(customer, space, parts.next().ok_or(InvalidAssetId::Shape)?)
    }
}

impl TryFrom<String> for AssetId {
    type Error = InvalidAssetId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<AssetId> for String {
    fn from(id: AssetId) -> Self {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_could_leave_their_folder_are_refused() {
        for name in
            ["", ".", "..", "/a", "a/", "/", "a/../b", "../../etc/passwd", "a\\b", "a\0b", "a\nb"]
        {
            assert!(AssetId::new(2, 5, name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn an_id_needs_two_numbers_and_a_name() {
        for text in ["", "2", "2/5", "2/5/", "x/5/a", "2/x/a", "-2/5/a", "99999999999/5/a"] {
            assert!(text.parse::<AssetId>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn the_name_is_encoded_for_paths_as_iiif_asks() {
        let id = AssetId::new(2, 5, "ark:1 2?#é,;%").unwrap();
        assert_eq!(id.encoded_name().to_string(), "ark:1%202%3F%23%C3%A9,;%25");
        let id: AssetId = "2/5/ark:/12025/654xz321".parse().unwrap();
        assert_eq!(id.name(), "ark:/12025/654xz321");
        assert_eq!(id.encoded_name().to_string(), "ark:%2F12025%2F654xz321");
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read(customer: u32, space: u32, name in "[^/\\\\\\p{Cc}]{1,20}(/[^\\\\\\p{Cc}]{0,20}[^/\\\\\\p{Cc}])?") {
            prop_assume!(!name.split('/').any(|part| part == "." || part == ".."));
            let id = AssetId::new(customer, space, name).unwrap();
            prop_assert_eq!(id.to_string().parse::<AssetId>().unwrap(), id);
        }

        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = text.parse::<AssetId>();
        }
    }
}
