use iiif::Version;
use model::{AssetId, PublicUrls};
use percent_encoding::percent_decode_str;

use crate::{delivery::Delivery, error::Error};

/// What every path begins with, still percent-encoded: `/{service}[/v2|/v3]/{customer}/{rest}`.
///
/// The names of assets, and what named queries are asked for, may hold anything, percent-encoded; a router that decodes
/// paths before it splits them would tear them apart, so the path is split here, as the client wrote it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CustomerPath<'a> {
    pub(crate) version: Option<Version>,
    pub(crate) customer: &'a str,
    pub(crate) rest: &'a str,
}

/// The path of an asset: `/{service}[/v2|/v3]/{customer}/{space}/{below}`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AssetPath<'a> {
    pub(crate) version: Option<Version>,
    pub(crate) customer: &'a str,
    pub(crate) space: u32,
    /// The asset's name, and whatever follows.
    pub(crate) below: &'a str,
}

/// Longer paths are refused unread.
const MAX_BYTES: usize = 8 * 1024;

impl<'a> CustomerPath<'a> {
    pub(crate) fn parse(path: &'a str) -> Result<Self, Error> {
        if path.len() > MAX_BYTES {
            return Err(Error::AddressTooLong);
        }
        Self::split(path).ok_or(Error::NoSuchAddress)
    }

    fn split(path: &'a str) -> Option<Self> {
        let (_service, rest) = path.strip_prefix('/')?.split_once('/')?;
        let (version, rest) = match rest.split_once('/')? {
            ("v2", rest) => (Some(Version::V2), rest),
            ("v3", rest) => (Some(Version::V3), rest),
            _ => (None, rest),
        };
        let (customer, rest) = rest.split_once('/')?;
        Some(Self { version, customer, rest })
    }
}

impl<'a> AssetPath<'a> {
    pub(crate) fn parse(path: &'a str) -> Result<Self, Error> {
        Self::of(CustomerPath::parse(path)?).ok_or(Error::NoSuchAddress)
    }

    fn of(CustomerPath { version, customer, rest }: CustomerPath<'a>) -> Option<Self> {
        let (space, below) = rest.split_once('/')?;
        (!below.is_empty()).then_some(Self { version, customer, space: number(space)?, below })
    }
}

/// The address of a document whose path (without what follows the identifier) is given: byte for
/// byte what the client wrote, for clients compare it with what they find in the document.
///
/// A document that was negotiated where the path names no version gets an address that names it, so
/// that what it leads to is read in that version too.
pub(crate) fn own_address(
    urls: &PublicUrls,
    path: &str,
    named: Option<Version>,
    version: Version,
    default: Version,
) -> String {
    let names_other = version != named.unwrap_or(default);
    match path.trim_start_matches('/').split_once('/') {
        Some((service, rest)) if names_other => {
            urls.address(&format!("/{service}/v{}/{rest}", version.major()))
        }
        _ => urls.address(path),
    }
}

/// A number as addresses have it: digits alone, not the `+` that Rust would take.
fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

impl Delivery {
    /// The asset that a path names, whether or not there is one; `name` is still percent-encoded.
    ///
    /// Customers have a number, and a name that old addresses use in its place.
    pub(crate) async fn asset_id(
        &self,
        path: &AssetPath<'_>,
        name: &str,
    ) -> Result<AssetId, Error> {
        let customer = match number(path.customer) {
            Some(customer) => customer,
            None => {
                let customer = decode(path.customer)?;
                let found = Box::pin(self.catalogue()?.customer_id(&customer)).await?;
                found.ok_or(Error::NoSuchAsset)?
            }
        };
        AssetId::new(customer, path.space, decode(name)?).map_err(|_| Error::NoSuchAsset)
    }
}

/// Once, and never twice: `%253C` is the name `%3C`.
pub(crate) fn decode(text: &str) -> Result<String, Error> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(Into::into).map_err(|_| Error::NoSuchAsset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_split_as_it_was_written() {
        for (path, version, customer, space, below) in [
            ("/iiif-img/2/5/ms-1", None, "2", 5, "ms-1"),
            ("/iiif-img/v2/2/5/ms-1/info.json", Some(Version::V2), "2", 5, "ms-1/info.json"),
            ("/thumbs/v3/wellcome/5/a%2Fb", Some(Version::V3), "wellcome", 5, "a%2Fb"),
            ("/iiif-manifest/2/5/a//", None, "2", 5, "a//"),
            ("/iiif-img/v4/5/6/7", None, "v4", 5, "6/7"),
        ] {
            let expected = AssetPath { version, customer, space, below };
            assert_eq!(AssetPath::parse(path).unwrap(), expected, "{path}");
        }
    }

    #[test]
    fn anything_else_is_no_address() {
        for path in [
            "",
            "/",
            "/iiif-img",
            "/iiif-img/",
            "/iiif-img/2",
            "/iiif-img/2/5",
            "/iiif-img/2/5/",
            "/iiif-img/2/x/a",
            "/iiif-img/2/+5/a",
            "/iiif-img/2/-5/a",
            "/iiif-img/2//a",
            "/iiif-img/2/4294967296/a",
            "/iiif-img/v2/2/5",
        ] {
            assert!(AssetPath::parse(path).is_err(), "{path:?}");
        }
        let long = format!("/iiif-img/2/5/{}", "a".repeat(MAX_BYTES));
        assert!(matches!(AssetPath::parse(&long), Err(Error::AddressTooLong)));
    }
}
