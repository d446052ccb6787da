use serde_json::Value;

use crate::Version;
use crate::image::{Extent, Level, Tiles};

/// Something a client can talk to about a resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Service {
    Image(ImageService),
    /// Anything else, such as a probe, as version 3 writes it; left out in version 2.
    Other(Value),
}

/// An Image API service, with as much of its `info.json` as saves a client from fetching it.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageService {
    pub id: String,
    pub version: Version,
    pub level: Level,
    pub extent: Option<Extent>,
    pub sizes: Vec<Extent>,
    pub tiles: Vec<Tiles>,
    pub service: Vec<Value>,
}

impl ImageService {
    pub fn new(id: impl Into<String>, version: Version, level: Level) -> Self {
        Self {
            id: id.into(),
            version,
            level,
            extent: None,
            sizes: Vec::new(),
            tiles: Vec::new(),
            service: Vec::new(),
        }
    }
}

impl From<ImageService> for Service {
    fn from(service: ImageService) -> Self {
        Self::Image(service)
    }
}
