use serde_json::Value;

use super::{Extent, Feature, Format, Level, Limits, Quality, Version};
use crate::json::Object;
use crate::rights::rights_uri;

/// What `info.json` says of an image, written by [`to_json`](Self::to_json) in either version.
///
/// Give all that holds; what the level already says, and what the limits forbid, is left out.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageInfo {
    /// The image's URI, spelled as the client spelled it.
    pub id: String,
    pub extent: Extent,
    pub level: Level,
    pub limits: Limits,
    pub sizes: Vec<Extent>,
    pub tiles: Vec<Tiles>,
    /// All qualities that differ for this image: no `color` if it has none.
    pub qualities: Vec<Quality>,
    pub formats: Vec<Format>,
    /// The best first; viewers obey this.
    pub preferred_formats: Vec<Format>,
    pub features: Vec<Feature>,
    pub rights: Option<String>,
    /// Contexts of extensions, which stand before IIIF's own.
    pub contexts: Vec<String>,
    pub part_of: Vec<Value>,
    pub see_also: Vec<Value>,
    /// Services in the shape that the version asked for wants.
    pub service: Vec<Value>,
}

/// Parts of an image that are ready, and fast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiles {
    pub w: u32,
    /// As high as wide, if not given.
    pub h: Option<u32>,
    pub scale_factors: Vec<u32>,
}

impl Tiles {
    pub fn square(side: u32, scale_factors: Vec<u32>) -> Self {
        Self { w: side, h: None, scale_factors }
    }

    fn extent(&self) -> Extent {
        Extent { w: self.w, h: self.h.unwrap_or(self.w) }
    }

    pub(crate) fn to_json(&self) -> Value {
        Object::new()
            .put("width", self.w)
            .put_some("height", self.h)
            .put("scaleFactors", self.scale_factors.clone())
            .into()
    }
}

pub(crate) fn size_to_json(size: Extent) -> Value {
    Object::new().put("width", size.w).put("height", size.h).into()
}

impl ImageInfo {
    /// An image of which nothing is said but what it must be.
    pub fn new(id: impl Into<String>, extent: Extent, level: Level) -> Self {
        Self {
            id: id.into(),
            extent,
            level,
            limits: Limits::default(),
            sizes: Vec::new(),
            tiles: Vec::new(),
            qualities: Vec::new(),
            formats: Vec::new(),
            preferred_formats: Vec::new(),
            features: Vec::new(),
            rights: None,
            contexts: Vec::new(),
            part_of: Vec::new(),
            see_also: Vec::new(),
            service: Vec::new(),
        }
    }

    pub fn to_json(&self, version: Version) -> Value {
        match version {
            Version::V2 => self.to_json_2(),
            Version::V3 => self.to_json_3(),
        }
    }

    fn to_json_3(&self) -> Value {
        let v = Version::V3;
        let object = Object::new()
            .put("@context", self.context(v))
            .put("id", self.id.as_str())
            .put("type", "ImageService3")
            .put("protocol", PROTOCOL)
            .put("profile", self.level.as_str())
            .put("width", self.extent.w)
            .put("height", self.extent.h);
        self.put_limits(object)
            .put_list("sizes", self.sizes_within())
            .put_list("tiles", self.tiles_within())
            .put_list("preferredFormats", self.preferred_formats())
            .put_list("extraQualities", self.extra_qualities(v))
            .put_list("extraFormats", self.extra_formats())
            .put_list("extraFeatures", self.extra_features(v))
            .put_some("rights", self.rights.as_deref().map(rights_uri))
            .put_list("partOf", self.part_of.clone())
            .put_list("seeAlso", self.see_also.clone())
            .put_list("service", self.service.clone())
            .into()
    }

    fn to_json_2(&self) -> Value {
        let v = Version::V2;
        let beyond = Object::new()
            .put_list("formats", self.extra_formats())
            .put_list("qualities", self.extra_qualities(v));
        let beyond = self.put_limits(beyond).put_list("supports", self.extra_features(v));

        let mut profile = vec![Value::from(v.profile_uri(self.level))];
        if !beyond.is_empty() {
            profile.push(beyond.into());
        }
        Object::new()
            .put("@context", self.context(v))
            .put("@id", self.id.as_str())
            .put("protocol", PROTOCOL)
            .put("width", self.extent.w)
            .put("height", self.extent.h)
            .put_list("sizes", self.sizes_within())
            .put_list("tiles", self.tiles_within())
            .put("profile", profile)
            .put_some("license", self.rights.as_deref())
            .put_one_or_list("service", self.service.clone())
            .into()
    }

    /// IIIF's own comes last, and stands alone as a string, which old clients compare with.
    fn context(&self, version: Version) -> Value {
        let own = Value::from(version.context());
        if self.contexts.is_empty() {
            return own;
        }
        self.contexts.iter().cloned().map(Value::from).chain([own]).collect()
    }

    /// A height can't be limited alone; no answer is wider than the image where none is enlarged.
    fn put_limits(&self, object: Object) -> Object {
        let Limits { max_width, max_height, max_area, .. } = self.limits;
        object
            .put_some("maxWidth", max_width.or(max_height.map(|_| self.extent.w)))
            .put_some("maxHeight", max_height.filter(|height| max_width != Some(*height)))
            .put_some("maxArea", max_area)
    }

    /// The smallest first, as viewers like it.
    fn sizes_within(&self) -> Vec<Value> {
        let mut sizes = self.sizes.clone();
        sizes.retain(|size| self.limits.allow(*size));
        sizes.sort_by_key(|size| (size.w, size.h));
        sizes.dedup();
        sizes.into_iter().map(size_to_json).collect()
    }

    /// Tiles above the limits are stated at the first half, quarter, … that is allowed.
    fn tiles_within(&self) -> Vec<Value> {
        let mut within = Vec::new();
        for tiles in &self.tiles {
            let mut tiles = tiles.clone();
            while !self.limits.allow(tiles.extent()) && tiles.w > 1 {
                tiles.w /= 2;
                tiles.h = tiles.h.map(|h| (h / 2).max(1));
            }
            if self.limits.allow(tiles.extent()) {
                within.push(tiles.to_json());
            }
        }
        within
    }

    fn preferred_formats(&self) -> Vec<Value> {
        let offered = |format: &&Format| self.formats.contains(format);
        self.preferred_formats.iter().filter(offered).map(|f| f.extension().into()).collect()
    }

    fn extra_formats(&self) -> Vec<Value> {
        let level: &[Format] = match self.level {
            Level::Zero | Level::One => &[Format::Jpg],
            Level::Two => &[Format::Jpg, Format::Png],
        };
        let beyond = self.formats.iter().filter(|format| !level.contains(format));
        sorted(beyond.map(|format| format.extension()))
    }

    /// The profile documents name `default` alone, and `bitonal` in version 2's highest.
    fn extra_qualities(&self, version: Version) -> Vec<Value> {
        let level: &[Quality] = match (version, self.level) {
            (Version::V2, Level::Two) => &[Quality::Default, Quality::Bitonal],
            (Version::V2 | Version::V3, _) => &[Quality::Default],
        };
        let beyond = self.qualities.iter().filter(|quality| !level.contains(quality));
        sorted(beyond.map(|quality| quality.as_str()))
    }

    fn extra_features(&self, version: Version) -> Vec<Value> {
        let is_beyond = |feature: &&Feature| {
            feature.level(version).is_none_or(|level| level > self.level)
                && (**feature != Feature::SizeUpscaling || self.states_upscaling())
        };
        let beyond = self.features.iter().filter(is_beyond);
        sorted(beyond.flat_map(|feature| feature.names(version).iter().copied()))
    }

    /// Enlarging must not be promised without saying how far it goes.
    fn states_upscaling(&self) -> bool {
        let Limits { max_width, max_area, upscaling, .. } = self.limits;
        upscaling && (max_width.is_some() || max_area.is_some())
    }
}

const PROTOCOL: &str = "http://iiif.io/api/image";

fn sorted(names: impl Iterator<Item = &'static str>) -> Vec<Value> {
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(Value::from).collect()
}
