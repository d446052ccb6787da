use bytes::Bytes;
use storage::Headers;

use crate::{Error, Site};

const INDEX: &str = include_str!("../assets/index.html");
const SCRIPT: &str = include_str!("../assets/viewer.js");

/// Writes a page that shows what the collection lists, and the viewer that it needs.
pub async fn write_viewer(site: &Site, openseadragon: &'static [u8]) -> Result<(), Error> {
    let script = "text/javascript; charset=utf-8";
    for (name, content_type, bytes) in [
        ("openseadragon.js", script, openseadragon),
        ("viewer.js", script, SCRIPT.as_bytes()),
        ("index.html", "text/html; charset=utf-8", INDEX.as_bytes()),
    ] {
        let headers = Headers {
            content_type,
            cache_control: "public, max-age=300",
            is_gzip: false,
            is_document: true,
        };
        site.publisher.put(name, Bytes::from_static(bytes), &headers).await?;
    }
    Ok(())
}
