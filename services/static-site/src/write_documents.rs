use std::io::Write;

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use iiif::Version;
use storage::{Headers, Mark};

use crate::{
    Error, Layout, Object, Site,
    documents::{COLLECTION, collection, manifest},
    layout::Document,
    write_site::Pages,
};

/// Writes a document, in gzip where readers are told of it.
pub(crate) async fn write_document(
    site: &Site,
    name: String,
    document: Document,
) -> Result<Mark, Error> {
    let (bytes, headers) = written(site, document)?;
    Ok(site.publisher.put(&name, bytes, &headers).await?)
}

/// The same, unless it is there already: a site that has not changed keeps its dates.
async fn write_if_changed(site: &Site, name: String, document: Document) -> Result<(), Error> {
    let (bytes, headers) = written(site, document)?;
    if site.publisher.read(&name).await?.as_ref() != Some(&bytes) {
        site.publisher.put(&name, bytes, &headers).await?;
    }
    Ok(())
}

fn written(site: &Site, document: Document) -> Result<(Bytes, Headers), Error> {
    let broken = |error: std::io::Error| Error::Broken(error.to_string());
    let (text, content_type) = match document {
        Document::Json(json) => {
            (serde_json::to_vec(&json).map_err(|error| broken(error.into()))?, json_type(site))
        }
        Document::Pretty(json) => {
            let mut text =
                serde_json::to_vec_pretty(&json).map_err(|error| broken(error.into()))?;
            text.push(b'\n');
            (text, "application/json")
        }
        Document::Xml(text) => (text.into_bytes(), "application/xml"),
    };
    let is_gzip = site.publisher.keeps_headers();
    let bytes = match is_gzip {
        true => {
            let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
            gzip.write_all(&text).and_then(|()| gzip.finish()).map_err(broken)?
        }
        false => text,
    };
    let cache_control = "public, max-age=300";
    Ok((bytes.into(), Headers { content_type, cache_control, is_gzip, is_document: true }))
}

fn json_type(site: &Site) -> &'static str {
    match site.layout {
        Layout::Iiif(Version::V3) => "application/ld+json",
        Layout::Iiif(Version::V2) | Layout::DeepZoom | Layout::Theirs(_) => "application/json",
    }
}

/// The manifest of an object, of the pages that are there.
pub(crate) async fn write_manifest(
    site: &Site,
    object: &Object,
    pages: &Pages,
) -> Result<(), Error> {
    let plans: Vec<_> = object
        .pages
        .iter()
        .filter_map(|page| Some((page, site.plan(*pages.get(&page.image)?))))
        .collect();
    match &site.layout {
        Layout::DeepZoom => Ok(()),
        Layout::Iiif(version) => {
            let images: Vec<_> = plans
                .iter()
                .map(|(page, plan)| (page.label.as_str(), site.image(&page.image, plan)))
                .collect();
            let manifest = manifest(*version, object, &site.base_url, &images);
            let name = format!("{}/manifest.json", object.id);
            write_if_changed(site, name, Document::Json(manifest.to_json(*version))).await
        }
        Layout::Theirs(theirs) => {
            let images: Vec<_> = plans
                .iter()
                .map(|(page, plan)| (page.number, site.image(&page.image, plan)))
                .collect();
            for (name, json) in theirs.documents(object, &site.base_url, &images) {
                write_if_changed(site, name, Document::Pretty(json)).await?;
            }
            Ok(())
        }
    }
}

/// The list of all objects that have a manifest.
pub(crate) async fn write_collection(site: &Site, objects: &[&Object]) -> Result<(), Error> {
    let (name, document) = match &site.layout {
        Layout::DeepZoom => return Ok(()),
        Layout::Iiif(version) => {
            let collection = collection(&site.title, &site.base_url, objects);
            (COLLECTION.to_owned(), Document::Json(collection.to_json(*version)))
        }
        Layout::Theirs(theirs) => {
            let (name, json) = theirs.collection(&site.base_url, objects);
            (name, Document::Pretty(json))
        }
    };
    write_if_changed(site, name, document).await
}
