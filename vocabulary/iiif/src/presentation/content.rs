use super::{LanguageMap, Service};
use crate::image::{Extent, Format};

/// A file on the web: what a canvas is painted with, a thumbnail, a logo, a download, a record.
///
/// Its `id` is the URI of the file itself; for an image, that of an image request. Not "resource",
/// which is any class of the API.
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    pub id: String,
    pub content_type: ContentType,
    pub label: Option<LanguageMap>,
    /// The media type.
    pub format: Option<String>,
    /// The schema of a record. Viewers break on a `seeAlso` without one.
    pub profile: Option<String>,
    pub language: Vec<String>,
    pub extent: Option<Extent>,
    /// In seconds.
    pub duration: Option<f64>,
    pub behavior: Vec<String>,
    pub service: Vec<Service>,
}

/// The class of a file, in the words of version 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentType {
    Dataset,
    Image,
    Model,
    Sound,
    Text,
    Video,
}

impl Content {
    pub fn new(id: impl Into<String>, content_type: ContentType) -> Self {
        Self {
            id: id.into(),
            content_type,
            label: None,
            format: None,
            profile: None,
            language: Vec::new(),
            extent: None,
            duration: None,
            behavior: Vec::new(),
            service: Vec::new(),
        }
    }

    /// A picture whose extent is known.
    pub fn image(id: impl Into<String>, format: Format, extent: Extent) -> Self {
        Self {
            format: Some(format.media_type().to_owned()),
            extent: Some(extent),
            ..Self::new(id, ContentType::Image)
        }
    }
}

impl ContentType {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Dataset => "Dataset",
            Self::Image => "Image",
            Self::Model => "Model",
            Self::Sound => "Sound",
            Self::Text => "Text",
            Self::Video => "Video",
        }
    }

    /// As version 2 says it.
    pub(super) const fn dc_type(self) -> &'static str {
        match self {
            Self::Dataset | Self::Model => "dctypes:Dataset",
            Self::Image => "dctypes:Image",
            Self::Sound => "dctypes:Sound",
            Self::Text => "dctypes:Text",
            Self::Video => "dctypes:MovingImage",
        }
    }
}
