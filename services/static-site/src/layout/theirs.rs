//! As `create_iiif_s3.rb` and the gem `iiif_s3` write a site: every key in their order, as Ruby prints it.
//!
//! Two of their faults are mended: tiles without pixels are left out, and thumbnails on canvases have their own height.

use std::collections::BTreeSet;

use iiif::image::Extent;
use imaging::{Piece, Plan};
use serde_json::{Map, Value, json};

use super::Image;
use crate::{Object, names::in_url};

/// What a task says beside its images; nothing, without a task.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Theirs {
    /// The folder of `tiles` and `collection`, from the root of the target: other tasks may write beside. Without it, the
    /// root is that folder, and the site is all there is.
    pub prefix: Option<String>,
    pub attribution: Option<String>,
}

const IMAGE_CONTEXT: &str = "http://iiif.io/api/image/2/context.json";
const LEVEL_0: &str = "http://iiif.io/api/image/2/level0.json";
const PRESENTATION_CONTEXT: &str = "http://iiif.io/api/presentation/2/context.json";
/// Canvases with a shorter side are said to be twice as large.
const SMALLEST_CANVAS: u32 = 1200;
/// The place of the thumbnail in the plan.
const THUMBNAIL: usize = 0;

impl Theirs {
    pub(super) fn name(image: &Image<'_>, piece: Piece) -> Option<String> {
        let plan = image.plan;
        let request = match piece {
            Piece::Tile { level, column, row } => {
                let (x, y, size) = plan.tile_in_level(level as usize, column, row)?;
                let factor = plan.levels.get(level as usize)?.scale_factor;
                let (x, y) = (x * factor, y * factor);
                let side = plan.tile * factor;
                let (w, h) = (side.min(plan.extent.w - x), side.min(plan.extent.h - y));
                format!("{x},{y},{w},{h}/{},", size.w)
            }
            Piece::WholePart { level: 0 } | Piece::WholeEnd { level: 0 } => "full/full".to_owned(),
            Piece::WholePart { .. } | Piece::WholeEnd { .. } => return None,
            Piece::Fitted { n } => format!("full/{},", plan.fitted.get(n as usize)?.w),
        };
        Some(format!("{}/{request}/0/default.jpg", image.name))
    }

    pub(super) fn info(image: &Image<'_>) -> Value {
        let plan = image.plan;
        let size = |extent: &Extent| json!({ "width": extent.w, "height": extent.h });
        let sizes: Vec<Value> = [&plan.extent].into_iter().chain(&plan.fitted).map(size).collect();
        let factors: Vec<u32> = plan.levels.iter().map(|level| level.scale_factor).collect();
        json!({
            "@context": IMAGE_CONTEXT,
            "@id": image.url(),
            "protocol": "http://iiif.io/api/image",
            "width": plan.extent.w,
            "height": plan.extent.h,
            "sizes": sizes,
            "profile": [
                LEVEL_0,
                { "supports": ["cors", "sizeByWhListed", "baseUriRedirect"] },
            ],
            "tiles": [{ "width": plan.tile, "scaleFactors": factors }],
        })
    }

    /// Where something is: an object, by its item, or what lies beside it.
    pub(crate) fn place(&self, name: &str) -> String {
        match &self.prefix {
            Some(prefix) => format!("{prefix}/{name}"),
            None => name.to_owned(),
        }
    }

    /// The image of a page of an item.
    pub(crate) fn image_of(&self, item: &str, number: u32) -> String {
        self.place(&format!("tiles/{item}-{number}"))
    }

    /// The object of which an image is a page, or was one, and its number.
    pub(crate) fn page_of(&self, image: &str) -> Option<(String, u32)> {
        let name = match &self.prefix {
            Some(prefix) => image.strip_prefix(prefix)?.strip_prefix('/')?,
            None => image,
        };
        let (item, number) = name.strip_prefix("tiles/")?.rsplit_once('-')?;
        Some((self.place(item), number.parse().ok()?))
    }

    /// The documents that go with an image: of its page, and of its object if that is kept no longer.
    pub(crate) fn documents_of(&self, image: &str, kept: &BTreeSet<&str>) -> Vec<String> {
        let Some((id, number)) = self.page_of(image) else { return Vec::new() };
        let mut parts = vec![format!("canvas/p{number}"), format!("annotation/p{number}")];
        if !kept.contains(id.as_str()) {
            parts.extend(["manifest", "sequence/default"].map(str::to_owned));
        }
        parts.iter().map(|part| format!("{id}/{part}.json")).collect()
    }

    /// The manifest, and each of its parts on its own, with their names.
    pub(crate) fn documents(
        &self,
        object: &Object,
        base_url: &str,
        pages: &[(u32, Image<'_>)],
    ) -> Vec<(String, Value)> {
        let address = |part: &str| format!("{base_url}/{}/{part}.json", in_url(&object.id));
        let canvases: Vec<Value> =
            pages.iter().map(|(number, image)| canvas(&address, *number, image)).collect();
        let sequence = json!({
            "@id": address("sequence/default"),
            "@type": "sc:Sequence",
            "canvases": canvases,
        });
        let mut manifest = Map::new();
        let mut put = |key: &str, value: Value| manifest.insert(key.to_owned(), value);
        put("@context", PRESENTATION_CONTEXT.into());
        put("@id", address("manifest").into());
        put("@type", "sc:Manifest".into());
        put("label", object.label.as_str().into());
        let statement = object.required_statement.as_ref().map(|(_, text)| text);
        if let Some(attribution) = self.attribution.as_ref().or(statement) {
            put("attribution", attribution.as_str().into());
        }
        if let Some(rights) = &object.rights {
            put("license", rights.as_str().into());
        }
        if let Some(description) = &object.description {
            put("description", description.as_str().into());
        }
        if !object.metadata.is_empty() {
            let pair =
                |(label, value): &(String, String)| json!({ "label": label, "value": value });
            put("metadata", object.metadata.iter().map(pair).collect());
        }
        let primary = pages.iter().find(|(number, _)| *number == 1).or(pages.first());
        if let Some((_, primary)) = primary {
            put("thumbnail", thumbnail(primary));
        }
        put("viewingDirection", "left-to-right".into());
        put("viewingHint", "individuals".into());
        put("sequences", json!([sequence]));

        let name = |part: &str| format!("{}/{part}.json", object.id);
        let mut documents = vec![
            (name("manifest"), Value::Object(manifest)),
            (name("sequence/default"), in_context(&sequence)),
        ];
        for ((number, _), canvas) in pages.iter().zip(&canvases) {
            documents.push((name(&format!("canvas/p{number}")), in_context(canvas)));
            let annotation = in_context(&canvas["images"][0]);
            documents.push((name(&format!("annotation/p{number}")), annotation));
        }
        documents
    }

    pub(crate) fn collection(&self, base_url: &str, objects: &[&Object]) -> (String, Value) {
        let name = self.place("collection/top.json");
        let manifests: Vec<Value> = objects
            .iter()
            .map(|object| {
                json!({
                    "@id": format!("{base_url}/{}/manifest.json", in_url(&object.id)),
                    "@type": "sc:Manifest",
                    "label": object.label,
                })
            })
            .collect();
        let mut collection = json!({
            "@context": PRESENTATION_CONTEXT,
            "@id": format!("{base_url}/{}", in_url(&name)),
            "@type": "sc:Collection",
            "label": "top",
        });
        if !manifests.is_empty() {
            collection["manifests"] = manifests.into();
        }
        (name, collection)
    }
}

fn canvas(address: &dyn Fn(&str) -> String, number: u32, image: &Image<'_>) -> Value {
    let Extent { w, h } = image.plan.extent;
    let id = address(&format!("canvas/p{number}"));
    let times = if w < SMALLEST_CANVAS || h < SMALLEST_CANVAS { 2 } else { 1 };
    let annotation = json!({
        "@type": "oa:Annotation",
        "@id": address(&format!("annotation/p{number}")),
        "motivation": "sc:painting",
        "resource": {
            "@id": format!("{}/full/full/0/default.jpg", image.url()),
            "@type": "dcterms:Image",
            "format": "image/jpeg",
            "service": service(image),
            "width": w,
            "height": h,
        },
        "on": id,
    });
    json!({
        "@type": "sc:Canvas",
        "@id": id,
        "label": format!("Page {number}"),
        "width": u64::from(w) * times,
        "height": u64::from(h) * times,
        "thumbnail": thumbnail(image),
        "images": [annotation],
    })
}

fn thumbnail(image: &Image<'_>) -> Value {
    let size = thumbnail_extent(image.plan);
    json!({
        "@id": format!("{}/full/{},/0/default.jpg", image.url(), size.w),
        "@type": "dctypes:Image",
        "width": size.w,
        "height": size.h,
        "service": service(image),
    })
}

fn thumbnail_extent(plan: &Plan) -> Extent {
    plan.fitted.get(THUMBNAIL).copied().unwrap_or(plan.extent)
}

fn service(image: &Image<'_>) -> Value {
    json!({ "@context": IMAGE_CONTEXT, "@id": image.url(), "profile": LEVEL_0 })
}

/// A part that stands alone says at its end what its words mean.
fn in_context(part: &Value) -> Value {
    let mut part = part.clone();
    part["@context"] = PRESENTATION_CONTEXT.into();
    part
}
