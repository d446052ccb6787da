use axum::http::Uri;
use iiif::{Version, image::ImageRequest};
use model::{AssetId, PublicUrls};

use crate::{
    asset_path::{AssetPath, own_address},
    delivery::Delivery,
    error::Error,
};

/// An address of an image service, `/iiif-img/…` or `/thumbs/…`: which image, and what of it.
pub(crate) struct ImageUrl {
    pub(crate) asset: AssetId,
    /// The version that the path names, if it does.
    pub(crate) version: Option<Version>,
    pub(crate) asked: Asked,
    uri: Uri,
    base_end: usize,
}

/// What stands behind the identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Nothing: a redirect to info.json.
    Base,
    Info,
    /// `region/size/rotation/quality.format`
    Image,
}

impl ImageUrl {
    pub(crate) async fn read(delivery: &Delivery, uri: Uri) -> Result<Self, Error> {
        let path = AssetPath::parse(uri.path())?;
        let (name, asked) = split(path.below).ok_or(Error::NoSuchAddress)?;
        let asset = delivery.asset_id(&path, name).await?;
        let version = path.version;
        let base_end = uri.path().len() - path.below.len() + name.len();
        Ok(Self { asset, version, asked, uri, base_end })
    }

    /// Reads what stands behind the identifier as an image request.
    pub(crate) fn request(&self, default: Version) -> Result<ImageRequest, Error> {
        let path = self.uri.path().get(self.base_end + 1..).unwrap_or_default();
        Ok(ImageRequest::parse(self.version.unwrap_or(default), path)?)
    }

    /// The image's own URI: byte for byte what the client wrote, for clients compare it.
    pub(crate) fn id(&self, urls: &PublicUrls) -> String {
        urls.address(self.base())
    }

    /// The image's URI in the version of a document.
    pub(crate) fn id_in(&self, version: Version, default: Version, urls: &PublicUrls) -> String {
        own_address(urls, self.base(), self.version, version, default)
    }

    /// The path up to the identifier, as the client wrote it.
    pub(crate) fn base(&self) -> &str {
        self.uri.path().get(..self.base_end).unwrap_or_default()
    }
}

/// Splits the identifier from what is asked, from the right: proxies that decode `%2F` put slashes
/// into identifiers, and identifiers may end in `info.json`.
fn split(below: &str) -> Option<(&str, Asked)> {
    if let Some(name) = below.strip_suffix("/info.json").filter(|name| !name.is_empty()) {
        return Some((name, Asked::Info));
    }
    if let Some(name) = below.rsplitn(5, '/').nth(4) {
        return (!name.is_empty()).then_some((name, Asked::Image));
    }
    let name = below.strip_suffix('/').unwrap_or(below);
    (!name.is_empty() && !name.contains('/')).then_some((name, Asked::Base))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_stands_behind_the_identifier() {
        for (below, name, asked) in [
            ("ms-1", "ms-1", Asked::Base),
            ("ms-1/", "ms-1", Asked::Base),
            ("info.json", "info.json", Asked::Base),
            ("ms-1/info.json", "ms-1", Asked::Info),
            ("info.json/info.json", "info.json", Asked::Info),
            ("a%2Fb/info.json", "a%2Fb", Asked::Info),
            ("a/b/info.json", "a/b", Asked::Info),
            ("ms-1/full/max/0/default.jpg", "ms-1", Asked::Image),
            ("ms-1/full/max/0/default", "ms-1", Asked::Image),
            ("ms-1/full/max/0/", "ms-1", Asked::Image),
            ("ark:/12025/654/full/max/0/default.jpg", "ark:/12025/654", Asked::Image),
            ("urn:foo:a123,456/square/max/0/default.jpg", "urn:foo:a123,456", Asked::Image),
        ] {
            assert_eq!(split(below), Some((name, asked)), "{below}");
        }
    }

    #[test]
    fn anything_else_is_no_address() {
        for below in [
            "/",
            "//",
            "/info.json",
            "ms-1/full",
            "ms-1/full/max",
            "ms-1/full/max/0",
            "ms-1/canvas/c/0",
            "ms-1//",
            "/full/max/0/default.jpg",
            "ms-1/manifest.json",
        ] {
            assert_eq!(split(below), None, "{below}");
        }
    }
}
