//! Presentation 2.1: images alone. Recordings, access, services of version 3 and pages of
//! annotations can't be said in it, and are left out.

use serde_json::Value;

use super::{
    Canvas, Collection, Content, ContentType, ImageService, LabelledValue, LanguageMap, Manifest,
    Member, MemberKind, Painting, Range, Service,
};
use crate::Version;
use crate::image::size_to_json;
use crate::json::Object;
use crate::negotiate::Api;
use crate::rights::rights_uri;

pub(super) fn manifest(manifest: &Manifest) -> Value {
    let canvases: Vec<_> = manifest.canvases.iter().filter_map(canvas).collect();
    let sequence = start_of_sequence(manifest).put("canvases", canvases);
    let sequences = vec![Value::from(sequence)];
    start(manifest, "sc:Manifest")
        .put("sequences", sequences)
        .put_list("structures", structures(manifest))
        .into()
}

/// What stands behind the only sequence.
pub(super) fn structures(manifest: &Manifest) -> Vec<Value> {
    let range = |range: &Range| {
        Object::new()
            .put("@id", range.id.as_str())
            .put("@type", "sc:Range")
            .put("label", text(&range.label))
            .put("canvases", range.canvases.clone())
            .into()
    };
    manifest.ranges.iter().map(range).collect()
}

/// What stands before the only sequence, or the members of a collection that is described like a manifest.
pub(super) fn start(manifest: &Manifest, class: &str) -> Object {
    let homepages = manifest.homepage.iter().map(link).collect();
    let logos = manifest.provider.iter().flat_map(|agent| &agent.logo).map(image).collect();
    Object::new()
        .put("@context", Api::Presentation.context(Version::V2))
        .put("@id", manifest.id.as_str())
        .put("@type", class)
        .put("label", text(&manifest.label))
        .put_list("metadata", manifest.metadata.iter().map(labelled_value).collect())
        .put_some("description", manifest.summary.as_ref().map(text))
        .put_some("attribution", manifest.required_statement.as_ref().map(|pair| text(&pair.value)))
        .put_some("license", manifest.rights.as_deref().map(rights_uri))
        .put_some("navDate", manifest.nav_date.as_deref())
        .put_some("viewingDirection", manifest.viewing_direction.map(|way| way.as_str()))
        .put_some("viewingHint", viewing_hint(&manifest.behavior))
        .put_one_or_list("logo", logos)
        .put_some("thumbnail", manifest.thumbnail.first().map(image))
        .put_one_or_list("related", homepages)
        .put_one_or_list("rendering", manifest.rendering.iter().map(link).collect())
        .put_one_or_list("seeAlso", manifest.see_also.iter().map(link).collect())
}

pub(super) fn collection(collection: &Collection) -> Value {
    let all = |kind: MemberKind, word: &str| {
        let members = collection.members.iter().filter(|member| member.kind == kind);
        let write = |member: &Member| {
            let object = Object::new().put("@id", member.id.as_str()).put("@type", word);
            Value::from(object.put("label", text(&member.label)))
        };
        members.map(write).collect::<Vec<_>>()
    };
    // How pages follow one another is nothing that a collection may say.
    let described =
        Manifest { viewing_direction: None, behavior: Vec::new(), ..collection.described() };
    start(&described, "sc:Collection")
        .put_some("within", collection.part_of.as_deref())
        .put_list("collections", all(MemberKind::Collection, "sc:Collection"))
        .put_list("manifests", all(MemberKind::Manifest, "sc:Manifest"))
        .into()
}

/// Clients of this version expect it to be spelled out.
pub(super) fn start_of_sequence(manifest: &Manifest) -> Object {
    Object::new().put("@id", format!("{}/sequence/0", manifest.id)).put("@type", "sc:Sequence")
}

pub(super) fn is_image(canvas: &Canvas) -> bool {
    canvas.extent.is_some() && picture(canvas).is_some()
}

/// The picture that a canvas shows, or would show first.
fn picture(canvas: &Canvas) -> Option<&Content> {
    let content = match canvas.painting.as_ref()? {
        Painting::One(content) => content,
        Painting::Choice(choice) => choice.first()?,
    };
    (content.content_type == ContentType::Image).then_some(content)
}

pub(super) fn canvas(canvas: &Canvas) -> Option<Value> {
    let (extent, picture) = (canvas.extent?, picture(canvas)?);
    let painting = Object::new()
        .put("@id", canvas.painting_id())
        .put("@type", "oa:Annotation")
        .put("motivation", "sc:painting")
        .put("resource", image(picture))
        .put("on", canvas.id.as_str());
    let canvas = Object::new()
        .put("@id", canvas.id.as_str())
        .put("@type", "sc:Canvas")
        .put("label", text(&canvas.label))
        .put("height", extent.h)
        .put("width", extent.w)
        .put_list("metadata", canvas.metadata.iter().map(labelled_value).collect())
        .put_some("description", canvas.summary.as_ref().map(text))
        .put_some("attribution", canvas.required_statement.as_ref().map(|pair| text(&pair.value)))
        .put_some("license", canvas.rights.as_deref().map(rights_uri))
        .put_some("navDate", canvas.nav_date.as_deref())
        .put_some("viewingHint", viewing_hint(&canvas.behavior))
        .put_some("thumbnail", canvas.thumbnail.first().map(image))
        .put("images", vec![Value::from(painting)])
        .put_one_or_list("rendering", canvas.rendering.iter().map(link).collect())
        .put_one_or_list("seeAlso", canvas.see_also.iter().map(link).collect());
    Some(canvas.into())
}

/// A file that is shown.
fn image(content: &Content) -> Value {
    let services = content.service.iter().filter_map(image_service).collect();
    Object::new()
        .put("@id", content.id.as_str())
        .put("@type", content.content_type.dc_type())
        .put_some("format", content.format.as_deref())
        .put_some("height", content.extent.map(|extent| extent.h))
        .put_some("width", content.extent.map(|extent| extent.w))
        .put_one_or_list("service", services)
        .into()
}

/// A file that is linked to.
fn link(content: &Content) -> Value {
    Object::new()
        .put("@id", content.id.as_str())
        .put_some("label", content.label.as_ref().map(text))
        .put_some("format", content.format.as_deref())
        .put_some("profile", content.profile.as_deref())
        .into()
}

fn image_service(service: &Service) -> Option<Value> {
    let Service::Image(service @ ImageService { version: Version::V2, .. }) = service else {
        return None;
    };
    let object = Object::new()
        .put("@context", service.version.context())
        .put("@id", service.id.as_str())
        .put("profile", service.version.profile_uri(service.level))
        .put_some("width", service.extent.map(|extent| extent.w))
        .put_some("height", service.extent.map(|extent| extent.h))
        .put_list("sizes", service.sizes.iter().copied().map(size_to_json).collect())
        .put_list("tiles", service.tiles.iter().map(|tiles| tiles.to_json()).collect());
    Some(object.into())
}

/// The first behaviour that this version knows.
fn viewing_hint(behavior: &[String]) -> Option<&str> {
    const HINTS: [&str; 5] = ["individuals", "paged", "continuous", "non-paged", "facing-pages"];
    behavior.iter().map(String::as_str).find(|word| HINTS.contains(word))
}

fn labelled_value(pair: &LabelledValue) -> Value {
    Object::new().put("label", text(&pair.label)).put("value", text(&pair.value)).into()
}

/// A string where it is one text in no language, else objects that name the language.
fn text(map: &LanguageMap) -> Value {
    let in_language = |(language, values): &(String, Vec<String>)| {
        let write = |value: &String| match language.as_str() {
            LanguageMap::NO_LANGUAGE => Value::from(value.as_str()),
            _ => Object::new()
                .put("@value", value.as_str())
                .put("@language", language.as_str())
                .into(),
        };
        values.iter().map(write).collect::<Vec<Value>>()
    };
    let mut texts: Vec<_> = map.languages().iter().flat_map(in_language).collect();
    match texts.len() {
        0 => Value::from(""),
        1 => texts.remove(0),
        _ => Value::from(texts),
    }
}
