use axum::{
    extract::Path,
    http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName},
    response::IntoResponse,
};

use crate::error::Error;

/// A file that the binary carries.
struct Embedded {
    name: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
}

const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// The viewer's script, for whoever has pages of its own.
pub const OPENSEADRAGON: &[u8] =
    include_bytes!("../node_modules/openseadragon/build/openseadragon/openseadragon.min.js");

const FILES: [Embedded; 3] = [
    Embedded { name: "portal.css", media_type: CSS, bytes: include_bytes!("../assets/portal.css") },
    Embedded {
        name: "viewer.js",
        media_type: JAVASCRIPT,
        bytes: include_bytes!("../assets/viewer.js"),
    },
    Embedded { name: "openseadragon.js", media_type: JAVASCRIPT, bytes: OPENSEADRAGON },
];

type Headers = [(HeaderName, &'static str); 2];

/// `GET /portal/assets/{name}`
pub(crate) async fn get_embedded(Path(name): Path<String>) -> Result<impl IntoResponse, Error> {
    let file = FILES.iter().find(|file| file.name == name).ok_or(Error::NoSuchPage)?;
    let headers: Headers =
        [(CONTENT_TYPE, file.media_type), (CACHE_CONTROL, "public, max-age=3600")];
    Ok((headers, file.bytes))
}
