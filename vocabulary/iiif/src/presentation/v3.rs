//! Presentation 3.0. Lists stay lists with one value; nothing empty is written.

use serde_json::Value;

use super::{
    Agent, AnnotationPage, Canvas, Collection, Content, ImageService, LabelledValue, LanguageMap,
    Manifest, MemberKind, Painting, Service,
};
use crate::Version;
use crate::image::size_to_json;
use crate::json::Object;
use crate::negotiate::Api;
use crate::rights::rights_uri;

pub(super) fn manifest(manifest: &Manifest) -> Value {
    let items = list(&manifest.canvases, canvas);
    start(manifest, "Manifest")
        .put("items", items)
        .put_list("structures", structures(manifest))
        .into()
}

/// What stands behind the canvases.
pub(super) fn structures(manifest: &Manifest) -> Vec<Value> {
    let canvas = |id: &String| Object::new().put("id", id.as_str()).put("type", "Canvas").into();
    list(&manifest.ranges, |range| {
        Object::new()
            .put("id", range.id.as_str())
            .put("type", "Range")
            .put("label", language_map(&range.label))
            .put("items", list(&range.canvases, canvas))
            .into()
    })
}

/// What stands before the canvases, or the members of a collection that is described like a manifest.
pub(super) fn start(manifest: &Manifest, class: &str) -> Object {
    Object::new()
        .put("@context", context(&contexts(manifest)))
        .put("id", manifest.id.as_str())
        .put("type", class)
        .put("label", language_map(&manifest.label))
        .put_list("metadata", list(&manifest.metadata, labelled_value))
        .put_some("summary", manifest.summary.as_ref().map(language_map))
        .put_some("requiredStatement", manifest.required_statement.as_ref().map(labelled_value))
        .put_some("rights", manifest.rights.as_deref().map(rights_uri))
        .put_some("navDate", manifest.nav_date.as_deref())
        .put_some("navPlace", manifest.nav_place.clone())
        .put_some("viewingDirection", manifest.viewing_direction.map(|way| way.as_str()))
        .put_list("behavior", strings(&manifest.behavior))
        .put_list("provider", list(&manifest.provider, agent))
        .put_list("thumbnail", list(&manifest.thumbnail, content))
        .put_list("homepage", list(&manifest.homepage, content))
        .put_list("rendering", list(&manifest.rendering, content))
        .put_list("seeAlso", list(&manifest.see_also, content))
        .put_list("service", manifest.service.clone())
        .put_list("services", manifest.services.clone())
}

pub(super) fn collection(collection: &Collection) -> Value {
    let items = list(&collection.members, |member| {
        let kind = match member.kind {
            MemberKind::Manifest => "Manifest",
            MemberKind::Collection => "Collection",
        };
        Object::new()
            .put("id", member.id.as_str())
            .put("type", kind)
            .put("label", language_map(&member.label))
            .into()
    });
    let whole = |id: &String| Object::new().put("id", id.as_str()).put("type", "Collection").into();
    let part_of = collection.part_of.iter().map(whole);
    start(&collection.described(), "Collection")
        .put("items", items)
        .put_list("partOf", part_of.collect())
        .into()
}

pub(super) fn canvas(canvas: &Canvas) -> Value {
    let painted = canvas.painting.as_ref().map(|painting| {
        painting_page(&canvas.page_id(), &canvas.painting_id(), &canvas.id, body(painting))
    });
    start_of_canvas(canvas)
        .put_list("metadata", list(&canvas.metadata, labelled_value))
        .put_some("summary", canvas.summary.as_ref().map(language_map))
        .put_some("requiredStatement", canvas.required_statement.as_ref().map(labelled_value))
        .put_some("rights", canvas.rights.as_deref().map(rights_uri))
        .put_some("navDate", canvas.nav_date.as_deref())
        .put_list("behavior", strings(&canvas.behavior))
        .put_list("thumbnail", list(&canvas.thumbnail, content))
        .put_some("placeholderCanvas", canvas.placeholder.as_ref().map(|p| placeholder(canvas, p)))
        .put_list("items", painted.into_iter().collect())
        .put_list("annotations", list(&canvas.annotations, annotation_page))
        .put_list("rendering", list(&canvas.rendering, content))
        .put_list("seeAlso", list(&canvas.see_also, content))
        .into()
}

fn start_of_canvas(canvas: &Canvas) -> Object {
    Object::new()
        .put("id", canvas.id.as_str())
        .put("type", "Canvas")
        .put("label", language_map(&canvas.label))
        .put_some("height", canvas.extent.map(|extent| extent.h))
        .put_some("width", canvas.extent.map(|extent| extent.w))
        .put_some("duration", canvas.duration)
}

/// A canvas of its own, as large as its picture; it can't hold another.
fn placeholder(canvas: &Canvas, picture: &Content) -> Value {
    let id = format!("{}/placeholder", canvas.id);
    let page =
        painting_page(&format!("{id}/page"), &format!("{id}/page/image"), &id, content(picture));
    Object::new()
        .put("id", id)
        .put("type", "Canvas")
        .put_some("height", picture.extent.map(|extent| extent.h))
        .put_some("width", picture.extent.map(|extent| extent.w))
        .put_some("duration", picture.duration)
        .put("items", vec![page])
        .into()
}

fn painting_page(page: &str, annotation: &str, canvas: &str, body: Value) -> Value {
    let annotation = Object::new()
        .put("id", annotation)
        .put("type", "Annotation")
        .put("motivation", "painting")
        .put("body", body)
        .put("target", canvas);
    Object::new()
        .put("id", page)
        .put("type", "AnnotationPage")
        .put("items", vec![Value::from(annotation)])
        .into()
}

fn body(painting: &Painting) -> Value {
    match painting {
        Painting::One(one) => content(one),
        Painting::Choice(choice) => {
            Object::new().put("type", "Choice").put("items", list(choice, content)).into()
        }
    }
}

fn annotation_page(page: &AnnotationPage) -> Value {
    Object::new()
        .put("id", page.id.as_str())
        .put("type", "AnnotationPage")
        .put_some("label", page.label.as_ref().map(language_map))
        .into()
}

fn content(content: &Content) -> Value {
    Object::new()
        .put("id", content.id.as_str())
        .put("type", content.content_type.as_str())
        .put_some("label", content.label.as_ref().map(language_map))
        .put_some("format", content.format.as_deref())
        .put_some("profile", content.profile.as_deref())
        .put_list("language", strings(&content.language))
        .put_some("height", content.extent.map(|extent| extent.h))
        .put_some("width", content.extent.map(|extent| extent.w))
        .put_some("duration", content.duration)
        .put_list("behavior", strings(&content.behavior))
        .put_list("service", list(&content.service, service))
        .into()
}

fn service(service: &Service) -> Value {
    match service {
        Service::Image(image) => image_service(image),
        Service::Other(other) => other.clone(),
    }
}

/// A service of version 2 keeps its own names for `id` and `type`.
fn image_service(service: &ImageService) -> Value {
    let object = match service.version {
        Version::V2 => Object::new()
            .put("@id", service.id.as_str())
            .put("@type", "ImageService2")
            .put("profile", service.version.profile_uri(service.level)),
        Version::V3 => Object::new()
            .put("id", service.id.as_str())
            .put("type", "ImageService3")
            .put("profile", service.level.as_str()),
    };
    object
        .put_some("width", service.extent.map(|extent| extent.w))
        .put_some("height", service.extent.map(|extent| extent.h))
        .put_list("sizes", service.sizes.iter().copied().map(size_to_json).collect())
        .put_list("tiles", list(&service.tiles, |tiles| tiles.to_json()))
        .put_list("service", service.service.clone())
        .into()
}

fn agent(agent: &Agent) -> Value {
    Object::new()
        .put("id", agent.id.as_str())
        .put("type", "Agent")
        .put("label", language_map(&agent.label))
        .put_list("homepage", list(&agent.homepage, content))
        .put_list("logo", list(&agent.logo, content))
        .into()
}

fn labelled_value(pair: &LabelledValue) -> Value {
    Object::new()
        .put("label", language_map(&pair.label))
        .put("value", language_map(&pair.value))
        .into()
}

fn language_map(map: &LanguageMap) -> Value {
    let languages = map.languages().iter();
    languages.fold(Object::new(), |object, (name, values)| object.put(name, values.clone())).into()
}

fn contexts(manifest: &Manifest) -> Vec<String> {
    const PLACES: &str = "http://iiif.io/api/extension/navplace/context.json";
    let places = manifest.nav_place.iter().map(|_| PLACES.to_owned());
    manifest.contexts.iter().cloned().chain(places).collect()
}

/// IIIF's own comes last.
fn context(extensions: &[String]) -> Value {
    let own = Value::from(Api::Presentation.context(Version::V3));
    if extensions.is_empty() {
        return own;
    }
    extensions.iter().cloned().map(Value::from).chain([own]).collect()
}

fn strings(texts: &[String]) -> Vec<Value> {
    texts.iter().cloned().map(Value::from).collect()
}

fn list<T>(items: &[T], write: impl Fn(&T) -> Value) -> Vec<Value> {
    items.iter().map(write).collect()
}
