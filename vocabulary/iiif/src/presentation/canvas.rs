use serde_json::Value;

use super::{Content, LabelledValue, LanguageMap, v2, v3};
use crate::{Version, image::Extent};

/// One view of an object: a page, a side, a recording. Everything else is placed upon it.
///
/// It has an extent, a duration, or both, and its `id` never changes: annotations hold it. Not
/// "page", which is a page of annotations, and not "image", which is what is painted on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Canvas {
    pub id: String,
    pub label: LanguageMap,
    pub extent: Option<Extent>,
    /// In seconds.
    pub duration: Option<f64>,
    pub metadata: Vec<LabelledValue>,
    pub summary: Option<LanguageMap>,
    pub required_statement: Option<LabelledValue>,
    pub rights: Option<String>,
    pub nav_date: Option<String>,
    pub behavior: Vec<String>,
    pub thumbnail: Vec<Content>,
    pub painting: Option<Painting>,
    /// Shown until the painting is ready, or asked for.
    pub placeholder: Option<Content>,
    pub rendering: Vec<Content>,
    pub see_also: Vec<Content>,
    pub annotations: Vec<AnnotationPage>,
}

/// What a canvas shows: one file, or one of several that say the same, the best first.
#[derive(Clone, Debug, PartialEq)]
pub enum Painting {
    One(Content),
    Choice(Vec<Content>),
}

/// A page of annotations kept elsewhere. To be fetched, so it has no items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnotationPage {
    pub id: String,
    pub label: Option<LanguageMap>,
}

impl Canvas {
    pub fn new(id: impl Into<String>, label: LanguageMap) -> Self {
        Self {
            id: id.into(),
            label,
            extent: None,
            duration: None,
            metadata: Vec::new(),
            summary: None,
            required_statement: None,
            rights: None,
            nav_date: None,
            behavior: Vec::new(),
            thumbnail: Vec::new(),
            painting: None,
            placeholder: None,
            rendering: Vec::new(),
            see_also: Vec::new(),
            annotations: Vec::new(),
        }
    }

    /// As a manifest has it among its canvases; `None` if the version can't say it.
    pub fn to_json(&self, version: Version) -> Option<Value> {
        match version {
            Version::V2 => v2::canvas(self),
            Version::V3 => Some(v3::canvas(self)),
        }
    }

    pub(super) fn page_id(&self) -> String {
        format!("{}/page", self.id)
    }

    pub(super) fn painting_id(&self) -> String {
        format!("{}/page/image", self.id)
    }
}
