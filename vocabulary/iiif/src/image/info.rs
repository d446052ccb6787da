use serde_json::Value;

use super::tiles::{Tiles, size_to_json};
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
        let version = Version::V3;
        let object = Object::new()
            .put("@context", self.context(version))
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
            .put_list("extraQualities", self.extra_qualities(version))
            .put_list("extraFormats", self.extra_formats())
            .put_list("extraFeatures", self.extra_features(version))
            .put_some("rights", self.rights.as_deref().map(rights_uri))
            .put_list("partOf", self.part_of.clone())
            .put_list("seeAlso", self.see_also.clone())
            .put_list("service", self.service.clone())
            .into()
    }

    fn to_json_2(&self) -> Value {
        let version = Version::V2;
        let beyond = Object::new()
            .put_list("formats", self.extra_formats())
            .put_list("qualities", self.extra_qualities(version));
        let beyond = self.put_limits(beyond).put_list("supports", self.extra_features(version));

        let mut profile = vec![Value::from(version.profile_uri(self.level))];
        if !beyond.is_empty() {
            profile.push(beyond.into());
        }
        Object::new()
            .put("@context", self.context(version))
            .put("@id", self.id.as_str())
            .put("protocol", PROTOCOL)
            .put("width", self.extent.w)
            .put("height", self.extent.h)
            .put_list("sizes", self.sizes_within())
            .put_list("tiles", self.tiles_within())
            .put("profile", profile)
            .put_some("license", self.rights.as_deref().map(rights_uri))
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
            feature.is_beyond(self.level, version)
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::json::pretty;

    fn photograph() -> ImageInfo {
        let id = "https://example.org/iiif-img/2/5/ms%2D1";
        ImageInfo {
            limits: Limits {
                max_width: Some(6000),
                max_area: Some(24_000_000),
                upscaling: true,
                ..Limits::default()
            },
            sizes: vec![Extent::new(3000, 2000), Extent::new(188, 125), Extent::new(750, 500)],
            tiles: vec![Tiles::square(512, vec![1, 2, 4, 8, 16, 32])],
            qualities: Quality::ALL.to_vec(),
            formats: vec![Format::Webp, Format::Jpg, Format::Tif, Format::Png, Format::Gif],
            features: Feature::ALL.to_vec(),
            rights: Some("https://creativecommons.org/publicdomain/mark/1.0/".to_owned()),
            service: vec![json!({ "id": "https://example.org/probe" })],
            ..ImageInfo::new(id, Extent::new(6000, 4000), Level::Two)
        }
    }

    #[test]
    fn version_3_in_full() {
        insta::assert_snapshot!(pretty(&photograph().to_json(Version::V3)), @r#"
        {
          "@context": "http://iiif.io/api/image/3/context.json",
          "id": "https://example.org/iiif-img/2/5/ms%2D1",
          "type": "ImageService3",
          "protocol": "http://iiif.io/api/image",
          "profile": "level2",
          "width": 6000,
          "height": 4000,
          "maxWidth": 6000,
          "maxArea": 24000000,
          "sizes": [
            {"width":188,"height":125},
            {"width":750,"height":500},
            {"width":3000,"height":2000}
          ],
          "tiles": [{"width":512,"scaleFactors":[1,2,4,8,16,32]}],
          "extraQualities": ["bitonal","color","gray"],
          "extraFormats": ["gif","tif","webp"],
          "extraFeatures": [
            "canonicalLinkHeader",
            "mirroring",
            "profileLinkHeader",
            "rotationArbitrary",
            "sizeUpscaling"
          ],
          "rights": "http://creativecommons.org/publicdomain/mark/1.0/",
          "service": [{"id":"https://example.org/probe"}]
        }
        "#);
    }

    #[test]
    fn version_2_in_full() {
        insta::assert_snapshot!(pretty(&photograph().to_json(Version::V2)), @r#"
        {
          "@context": "http://iiif.io/api/image/2/context.json",
          "@id": "https://example.org/iiif-img/2/5/ms%2D1",
          "protocol": "http://iiif.io/api/image",
          "width": 6000,
          "height": 4000,
          "sizes": [
            {"width":188,"height":125},
            {"width":750,"height":500},
            {"width":3000,"height":2000}
          ],
          "tiles": [{"width":512,"scaleFactors":[1,2,4,8,16,32]}],
          "profile": [
            "http://iiif.io/api/image/2/level2.json",
            {
              "formats": ["gif","tif","webp"],
              "qualities": ["color","gray"],
              "maxWidth": 6000,
              "maxArea": 24000000,
              "supports": [
                "canonicalLinkHeader",
                "mirroring",
                "profileLinkHeader",
                "regionSquare",
                "rotationArbitrary",
                "sizeAboveFull"
              ]
            }
          ],
          "license": "http://creativecommons.org/publicdomain/mark/1.0/",
          "service": {"id":"https://example.org/probe"}
        }
        "#);
    }

    #[test]
    fn a_level_0_image_is_said_in_few_words() {
        let mut info =
            ImageInfo::new("https://example.org/thumbs/2/5/a", Extent::new(600, 400), Level::Zero);
        info.sizes = vec![Extent::new(150, 100)];
        info.formats = vec![Format::Jpg];
        info.qualities = vec![Quality::Default];
        insta::assert_snapshot!(pretty(&info.to_json(Version::V3)), @r#"
        {
          "@context": "http://iiif.io/api/image/3/context.json",
          "id": "https://example.org/thumbs/2/5/a",
          "type": "ImageService3",
          "protocol": "http://iiif.io/api/image",
          "profile": "level0",
          "width": 600,
          "height": 400,
          "sizes": [{"width":150,"height":100}]
        }
        "#);
        insta::assert_snapshot!(pretty(&info.to_json(Version::V2)), @r#"
        {
          "@context": "http://iiif.io/api/image/2/context.json",
          "@id": "https://example.org/thumbs/2/5/a",
          "protocol": "http://iiif.io/api/image",
          "width": 600,
          "height": 400,
          "sizes": [{"width":150,"height":100}],
          "profile": ["http://iiif.io/api/image/2/level0.json"]
        }
        "#);
    }

    #[test]
    fn sizes_and_tiles_stay_within_the_limits() {
        let mut info = photograph();
        info.limits = Limits { max_width: Some(400), ..Limits::default() };
        info.tiles.push(Tiles { w: 1024, h: Some(2048), scale_factors: vec![64] });
        let json = info.to_json(Version::V3);
        assert_eq!(json["sizes"], json!([{ "width": 188, "height": 125 }]));
        assert_eq!(json["tiles"][0], json!({ "width": 256, "scaleFactors": [1, 2, 4, 8, 16, 32] }));
        assert_eq!(json["tiles"][1], json!({ "width": 128, "height": 256, "scaleFactors": [64] }));
    }

    #[test]
    fn upscaling_is_not_promised_without_an_end() {
        let mut info = photograph();
        for (max_width, max_area, promised) in
            [(None, None, false), (Some(9000), None, true), (None, Some(9), true)]
        {
            info.limits = Limits { max_width, max_area, ..info.limits };
            let text = info.to_json(Version::V3).to_string();
            assert_eq!(text.contains("sizeUpscaling"), promised, "{:?}", info.limits);
        }
        info.limits = Limits { max_width: Some(9000), ..Limits::default() };
        assert!(!info.to_json(Version::V2).to_string().contains("sizeAboveFull"));
    }

    #[test]
    fn a_height_is_never_limited_alone() {
        let mut info = photograph();
        info.limits = Limits { max_height: Some(1000), ..Limits::default() };
        let json = info.to_json(Version::V3);
        assert_eq!((&json["maxWidth"], &json["maxHeight"]), (&json!(6000), &json!(1000)));
    }

    #[test]
    fn only_formats_that_are_offered_are_preferred() {
        let mut info = photograph();
        info.preferred_formats = vec![Format::Avif, Format::Webp, Format::Jpg];
        assert_eq!(info.to_json(Version::V3)["preferredFormats"], json!(["webp", "jpg"]));
    }

    #[test]
    fn extensions_stand_before_the_own_context() {
        let mut info = photograph();
        info.contexts = vec!["http://iiif.io/api/auth/2/context.json".to_owned()];
        let json = info.to_json(Version::V3);
        assert_eq!(json["@context"][1], "http://iiif.io/api/image/3/context.json");
    }
}
