use ::iiif::Version;
use imaging::{Piece, Plan, Shape, TileFormat};
use serde_json::Value;

use super::theirs::Theirs;
use super::{deep_zoom, iiif};
use crate::{Object, names::in_url};

/// Which files there are, and how they are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// Level 0 of the Image API.
    Iiif(Version),
    /// Deep Zoom images, which are older than IIIF.
    DeepZoom,
    /// That of aws-batch-iiif-generator.
    Theirs(Theirs),
}

/// An image of a site: its name, and all that is made of it.
pub(crate) struct Image<'a> {
    pub(crate) name: &'a str,
    pub(crate) base_url: &'a str,
    pub(crate) format: TileFormat,
    pub(crate) plan: &'a Plan,
}

impl Image<'_> {
    /// Its address, without an end.
    pub(crate) fn url(&self) -> String {
        format!("{}/{}", self.base_url, in_url(self.name))
    }
}

impl Layout {
    pub fn shape(&self) -> Shape {
        match self {
            Self::Iiif(_) => Shape::Iiif,
            Self::DeepZoom => Shape::DeepZoom,
            Self::Theirs(_) => Shape::Fitted { levels: 4, squares: vec![250, 600, 1200] },
        }
    }

    /// Calls images as this layout does, where they are called after folders and files.
    pub fn rename(&self, objects: &mut [Object]) {
        let Self::Theirs(theirs) = self else { return };
        for object in objects {
            for page in &mut object.pages {
                page.image = theirs.image_of(&object.id, page.number);
            }
        }
    }

    /// The names of a piece: more than one where clients ask for it in more than one way.
    pub(crate) fn names(&self, image: &Image<'_>, piece: Piece) -> Option<Vec<String>> {
        match self {
            Self::Iiif(version) => iiif::names(*version, image, piece),
            Self::DeepZoom => deep_zoom::name(image, piece).map(|name| vec![name]),
            Self::Theirs(_) => Theirs::name(image, piece).map(|name| vec![name]),
        }
    }

    /// The document that describes an image, with its name.
    pub(crate) fn image_document(&self, image: &Image<'_>) -> (String, Document) {
        match self {
            Self::Iiif(version) => {
                let info = iiif::info(image).to_json(*version);
                (format!("{}/info.json", image.name), Document::Json(info))
            }
            Self::DeepZoom => {
                (format!("{}.dzi", image.name), Document::Xml(deep_zoom::descriptor(image)))
            }
            Self::Theirs(_) => {
                (format!("{}/info.json", image.name), Document::Pretty(Theirs::info(image)))
            }
        }
    }
}

/// A document before it is written.
#[derive(Debug, PartialEq)]
pub(crate) enum Document {
    Json(Value),
    /// As Ruby's `JSON.pretty_generate` writes it, with a line feed behind.
    Pretty(Value),
    Xml(String),
}
