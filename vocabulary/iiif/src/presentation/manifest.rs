use serde_json::Value;

use super::{Canvas, Content, LabelledValue, LanguageMap, v2, v3};
use crate::Version;

/// The description of one object, for a viewer: its canvases, in order, and what is known of it.
///
/// It is published at its `id`. Not "item", not "work", not "record".
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    pub id: String,
    pub label: LanguageMap,
    pub metadata: Vec<LabelledValue>,
    pub summary: Option<LanguageMap>,
    /// To be shown always, with what it is about.
    pub required_statement: Option<LabelledValue>,
    /// One URI of Creative Commons, rightsstatements.org, or a registered extension.
    pub rights: Option<String>,
    /// `xsd:dateTime` with a time zone.
    pub nav_date: Option<String>,
    /// GeoJSON, in the words of the extension of that name; version 3 alone.
    pub nav_place: Option<Value>,
    pub behavior: Vec<String>,
    pub viewing_direction: Option<ViewingDirection>,
    pub provider: Vec<Agent>,
    pub thumbnail: Vec<Content>,
    pub homepage: Vec<Content>,
    pub rendering: Vec<Content>,
    pub see_also: Vec<Content>,
    /// Services of the object as a whole, such as search, as version 3 writes them.
    pub service: Vec<Value>,
    /// Services that several resources refer to, such as access.
    pub services: Vec<Value>,
    /// Contexts of extensions, which stand before IIIF's own.
    pub contexts: Vec<String>,
    pub canvases: Vec<Canvas>,
    pub ranges: Vec<Range>,
}

/// A part of the object that has a name: a chapter, a quire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    pub id: String,
    pub label: LanguageMap,
    /// The ids of its canvases.
    pub canvases: Vec<String>,
}

/// The way in which canvases follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewingDirection {
    LeftToRight,
    RightToLeft,
    TopToBottom,
    BottomToTop,
}

/// Who provides the object: an institution with its page and its logo.
#[derive(Clone, Debug, PartialEq)]
pub struct Agent {
    pub id: String,
    pub label: LanguageMap,
    pub homepage: Vec<Content>,
    pub logo: Vec<Content>,
}

impl Manifest {
    pub fn new(id: impl Into<String>, label: LanguageMap) -> Self {
        Self {
            id: id.into(),
            label,
            metadata: Vec::new(),
            summary: None,
            required_statement: None,
            rights: None,
            nav_date: None,
            nav_place: None,
            behavior: Vec::new(),
            viewing_direction: None,
            provider: Vec::new(),
            thumbnail: Vec::new(),
            homepage: Vec::new(),
            rendering: Vec::new(),
            see_also: Vec::new(),
            service: Vec::new(),
            services: Vec::new(),
            contexts: Vec::new(),
            canvases: Vec::new(),
            ranges: Vec::new(),
        }
    }

    pub fn to_json(&self, version: Version) -> Value {
        match version {
            Version::V2 => v2::manifest(self),
            Version::V3 => v3::manifest(self),
        }
    }

    /// Version 2.1 knows images alone, and leaves out what it can't say; a manifest of which
    /// nothing is left should be answered in version 3.
    pub fn fits(&self, version: Version) -> bool {
        version == Version::V3 || self.canvases.iter().any(v2::is_image)
    }
}

impl ViewingDirection {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::LeftToRight => "left-to-right",
            Self::RightToLeft => "right-to-left",
            Self::TopToBottom => "top-to-bottom",
            Self::BottomToTop => "bottom-to-top",
        }
    }
}
