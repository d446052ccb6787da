use std::path::Path;

use model::NOT_IN_SEGMENTS;
use percent_encoding::{percent_decode_str, utf8_percent_encode};
use url::Url;

use super::{config::PLACE, source::last_part};
use crate::origins::{Asked, FetchError, HttpOrigins, Marks};

/// A web server; the address of an image follows from its name.
pub(super) struct Web {
    template: String,
    origins: HttpOrigins,
}

impl Web {
    pub(super) fn new(template: String, origins: HttpOrigins) -> Self {
        Self { template, origins }
    }

    pub(super) async fn ask(
        &self,
        name: &str,
        marks: &Marks,
        into: &Path,
    ) -> Result<Asked, FetchError> {
        self.origins.ask(&self.address(name), marks, into).await
    }

    /// As the address ends; a IIIF image service calls everything `default.jpg`.
    pub(super) fn file_name(&self, name: &str) -> String {
        if self.template.ends_with(IIIF_FULL) {
            return format!("{}.jpg", last_part(name));
        }
        let url = Url::parse(&self.address(name)).ok();
        let last = url.as_ref().and_then(|url| url.path_segments()?.next_back());
        let last = last.and_then(|last| percent_decode_str(last).decode_utf8().ok());
        let last = last.map(|last| last_part(&last)).filter(|last| !last.is_empty());
        last.unwrap_or_else(|| last_part(name))
    }

    /// A name neither leaves its place nor names another server.
    fn address(&self, name: &str) -> String {
        self.template.replace(PLACE, &utf8_percent_encode(name, NOT_IN_SEGMENTS).to_string())
    }
}

const IIIF_FULL: &str = "/full/max/0/default.jpg";

/// The addresses of another IIIF image service.
pub(super) fn iiif_template(url: &str) -> String {
    format!("{}/{PLACE}{IIIF_FULL}", url.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::IngestConfig;

    fn web(template: &str) -> Web {
        let origins = HttpOrigins::new(&IngestConfig::default()).unwrap();
        Web::new(template.to_owned(), origins)
    }

    #[test]
    fn a_name_stays_in_its_place() {
        let web = web("https://example.org/images/{name}.jpg?size=full");
        for (name, address) in [
            ("banana", "https://example.org/images/banana.jpg?size=full"),
            ("a b/c?d=e&f#g", "https://example.org/images/a%20b%2Fc%3Fd%3De%26f%23g.jpg?size=full"),
            (
                "@evil.example:80/x",
                "https://example.org/images/%40evil.example%3A80%2Fx.jpg?size=full",
            ),
        ] {
            assert_eq!(web.address(name), address);
        }
    }

    #[test]
    fn a_file_is_called_as_its_address_ends() {
        assert_eq!(web("https://example.org/{name}.jpg").file_name("a b"), "a b.jpg");
        assert_eq!(web("https://example.org/{name}").file_name("x/y.tif"), "y.tif");
        assert_eq!(web("https://example.org/{name}/").file_name("x"), "x");
        assert_eq!(web(&iiif_template("https://example.org/iiif/")).file_name("x"), "x.jpg");
    }
}
