use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};

use crate::{AssetId, MediaType};

/// All but what RFC 3986 calls unreserved: a name is one segment of a path, whatever it contains.
pub const NOT_IN_SEGMENTS: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Spells the addresses that the public sees, below one root such as `https://iiif.example.org`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrls {
    root: Arc<str>, // without a trailing slash
}

/// The families of public addresses that carry an asset's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    Image,
    Thumbs,
    Manifest,
    Av,
    File,
}

impl Service {
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Image => "iiif-img",
            Self::Thumbs => "thumbs",
            Self::Manifest => "iiif-manifest",
            Self::Av => "iiif-av",
            Self::File => "file",
        }
    }
}

impl PublicUrls {
    pub fn new(root: &str) -> Self {
        Self { root: root.trim_end_matches('/').into() }
    }

    pub fn root(&self) -> &str {
        &self.root
    }

    /// `{root}/iiif-img/2/5/ms-1234`: the form that leaves the version to the server.
    pub fn of(&self, service: Service, id: &AssetId) -> String {
        let AssetId { customer, space, .. } = id;
        format!("{}/{}/{customer}/{space}/{}", self.root, service.prefix(), id.encoded_name())
    }

    /// `{root}/iiif-img/v2/2/5/ms-1234`: for one major version of the specification.
    pub fn versioned(&self, service: Service, version: u8, id: &AssetId) -> String {
        let AssetId { customer, space, .. } = id;
        let (root, prefix, name) = (&self.root, service.prefix(), id.encoded_name());
        format!("{root}/{prefix}/v{version}/{customer}/{space}/{name}")
    }

    /// The id of an asset's canvas; viewers and annotations refer to it, nobody fetches it.
    pub fn canvas(&self, id: &AssetId, number: u32) -> String {
        format!("{}/canvas/c/{number}", self.of(Service::Image, id))
    }

    /// The picture that stands for a file of this type, which is no image.
    pub fn placeholder(&self, media_type: &MediaType) -> String {
        let kind = media_type.as_str().split('/').next().unwrap_or_default();
        format!("{}/static/{kind}/placeholder.png", self.root)
    }

    /// The page with a viewer for an asset.
    pub fn viewer(&self, id: &AssetId) -> String {
        let AssetId { customer, space, .. } = id;
        let name = id.encoded_name();
        format!("{}/portal/customers/{customer}/spaces/{space}/images/{name}", self.root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_follow_the_dlcs_and_encode_the_name() {
        let urls = PublicUrls::new("https://iiif.example.org/");
        let id = AssetId::new(2, 5, "ms 1").unwrap();
        assert_eq!(urls.of(Service::Image, &id), "https://iiif.example.org/iiif-img/2/5/ms%201");
        assert_eq!(
            urls.versioned(Service::Thumbs, 2, &id),
            "https://iiif.example.org/thumbs/v2/2/5/ms%201"
        );
        assert_eq!(urls.canvas(&id, 0), "https://iiif.example.org/iiif-img/2/5/ms%201/canvas/c/0");
    }
}
