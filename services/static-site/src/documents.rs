//! The manifest of an object, and the collection of all.

use iiif::{
    Version,
    image::{Format, Level},
    presentation::{
        Canvas, Collection, Content, Description, ImageService, LabelledValue, LanguageMap,
        Manifest, Member, Painting,
    },
};

use crate::{
    Object,
    layout::{Image, iiif as naming},
    names::in_url,
};

/// The longest edge that is still a thumbnail.
const THUMBNAIL: u32 = 400;

pub(crate) fn manifest(
    version: Version,
    object: &Object,
    base_url: &str,
    pages: &[(&str, Image<'_>)],
) -> Manifest {
    let address = format!("{base_url}/{}", in_url(&object.id));
    let canvases: Vec<Canvas> = (1..)
        .zip(pages)
        .map(|(number, (label, image))| {
            canvas(version, &format!("{address}/canvas/{number}"), label, image)
        })
        .collect();
    let pair = |(label, value): &(String, String)| {
        LabelledValue::new(LanguageMap::none(label.as_str()), LanguageMap::none(value.as_str()))
    };
    Manifest {
        metadata: object.metadata.iter().map(pair).collect(),
        rights: object.rights.clone(),
        required_statement: object.required_statement.as_ref().map(pair),
        summary: object.description.as_deref().map(LanguageMap::none),
        thumbnail: canvases.first().map(|first| first.thumbnail.clone()).unwrap_or_default(),
        canvases,
        ..Manifest::new(
            format!("{address}/manifest.json"),
            LanguageMap::none(object.label.as_str()),
        )
    }
}

fn canvas(version: Version, id: &str, label: &str, image: &Image<'_>) -> Canvas {
    let extent = image.plan.extent;
    let service = || {
        let service = ImageService::new(image.url(), version, Level::Zero);
        vec![ImageService { extent: Some(extent), ..service }.into()]
    };
    let picture = |size| Content {
        service: service(),
        ..Content::image(naming::whole_url(version, image, size), Format::Jpg, size)
    };
    let wholes: Vec<_> = naming::wholes(image.plan).collect();
    let small = wholes.iter().find(|size| size.longest_edge() <= THUMBNAIL).or(wholes.last());
    Canvas {
        extent: Some(extent),
        thumbnail: small.map(|size| picture(*size)).into_iter().collect(),
        painting: wholes.first().map(|size| Painting::One(picture(*size))),
        ..Canvas::new(id, LanguageMap::none(label))
    }
}

pub(crate) const COLLECTION: &str = "collection.json";

pub(crate) fn collection(label: &str, base_url: &str, objects: &[&Object]) -> Collection {
    let member = |object: &&Object| {
        let id = format!("{base_url}/{}/manifest.json", in_url(&object.id));
        Member::manifest(id, LanguageMap::none(object.label.as_str()))
    };
    Collection {
        id: format!("{base_url}/{COLLECTION}"),
        label: LanguageMap::none(label),
        about: Description::default(),
        part_of: None,
        members: objects.iter().map(member).collect(),
    }
}
