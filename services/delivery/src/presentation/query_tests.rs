//! What named queries find, over HTTP.

use axum::http::{Method, StatusCode};
use catalogue::{AssetFields, Change, Expected, NamedQueryFields, NewNamedQuery, Priority};
use serde_json::{Value, json};

use crate::{
    DeliveryConfig,
    testing::{Library, NOW, Picture, ROOT},
};

const BOOK: &str = "/iiif-resource/2/book";

pub(super) fn page(string1: &str, number1: i64) -> AssetFields {
    AssetFields {
        string1: Change::Set(string1.to_owned()),
        number1: Change::Set(number1),
        ..Default::default()
    }
}

/// Three pages of a volume, registered out of order.
async fn volume() -> Library {
    shelve(Library::in_memory().await).await
}

async fn shelve(library: Library) -> Library {
    for (name, number) in [("c", 3), ("a", 1), ("b 2", 2)] {
        library.add_with(name, Picture::small(), page("vol", number)).await;
    }
    save(&library, "book", "assetOrder=n1&s1=p1&n2=p2").await;
    library
}

pub(super) async fn save(library: &Library, name: &str, template: &str) {
    let new = NewNamedQuery {
        name: name.into(),
        template: template.into(),
        global: false,
        presentation: None,
    };
    library.catalogue.create_named_query(2, &new, NOW).await.unwrap();
}

fn asks(template: &str) -> NamedQueryFields {
    NamedQueryFields { template: template.into(), presentation: Change::Keep }
}

async fn change(library: &Library, query: &str, fields: &NamedQueryFields) {
    let changed = library.catalogue.put_named_query(2, query, fields, &Expected::Whatever, NOW);
    changed.await.unwrap();
}

pub(super) async fn patch(library: &Library, name: &str, fields: &AssetFields) {
    let id = format!("2/5/{name}").parse().unwrap();
    library.catalogue.patch_asset(&id, fields, Priority::Normal, NOW).await.unwrap();
}

/// The names of the assets that the canvases show, in order.
fn shown(manifest: &Value) -> String {
    let canvases = manifest["items"].as_array().or(manifest["sequences"][0]["canvases"].as_array());
    let name = |canvas: &Value| {
        let id = canvas.get("id").or(canvas.get("@id")).unwrap().as_str().unwrap();
        id.rsplit('/').nth(3).unwrap().to_owned()
    };
    canvases.unwrap().iter().map(name).collect::<Vec<_>>().join(" ")
}

pub(super) async fn manifest(library: &Library, path: &str) -> Value {
    let reply = library.get(path).await;
    assert_eq!(reply.status, StatusCode::OK, "{path}: {reply:?}");
    reply.json()
}

#[tokio::test]
async fn what_is_found_is_a_manifest_in_order() {
    let library = volume().await;
    let reply = library.get("/iiif-resource/wellcome/book/vol").await;
    assert_eq!(reply.header("cache-control"), "public, max-age=300, s-maxage=300");
    assert_eq!(reply.header("vary"), "Accept, Accept-Encoding");
    assert_eq!(reply.header("access-control-allow-origin"), "*");
    assert_eq!(reply.header("last-modified"), "", "taking an asset away would not change it");
    let manifest = reply.json();
    assert_eq!(manifest["id"], format!("{ROOT}/iiif-resource/wellcome/book/vol"));
    assert_eq!(manifest["type"], "Manifest");
    assert_eq!(manifest["label"], json!({"en": ["Generated from 'book' named query"]}));
    assert_eq!(manifest["metadata"][1]["value"]["none"][0], "2026-11-20T08:49:37Z");
    assert_eq!(shown(&manifest), "a b%202 c");
    assert_eq!(manifest["thumbnail"], manifest["items"][0]["thumbnail"]);
    for (number, canvas) in (1..).zip(manifest["items"].as_array().unwrap()) {
        let id = canvas["id"].as_str().unwrap();
        assert!(id.ends_with(&format!("/canvas/c/{number}")), "{id}");
        assert_eq!(canvas["label"], json!({"en": [format!("Canvas {number}")]}));
    }
    let version_2 = self::manifest(&library, "/iiif-resource/v2/2/book/vol").await;
    assert_eq!(version_2["@type"], "sc:Manifest");
    assert_eq!(shown(&version_2), "a b%202 c");
}

/// A canvas says the same of an asset wherever it is.
#[tokio::test]
async fn a_canvas_is_that_of_the_single_assets_manifest() {
    let library = volume().await;
    for version in ["", "v2/", "v3/"] {
        let single = manifest(&library, &format!("/iiif-manifest/{version}2/5/a")).await;
        let found = manifest(&library, &format!("/iiif-resource/{version}2/book/vol")).await;
        match version {
            "v2/" => {
                let first = |it: &Value| it["sequences"][0]["canvases"][0].clone();
                assert_eq!(first(&found), first(&single));
            }
            _ => assert_eq!(found["items"][0], single["items"][0]),
        }
    }
}

/// iiif-builder reads thumbnails and the order of pages, iiif-presentation the ids of canvases.
#[tokio::test]
async fn clients_of_the_dlcs_find_what_they_read() {
    let library = volume().await;
    let manifest = manifest(&library, "/iiif-resource/wellcome/book/vol?ts=638").await;
    for (name, canvas) in ["a", "b%202", "c"].iter().zip(manifest["items"].as_array().unwrap()) {
        let services = canvas["thumbnail"][0]["service"].as_array().unwrap();
        let service = services.iter().find(|it| it["@type"] == "ImageService2").unwrap();
        assert_eq!(service["@id"].as_str().unwrap().rsplit('/').next(), Some(*name));
        assert!(service["sizes"].as_array().unwrap().len() > 1, "{service}");
    }
    save(&library, "manifest-query", "manifest=p1").await;
    let manifests = Change::Set(vec!["m 1".to_owned()]);
    patch(&library, "c", &AssetFields { manifests, ..Default::default() }).await;
    let path = "/iiif-resource/v3/2/manifest-query/m%201?cacheBust=7";
    let found = self::manifest(&library, path).await;
    let canvas = found["items"][0]["id"].as_str().unwrap();
    assert_eq!(canvas, format!("{ROOT}/iiif-img/2/5/c/canvas/c/1"));
}

#[tokio::test]
async fn the_version_and_the_copy_are_negotiated() {
    let library = volume().await;
    let path = format!("{BOOK}/vol");
    let version_2 =
        r#"application/ld+json;profile="http://iiif.io/api/presentation/2/context.json""#;
    let reply = library.get_with(&path, "accept", version_2).await;
    assert_eq!(reply.header("content-type"), version_2);
    assert_eq!(reply.json()["@id"], format!("{ROOT}/iiif-resource/v2/2/book/vol"));

    let plain = library.get(&path).await;
    let gzip = [("accept-encoding", "gzip")];
    let zipped = library.ask(Method::GET, &path, &gzip).await;
    assert_eq!(zipped.header("content-encoding"), "gzip");
    assert_ne!(zipped.header("etag"), plain.header("etag"));
    assert!(zipped.body.len() * 4 < plain.body.len());
    let head = library.ask(Method::HEAD, &path, &gzip).await;
    assert_eq!(head.header("content-length"), zipped.body.len().to_string());
    assert_eq!((head.header("etag"), head.body.len()), (zipped.header("etag"), 0));
    for (reply, header) in [(&plain, None), (&zipped, Some(gzip[0]))] {
        let tag = ("if-none-match", reply.header("etag"));
        let headers: Vec<_> = header.into_iter().chain([tag]).collect();
        let again = library.ask(Method::GET, &path, &headers).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    }
}

#[tokio::test]
async fn every_fault_is_told() {
    let library = volume().await;
    let (unknown, bad) = (StatusCode::NOT_FOUND, StatusCode::BAD_REQUEST);
    for (path, status, text) in [
        ("2/other/vol", unknown, "no such named query"),
        ("nobody/book/vol", unknown, "no such named query"),
        ("99/book/vol", unknown, "no such named query"),
        ("2/%ff/vol", unknown, "no such named query"),
        ("2", unknown, "nothing at this address"),
        ("2/book/none", unknown, "finds nothing"),
        ("2/book", bad, "needs arguments"),
        ("2/book/vol/x", bad, "argument 2 ('x') does not fit: 'n2' must be a whole number"),
        ("2/book/%ff", bad, "encoded as UTF-8"),
        ("2/book/vol?page=0", bad, "page must be"),
    ] {
        for service in ["iiif-resource", "raw-resource"] {
            let reply = library.get(&format!("/{service}/{path}")).await;
            assert_eq!(reply.status, status, "{service} {path}: {reply:?}");
            assert!(reply.text().contains(text), "{service} {path}: {}", reply.text());
            assert_eq!(reply.header("cache-control"), "no-store");
        }
    }
    assert_eq!(library.get(&format!("{BOOK}/vol?page=2")).await.status, unknown);
    let post = library.ask(Method::POST, &format!("{BOOK}/vol"), &[]).await;
    assert_eq!(post.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(library.ask(Method::OPTIONS, BOOK, &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_encoded_slash_belongs_to_its_argument() {
    let library = volume().await;
    library.add_with("d", Picture::small(), page("vol/12", 1)).await;
    for path in ["vol%2F12", "vol%2f12"] {
        assert_eq!(shown(&manifest(&library, &format!("{BOOK}/{path}")).await), "d");
    }
    assert_eq!(library.get(&format!("{BOOK}/vol/12")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_change_shows_at_once() {
    let library = volume().await;
    let path = format!("{BOOK}/vol");
    let label = |manifest: &Value| manifest["items"][0]["metadata"].to_string();
    assert_eq!(shown(&manifest(&library, &path).await), "a b%202 c");
    let etag = library.get(&path).await.header("etag").to_owned();

    let string2 = Change::Set("changed".to_owned());
    patch(&library, "a", &AssetFields { string2, ..Default::default() }).await;
    assert!(label(&manifest(&library, &path).await).contains("changed"));
    assert_ne!(library.get(&path).await.header("etag"), etag);

    patch(&library, "a", &page("vol", 9)).await;
    assert_eq!(shown(&manifest(&library, &path).await), "b%202 c a");
    patch(&library, "a", &page("another", 9)).await;
    assert_eq!(shown(&manifest(&library, &path).await), "b%202 c");
    library.add_with("d", Picture::small(), page("vol", 0)).await;
    assert_eq!(shown(&manifest(&library, &path).await), "d b%202 c");
    let id = "2/5/d".parse().unwrap();
    library.catalogue.delete_asset(&id, &Expected::Whatever, NOW).await.unwrap();
    assert_eq!(shown(&manifest(&library, &path).await), "b%202 c");

    let query = library.catalogue.named_query_called(2, "book").await.unwrap().unwrap();
    change(&library, &query.id, &asks("s1=p1&assetOrder=n1+desc")).await;
    assert_eq!(shown(&manifest(&library, &path).await), "c b%202");
    for name in ["b 2", "c"] {
        patch(&library, name, &page("gone", 0)).await;
    }
    assert_eq!(library.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_same_assets_make_the_same_document_however_it_came_about() {
    let (library, other) = (volume().await, volume().await);
    let path = format!("{BOOK}/vol");
    manifest(&library, &path).await;
    for number in [7, 1] {
        patch(&library, "a", &page("vol", number)).await;
        manifest(&library, &path).await;
    }
    assert_eq!(manifest(&library, &path).await, manifest(&other, &path).await);
}

#[tokio::test]
async fn what_is_not_ready_is_left_out_and_the_others_keep_their_number() {
    let library = volume().await;
    library.register("new", page("vol", 0)).await;
    let found = manifest(&library, &format!("{BOOK}/vol")).await;
    assert_eq!(shown(&found), "a b%202 c");
    assert!(found["items"][0]["id"].as_str().unwrap().ends_with("/canvas/c/2"));
    library.register("alone", page("alone", 0)).await;
    assert_eq!(library.get(&format!("{BOOK}/alone")).await.status, StatusCode::NOT_FOUND);
    let raw = library.get("/raw-resource/2/book/alone").await;
    assert_eq!(raw.json(), json!(["2/5/alone"]));
}

#[tokio::test]
async fn a_restricted_asset_is_shown_as_strangers_see_it() {
    let library = volume().await;
    let fields = AssetFields {
        roles: Change::Set(vec!["staff".to_owned()]),
        open_full_max: Change::Set(400),
        ..Default::default()
    };
    patch(&library, "c", &fields).await;
    library.ingest(Picture::small()).await;
    let found = manifest(&library, &format!("{BOOK}/vol")).await;
    let body = &found["items"][2]["items"][0]["items"][0]["body"];
    assert_eq!(body["id"], format!("{ROOT}/iiif-img/2/5/c/full/400,267/0/default.jpg"));
}

#[tokio::test]
async fn more_than_one_manifest_holds_is_a_collection_of_manifests() {
    let config = DeliveryConfig { max_canvases: 2, ..DeliveryConfig::default() };
    let library = shelve(Library::with(config).await).await;
    let path = format!("{BOOK}/vol");
    let collection = manifest(&library, &path).await;
    assert_eq!(collection["type"], "Collection");
    let items = collection["items"].as_array().unwrap();
    let labels: Vec<_> = items.iter().map(|item| &item["label"]["en"][0]).collect();
    assert_eq!(labels, ["Canvases 1 to 2", "Canvases 3 to 3"]);
    let mut all = Vec::new();
    for item in items {
        let path = item["id"].as_str().unwrap().strip_prefix(ROOT).unwrap();
        let page = manifest(&library, path).await;
        assert_eq!((&page["id"], &page["type"]), (&item["id"], &json!("Manifest")));
        all.push(shown(&page));
    }
    assert_eq!(all.join(" "), "a b%202 c");
    let version_2 = manifest(&library, "/iiif-resource/v2/2/book/vol").await;
    assert_eq!(version_2["manifests"].as_array().unwrap().len(), 2);

    patch(&library, "c", &page("another", 0)).await;
    assert_eq!(manifest(&library, &path).await["type"], "Manifest");
}

#[tokio::test]
async fn the_ids_alone_are_a_list() {
    let library = volume().await;
    let reply = library.get("/raw-resource/wellcome/book/vol").await;
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.json(), json!(["2/5/a", "2/5/b 2", "2/5/c"]));
    let tag = reply.header("etag").to_owned();
    let again = library.get_with("/raw-resource/wellcome/book/vol", "if-none-match", &tag).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn those_who_ask_at_once_get_the_same() {
    let library = volume().await;
    let path = format!("{BOOK}/vol");
    let asking = (0..20).map(|_| library.get_with(&path, "accept-encoding", "gzip"));
    let replies = futures_util::future::join_all(asking).await;
    for reply in &replies {
        assert_eq!(reply.body, replies[0].body);
    }
}

/// What the query says of its manifests, with what was asked for put in.
#[tokio::test]
async fn a_query_says_what_its_manifests_are() {
    let library = volume().await;
    let said = json!({
        "label": {"de": ["Band {s1}"]},
        "rights": "https://creativecommons.org/publicdomain/mark/1.0/",
        "requiredStatement": {"label": "Attribution", "value": "The Library"},
        "viewingDirection": "right-to-left",
        "behavior": ["paged"],
        "metadata": [{"label": "Call number", "value": "{s1}"}],
        "seeAlso": [{"id": "https://example.org/mods/{s1}.xml", "type": "Dataset",
            "profile": "http://www.loc.gov/mods/v3"}],
        "provider": [{"id": "https://example.org", "label": "The Library"}],
    });
    let new = NewNamedQuery {
        name: "said".into(),
        template: "s1=p1".into(),
        global: false,
        presentation: Some(said.to_string()),
    };
    let made = library.catalogue.create_named_query(2, &new, NOW).await.unwrap();
    library.add_with("d", Picture::small(), page("a/b ?", 1)).await;
    let path = "/iiif-resource/2/said/a%2Fb%20%3F";
    let found = manifest(&library, path).await;
    assert_eq!(found["label"], json!({"de": ["Band a/b ?"]}));
    assert_eq!(found["rights"], "http://creativecommons.org/publicdomain/mark/1.0/");
    assert_eq!(found["viewingDirection"], "right-to-left");
    assert_eq!(found["metadata"][0]["value"], json!({"none": ["a/b ?"]}));
    assert_eq!(found["seeAlso"][0]["id"], "https://example.org/mods/a%2Fb%20%3F.xml");
    assert_eq!(found["provider"][0]["type"], "Agent");
    let version_2 = manifest(&library, "/iiif-resource/v2/2/said/vol").await;
    assert_eq!(version_2["viewingHint"], "paged");
    assert_eq!(version_2["attribution"], "The Library");

    let presentation = Change::Set(json!({"label": "Changed"}).to_string());
    let fields = NamedQueryFields { presentation, ..asks("s1=p1") };
    change(&library, &made.id, &fields).await;
    assert_eq!(manifest(&library, path).await["label"], json!({"none": ["Changed"]}));
}

#[tokio::test]
async fn canvases_have_labels_and_ranges_of_a_property() {
    let library = volume().await;
    for (name, label, chapter) in
        [("a", "1r", Some("I")), ("b 2", "1v", Some("I")), ("c", "2r", None)]
    {
        let fields = AssetFields {
            string2: Change::Set(label.to_owned()),
            string3: chapter.map_or(Change::Clear, |text| Change::Set(text.to_owned())),
            ..Default::default()
        };
        patch(&library, name, &fields).await;
    }
    library.add_with("d", Picture::small(), page("vol", 4)).await;
    patch(&library, "d", &AssetFields { string3: Change::Set("I".into()), ..Default::default() })
        .await;
    save(&library, "read", "s1=p1&canvaslabel=s2&ranges=s3").await;
    let found = manifest(&library, "/iiif-resource/2/read/vol").await;
    let canvases = found["items"].as_array().unwrap();
    let labels: Vec<_> = canvases.iter().map(|canvas| canvas["label"].to_string()).collect();
    assert_eq!(
        labels.join(" "),
        r#"{"none":["1r"]} {"none":["1v"]} {"none":["2r"]} {"en":["Canvas 4"]}"#
    );
    let ranges = found["structures"].as_array().unwrap();
    assert_eq!(ranges.len(), 2, "what is interrupted begins anew: {ranges:?}");
    assert_eq!(ranges[0]["id"], format!("{ROOT}/iiif-resource/2/read/vol#range-1"));
    assert_eq!(ranges[0]["label"], json!({"none": ["I"]}));
    let first: Vec<_> = canvases[..2].iter().map(|canvas| &canvas["id"]).collect();
    let items = ranges[0]["items"].as_array().unwrap();
    assert_eq!(items.iter().map(|item| &item["id"]).collect::<Vec<_>>(), first);
    let version_2 = manifest(&library, "/iiif-resource/v2/2/read/vol").await;
    assert_eq!(version_2["structures"][0]["canvases"].as_array().unwrap().len(), 2);
}
