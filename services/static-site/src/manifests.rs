//! Objects that are described elsewhere: by manifests, and by collections of them.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use url::Url;
use web::Reader;

use crate::{
    Error, Object, Source,
    names::{stem, tame},
    objects::Page,
};

/// What is asked for; servers that know only one version give that.
const ACCEPT: &str = "application/ld+json;profile=\"http://iiif.io/api/presentation/3/context.json\", \
                      application/ld+json, application/json;q=0.9";
const LARGEST: usize = 256 << 20;
const MOST_DOCUMENTS: usize = 100_000;

/// The objects of a manifest, or of all manifests of a collection and the collections in it, of version 3 or 2.
pub async fn objects_at(reader: &Reader, address: &Url) -> Result<Vec<Object>, Error> {
    let mut waiting = vec![address.clone()];
    let mut seen: HashSet<Url> = waiting.iter().cloned().collect();
    let mut taken = HashMap::new();
    let mut objects = Vec::new();
    while let Some(address) = waiting.pop() {
        let bytes = reader.read(&address, ACCEPT, LARGEST).await;
        let bytes = bytes.map_err(|error| Error::Input(error.to_string()))?;
        let document: Value = serde_json::from_slice(&bytes)
            .map_err(|error| Error::Input(format!("{address} is no JSON: {error}")))?;
        match kind(&document) {
            Some("Manifest") => objects.push(object(reader, &address, &document, &mut taken)?),
            Some("Collection") => {
                let named = members(&document).filter_map(|it| it.as_str()?.parse::<Url>().ok());
                let new: Vec<_> = named.filter(|url| seen.insert(url.clone())).collect();
                waiting.extend(new.into_iter().rev());
            }
            _ => return Err(Error::Input(format!("{address} is no manifest and no collection"))),
        }
        if seen.len() > MOST_DOCUMENTS {
            return Err(Error::Input(format!("there are more than {MOST_DOCUMENTS} manifests")));
        }
    }
    Ok(objects)
}

/// `Manifest` for version 3, and for `sc:Manifest` of version 2.
fn kind(document: &Value) -> Option<&str> {
    let kind = document.get("type").or_else(|| document.get("@type"))?.as_str()?;
    Some(kind.strip_prefix("sc:").unwrap_or(kind))
}

/// The addresses of what a collection holds, or continues with.
fn members(collection: &Value) -> impl Iterator<Item = &Value> {
    let lists = ["items", "members", "manifests", "collections"];
    let listed = lists.into_iter().flat_map(|list| all(&collection[list]));
    let members = listed
        .filter(|member| kind(member).is_none_or(|kind| matches!(kind, "Manifest" | "Collection")));
    let pages = ["first", "next"].into_iter().map(|page| &collection[page]);
    members.map(id).chain(pages.map(|page| if page.is_object() { id(page) } else { page }))
}

fn object(
    reader: &Reader,
    address: &Url,
    manifest: &Value,
    taken: &mut HashMap<String, usize>,
) -> Result<Object, Error> {
    let mut object = Object::new(free(taken, name_of(address)));
    if let Some(label) = text(&manifest["label"]) {
        object.label = label;
    }
    object.description = text(&manifest["summary"]).or_else(|| text(&manifest["description"]));
    object.metadata = all(&manifest["metadata"]).filter_map(pair).collect();
    let rights = [&manifest["rights"], &manifest["license"]];
    object.rights = rights.into_iter().find_map(Value::as_str).map(str::to_owned);
    let attribution = || Some(("Attribution".to_owned(), text(&manifest["attribution"])?));
    object.required_statement = pair(&manifest["requiredStatement"]).or_else(attribution);

    let sequence = &manifest["sequences"][0];
    let canvases = all(&manifest["items"]).chain(all(&sequence["canvases"]));
    let (mut names, mut left_out) = (HashMap::new(), 0);
    for canvas in canvases {
        let Some((name, url)) = image(canvas) else {
            left_out += 1;
            continue;
        };
        let name = free(&mut names, tame(stem(&name)));
        let number = object.pages.len() as u32 + 1;
        let label = text(&canvas["label"]).unwrap_or_else(|| number.to_string());
        let source = Source::Web { reader: reader.clone(), address: url };
        object.pages.push(Page { image: format!("{}/{name}", object.id), number, label, source });
    }
    if left_out > 0 {
        tracing::warn!(%address, canvases = left_out, "left out: they show no image");
    }
    match object.pages.is_empty() {
        true => Err(Error::Input(format!("{address} shows no images"))),
        false => Ok(object),
    }
}

/// The image of a canvas: its name, and where the largest of it is.
fn image(canvas: &Value) -> Option<(String, Url)> {
    let painted = all(&canvas["items"]).flat_map(|page| all(&page["items"]));
    let bodies = painted.flat_map(|painting| all(&painting["body"]));
    let resources = all(&canvas["images"]).map(|painting| &painting["resource"]);
    let resource = bodies.chain(resources).flat_map(alternatives).find(|resource| {
        let kind = kind(resource).unwrap_or_default();
        matches!(kind, "Image" | "dctypes:Image")
    })?;
    let service = all(&resource["service"]).find_map(service);
    let (base, url) = match service {
        Some((base, whole)) => (base, format!("{base}/full/{whole}/0/default.jpg")),
        None => (id(resource).as_str()?, id(resource).as_str()?.to_owned()),
    };
    let base: Url = base.parse().ok()?;
    Some((last_segment(&base)?, url.parse().ok()?))
}

/// What stands behind a choice, and behind a part of a resource: the first is what viewers show.
fn alternatives(resource: &Value) -> Vec<&Value> {
    match kind(resource) {
        Some("Choice" | "oa:Choice") => {
            all(&resource["items"]).chain([&resource["default"]]).collect()
        }
        Some("SpecificResource" | "oa:SpecificResource") => {
            vec![&resource["source"], &resource["full"]]
        }
        _ => vec![resource],
    }
}

/// The base of a IIIF image service, and how it calls the whole image.
fn service(service: &Value) -> Option<(&str, &'static str)> {
    let base = id(service).as_str()?.trim_end_matches('/');
    let kind = kind(service).unwrap_or_default();
    let names_the_api = |key: &str| {
        all(&service[key]).any(|it| it.as_str().is_some_and(|it| it.contains("iiif.io/api/image")))
    };
    match kind {
        "ImageService3" => Some((base, "max")),
        "ImageService2" | "ImageService1" => Some((base, "full")),
        _ => (names_the_api("@context") || names_the_api("profile")).then_some((base, "full")),
    }
}

fn id(resource: &Value) -> &Value {
    resource.get("id").unwrap_or(&resource["@id"])
}

/// One or many, where both may stand.
fn all(value: &Value) -> impl Iterator<Item = &Value> {
    let many = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let one = (!value.is_array() && !value.is_null()).then_some(value);
    many.iter().chain(one)
}

fn pair(pair: &Value) -> Option<(String, String)> {
    Some((text(&pair["label"])?, text(&pair["value"])?))
}

/// The texts of the first language, or what version 2 has in their place.
fn text(value: &Value) -> Option<String> {
    let texts: Vec<&str> = match value.as_object() {
        Some(map) => all(map.get("@value").or_else(|| map.values().next())?)
            .filter_map(Value::as_str)
            .collect(),
        None => all(value).filter_map(|it| it.as_str().or_else(|| it["@value"].as_str())).collect(),
    };
    (!texts.is_empty()).then(|| texts.join("; "))
}

/// What an object is called whose manifest is here: `b123` of `…/b123/manifest.json`.
fn name_of(address: &Url) -> String {
    let segments: Vec<_> = address.path().split('/').filter(|part| !part.is_empty()).collect();
    let said = segments.iter().rev().find(|part| !matches!(stem(part), "manifest" | "collection"));
    tame(&said.map_or_else(|| "object".to_owned(), |segment| decoded(stem_of_json(segment))))
}

fn stem_of_json(segment: &str) -> &str {
    segment.strip_suffix(".json").unwrap_or(segment)
}

fn last_segment(base: &Url) -> Option<String> {
    base.path_segments()?.rfind(|part| !part.is_empty()).map(decoded)
}

fn decoded(segment: &str) -> String {
    let text = percent_encoding::percent_decode_str(segment).decode_utf8_lossy();
    text.replace('/', "_")
}

/// A name that nobody has yet: the second of one name is `name-2`.
fn free(taken: &mut HashMap<String, usize>, name: String) -> String {
    let count = taken.entry(name.clone()).or_default();
    *count += 1;
    match *count {
        1 => name,
        n => free(taken, format!("{name}-{n}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reader() -> Reader {
        Reader::new(web::Guard::new(&[]), std::time::Duration::from_secs(1)).unwrap()
    }

    fn read(address: &str, manifest: &Value) -> Result<Object, Error> {
        object(&reader(), &address.parse().unwrap(), manifest, &mut HashMap::new())
    }

    fn told(object: &Object) -> Vec<String> {
        let page = |page: &Page| format!("{} {} {}", page.image, page.label, page.source);
        object.pages.iter().map(page).collect()
    }

    #[test]
    fn manifests_of_version_3_become_objects() {
        let canvas = |label: &str, body: Value| {
            json!({ "type": "Canvas", "label": { "none": [label] },
                "items": [{ "items": [{ "type": "Annotation", "body": body }] }] })
        };
        let service = |id: &str| json!([{ "id": id, "type": "ImageService3" }]);
        let manifest = json!({
            "type": "Manifest", "label": { "en": ["A Book", "of Hours"] },
            "summary": { "en": ["Old"] }, "rights": "http://example.org/cc0",
            "requiredStatement": { "label": { "en": ["By"] }, "value": { "en": ["Us"] } },
            "metadata": [{ "label": { "en": ["Date"] }, "value": { "none": ["1450"] } }],
            "items": [
                canvas("1r", json!({ "type": "Image", "id": "x", "service": service("https://i.org/2/5/b_1.jp2") })),
                canvas("1v", json!({ "type": "Choice", "items": [
                    { "type": "Image", "service": { "@id": "https://i.org/2/5/b_1.jp2/",
                        "@type": "ImageService2" } }] })),
                canvas("2r", json!({ "type": "Image", "id": "https://i.org/plain%20one.jpg" })),
                canvas("sound", json!({ "type": "Sound", "id": "https://i.org/a.mp3" })),
            ],
        });
        let object = read("https://i.org/iiif-resource/2/books/b%201", &manifest).unwrap();
        assert_eq!((object.id.as_str(), object.label.as_str()), ("b_1", "A Book; of Hours"));
        assert_eq!(object.description.as_deref(), Some("Old"));
        assert_eq!(object.rights.as_deref(), Some("http://example.org/cc0"));
        assert_eq!(object.required_statement, Some(("By".to_owned(), "Us".to_owned())));
        assert_eq!(object.metadata, [("Date".to_owned(), "1450".to_owned())]);
        assert_eq!(
            told(&object),
            [
                "b_1/b_1 1r https://i.org/2/5/b_1.jp2/full/max/0/default.jpg",
                "b_1/b_1-2 1v https://i.org/2/5/b_1.jp2/full/full/0/default.jpg",
                "b_1/plain_one 2r https://i.org/plain%20one.jpg",
            ]
        );
    }

    #[test]
    fn manifests_of_version_2_become_objects() {
        let manifest = json!({
            "@type": "sc:Manifest", "label": [{ "@value": "Codex", "@language": "en" }],
            "attribution": "Us", "license": "http://example.org/by",
            "sequences": [{ "canvases": [{ "@type": "sc:Canvas", "label": "p. 1", "images": [{
                "resource": { "@type": "dctypes:Image", "service": {
                    "@context": "http://iiif.io/api/image/2/context.json",
                    "@id": "https://i.org/iiif/1" } },
            }] }] }],
        });
        let object = read("https://i.org/codex/manifest.json", &manifest).unwrap();
        assert_eq!((object.id.as_str(), object.label.as_str()), ("codex", "Codex"));
        assert_eq!(object.required_statement, Some(("Attribution".to_owned(), "Us".to_owned())));
        assert_eq!(told(&object), ["codex/1 p. 1 https://i.org/iiif/1/full/full/0/default.jpg"]);
    }

    #[test]
    fn what_shows_no_image_is_refused_and_names_stay_tame() {
        let error = read("https://i.org/m", &json!({ "type": "Manifest", "items": 3 }));
        assert!(error.unwrap_err().to_string().contains("shows no images"));
        for (address, name) in [
            ("https://i.org/a/..%2F..%2Fetc/manifest", "_._.._etc"),
            ("https://i.org/manifest.json", "object"),
            ("https://i.org/sets/12.json", "12"),
        ] {
            assert_eq!(name_of(&address.parse().unwrap()), name);
        }
    }
}
