use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};

use crate::{AssetId, MediaType, PathRules};

/// All but what RFC 3986 calls unreserved: a name is one segment of a path, whatever it contains.
pub const NOT_IN_SEGMENTS: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Spells the addresses that the public sees, below one root such as `https://iiif.example.org`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrls {
    root: Arc<str>, // without a trailing slash
    rules: Option<Arc<PathRules>>,
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
        Self { root: root.trim_end_matches('/').into(), rules: None }
    }

    /// The same, where paths are known by others.
    pub fn with_rules(self, rules: Arc<PathRules>) -> Self {
        Self { rules: Some(rules), ..self }
    }

    /// The address of one of our paths, as the visitor knows it.
    pub fn address(&self, path: &str) -> String {
        match &self.rules {
            Some(rules) => format!("{}{}", self.root, rules.outbound(path)),
            None => format!("{}{path}", self.root),
        }
    }

    pub fn root(&self) -> &str {
        &self.root
    }

    /// `{root}/iiif-img/2/5/ms-1234`: the form that leaves the version to the server.
    pub fn of(&self, service: Service, id: &AssetId) -> String {
        self.address(&own_path(service, id))
    }

    /// `{root}/iiif-img/v2/2/5/ms-1234`: for one major version of the specification.
    pub fn versioned(&self, service: Service, version: u8, id: &AssetId) -> String {
        let AssetId { customer, space, .. } = id;
        let (prefix, name) = (service.prefix(), id.encoded_name());
        self.address(&format!("/{prefix}/v{version}/{customer}/{space}/{name}"))
    }

    /// The id of an asset's canvas; viewers and annotations refer to it, nobody fetches it. Its path is never another one:
    /// clients take the asset out of it.
    pub fn canvas(&self, id: &AssetId, number: u32) -> String {
        format!("{}{}/canvas/c/{number}", self.root, own_path(Service::Image, id))
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

fn own_path(service: Service, id: &AssetId) -> String {
    let AssetId { customer, space, .. } = id;
    format!("/{}/{customer}/{space}/{}", service.prefix(), id.encoded_name())
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

    #[test]
    fn addresses_follow_the_rules_of_a_host_but_canvases_do_not() {
        let rules = PathRules::new([("/image", "/iiif-img/2/5")]).unwrap();
        let urls = PublicUrls::new("https://iiif.example.org").with_rules(Arc::new(rules));
        let id = AssetId::new(2, 5, "ms 1").unwrap();
        assert_eq!(urls.of(Service::Image, &id), "https://iiif.example.org/image/ms%201");
        let second = urls.versioned(Service::Image, 2, &id);
        assert_eq!(second, "https://iiif.example.org/image/v2/ms%201");
        assert_eq!(urls.canvas(&id, 7), "https://iiif.example.org/iiif-img/2/5/ms%201/canvas/c/7");
        let thumbs = urls.of(Service::Thumbs, &id);
        assert_eq!(thumbs, "https://iiif.example.org/thumbs/2/5/ms%201");
    }
}
