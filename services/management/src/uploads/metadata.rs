use axum::http::{HeaderMap, HeaderName};
use base64::{Engine, prelude::BASE64_STANDARD};
use model::AssetId;
use serde_json::{Map, Value};

use crate::{error::Error, fields::Fields, paths::number};

pub(super) const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const MAX_BYTES: usize = 16 * 1024;

/// What an upload says of the asset that it will be.
pub(super) struct Metadata {
    pub(super) asset: AssetId,
    pub(super) fields: Fields,
    /// As it was sent.
    pub(super) text: String,
}

impl Metadata {
    pub(super) fn of(customer: u32, headers: &HeaderMap) -> Result<Self, Error> {
        let text = headers.get(UPLOAD_METADATA).map(|header| header.to_str().unwrap_or("?"));
        Self::read(customer, text.unwrap_or_default())
    }

    /// Reads pairs of a name and a value in base64. The names are those of an asset's properties, and those that clients of
    /// tus use for the name and the type of a file.
    pub(super) fn read(customer: u32, text: &str) -> Result<Self, Error> {
        if text.len() > MAX_BYTES {
            return Err(Error::invalid(format!(
                "'Upload-Metadata' is longer than {MAX_BYTES} bytes"
            )));
        }
        let mut object = Map::new();
        for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once(' ').unwrap_or((pair, ""));
            let value = BASE64_STANDARD.decode(value.trim()).ok();
            let value = value.and_then(|bytes| String::from_utf8(bytes).ok());
            let value = value.ok_or_else(|| {
                Error::invalid(format!("'{name}' of 'Upload-Metadata' must be a text in base64"))
            })?;
            object.insert(name.to_owned(), meant(value));
        }
        let take = |object: &mut Map<String, Value>, name: &str| match object.remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        let name = take(&mut object, "id").or_else(|| take(&mut object, "filename"));
        object.remove("filename");
        if let Some(media_type) = take(&mut object, "filetype").filter(|it| !it.is_empty()) {
            object.entry("mediaType").or_insert(Value::String(media_type));
        }
        let space = take(&mut object, "space").and_then(|space| number(&space));
        let (Some(space), Some(name)) = (space, name) else {
            return Err(Error::invalid(
                "'Upload-Metadata' must have the 'space' and the 'id' (or 'filename') of the asset",
            ));
        };
        let asset = AssetId::new(customer, space, name);
        let asset = asset.map_err(|error| Error::invalid(format!("'id': {error}")))?;
        for given in ["origin", "file"] {
            if object.remove(given).is_some() {
                return Err(Error::invalid(format!(
                    "An upload brings its bytes; '{given}' has no place"
                )));
            }
        }
        Ok(Self { asset, fields: Fields::new(object), text: text.to_owned() })
    }
}

/// Lists and objects are spelled as JSON; all else is a text, from which properties are read as kindly as ever.
pub(super) fn meant(text: String) -> Value {
    let is_json = text.starts_with(['[', '{']);
    let json = is_json.then(|| serde_json::from_str(&text).ok()).flatten();
    json.unwrap_or(Value::String(text))
}
