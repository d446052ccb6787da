//! Collections of the groups that named queries tell apart, over HTTP.

use axum::http::{Method, StatusCode};
use catalogue::{AssetFields, Change, NewNamedQuery};
use serde_json::{Value, json};

use super::query_tests::{manifest, page, patch, save};
use crate::{
    DeliveryConfig,
    testing::{Library, NOW, Picture, ROOT},
};

const RIGHTS: &str = "http://creativecommons.org/publicdomain/mark/1.0/";
const BOOKS: &str = "/iiif-collection/2/books";

/// Pages of some volumes, one of which has a name that addresses have to spell otherwise, and things that are in none.
async fn shelf(config: DeliveryConfig) -> Library {
    let library = Library::with(config).await;
    for (name, volume, number) in [
        ("a1", "a/1", 1),
        ("b1", "b", 1),
        ("b2", "b", 2),
        ("c1", "ç 3", 7),
        ("d1", "d", 1),
        ("nameless", "", 1),
        ("dots", "..", 1),
    ] {
        library.add_with(name, Picture::small(), page(volume, number)).await;
    }
    library.add_with("loose", Picture::small(), AssetFields::default()).await;
    library.register("new", page("e", 1)).await;
    save(&library, "books", "space=p1&s1=p2&groupby=s1").await;
    library
}

fn members(collection: &Value) -> Vec<(&str, &str)> {
    let items = collection["items"].as_array().unwrap().iter();
    items.map(|it| (it["id"].as_str().unwrap(), it["label"]["none"][0].as_str().unwrap())).collect()
}

fn path(id: &str) -> &str {
    id.strip_prefix(ROOT).unwrap()
}

#[tokio::test]
async fn each_group_is_a_manifest_of_the_same_query() {
    let library = shelf(DeliveryConfig::default()).await;
    let collection = manifest(&library, &format!("{BOOKS}/5")).await;
    assert_eq!(collection["id"], format!("{ROOT}{BOOKS}/5"));
    assert_eq!(collection["type"], "Collection");
    assert_eq!(collection["label"], json!({"en": ["Generated from 'books' named query"]}));
    assert_eq!(collection.get("partOf"), None);
    let address = |argument: &str| format!("{ROOT}/iiif-resource/2/books/5/{argument}");
    let expected = [("a%2F1", "a/1"), ("b", "b"), ("d", "d"), ("%C3%A7%203", "ç 3")];
    let expected = expected.map(|(argument, label)| (address(argument), label));
    let members = members(&collection);
    assert_eq!(members, expected.each_ref().map(|(id, label)| (id.as_str(), *label)));
    for ((id, _), canvases) in members.iter().zip([1, 2, 1, 1]) {
        let group = manifest(&library, path(id)).await;
        assert_eq!((&group["id"], &group["type"]), (&json!(id), &json!("Manifest")));
        assert_eq!(group["items"].as_array().unwrap().len(), canvases, "{id}");
    }
}

#[tokio::test]
async fn a_collection_is_given_in_both_versions_and_told_apart_by_its_tag() {
    let library = shelf(DeliveryConfig::default()).await;
    let second = manifest(&library, "/iiif-collection/v2/wellcome/books/5").await;
    assert_eq!(second["@type"], "sc:Collection");
    let first = &second["manifests"][0];
    assert_eq!(first["@id"], format!("{ROOT}/iiif-resource/v2/wellcome/books/5/a%2F1"));
    assert_eq!(
        manifest(&library, path(first["@id"].as_str().unwrap())).await["@type"],
        "sc:Manifest"
    );
    let wanted = r#"application/ld+json;profile="http://iiif.io/api/presentation/2/context.json""#;
    let negotiated = library.get_with(&format!("{BOOKS}/5"), "accept", wanted).await;
    assert_eq!(negotiated.header("content-type"), wanted);
    assert_eq!(negotiated.json()["@id"], format!("{ROOT}/iiif-collection/v2/2/books/5"));

    let reply = library.get(&format!("{BOOKS}/5")).await;
    assert_eq!(reply.header("cache-control"), "public, max-age=300, s-maxage=300");
    let head = library.ask(Method::HEAD, &format!("{BOOKS}/5"), &[]).await;
    assert_eq!(head.header("content-length"), reply.body.len().to_string());
    assert_eq!((head.header("etag"), head.body.len()), (reply.header("etag"), 0));
    let tag = [("if-none-match", reply.header("etag"))];
    let same = library.ask(Method::GET, &format!("{BOOKS}/5"), &tag).await;
    assert_eq!(same.status, StatusCode::NOT_MODIFIED);
    patch(&library, "loose", &page("z", 1)).await;
    let changed = library.ask(Method::GET, &format!("{BOOKS}/5"), &tag).await;
    assert_eq!(changed.status, StatusCode::OK, "there is a group more");
}

#[tokio::test]
async fn more_than_one_collection_holds_is_a_collection_of_collections() {
    let config = DeliveryConfig { max_members: 3, ..DeliveryConfig::default() };
    let library = shelf(config).await;
    let whole = manifest(&library, &format!("{BOOKS}/5")).await;
    let parts = members(&whole);
    let labels: Vec<_> = parts.iter().map(|(_, label)| *label).collect();
    assert_eq!(labels, ["a/1 – d", "ç 3"]);
    assert!(whole["items"].as_array().unwrap().iter().all(|it| it["type"] == "Collection"));
    let mut all = Vec::new();
    for (id, _) in &parts {
        let part = manifest(&library, path(id)).await;
        assert_eq!((part["id"].as_str(), &part["type"]), (Some(*id), &json!("Collection")));
        assert_eq!(part["partOf"], json!([{"id": whole["id"], "type": "Collection"}]));
        all.extend(members(&part).into_iter().map(|(_, label)| label.to_owned()));
    }
    assert_eq!(all, ["a/1", "b", "d", "ç 3"]);
    let second = manifest(&library, "/iiif-collection/v2/2/books/5").await;
    assert_eq!(second["collections"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn groups_are_named_by_the_query_if_it_does() {
    let library = shelf(DeliveryConfig::default()).await;
    for (name, label) in [("named", "Volume {s1}"), ("same", "The shelf")] {
        let new = NewNamedQuery {
            name: name.into(),
            template: "s1=p1&groupby=s1".into(),
            global: false,
            presentation: Some(
                json!({"label": label, "summary": "{s1}", "rights": RIGHTS}).to_string(),
            ),
        };
        library.catalogue.create_named_query(2, &new, NOW).await.unwrap();
    }
    let named = manifest(&library, "/iiif-collection/2/named").await;
    assert_eq!(named["label"]["en"][0], "Generated from 'named' named query");
    assert_eq!((&named["rights"], named.get("summary")), (&json!(RIGHTS), None), "what all share");
    assert_eq!(members(&named)[1], (&*format!("{ROOT}/iiif-resource/2/named/b"), "Volume b"));
    let same = manifest(&library, "/iiif-collection/2/same/").await;
    assert_eq!(same["label"]["none"][0], "The shelf");
    assert_eq!(members(&same)[1], (&*format!("{ROOT}/iiif-resource/2/same/b"), "b"));
}

#[tokio::test]
async fn groups_may_be_told_by_numbers_and_spaces() {
    let library = shelf(DeliveryConfig::default()).await;
    for (name, number) in [("b1", -2), ("a1", 10)] {
        let number2 = Change::Set(number);
        patch(&library, name, &AssetFields { number2, ..AssetFields::default() }).await;
    }
    save(&library, "years", "n2=p1&groupby=n2").await;
    let years = manifest(&library, "/iiif-collection/2/years").await;
    let labels: Vec<_> = members(&years).into_iter().map(|(_, label)| label).collect();
    assert_eq!(labels, ["-2", "0", "10"]);
    save(&library, "rooms", "s1=p1!&space=p2&groupby=space").await;
    let rooms = manifest(&library, "/iiif-collection/2/rooms/b").await;
    assert_eq!(rooms["items"][0]["id"], format!("{ROOT}/iiif-resource/2/rooms/b/5"));
    assert_eq!(rooms["items"][0]["label"], json!({"en": ["Space 5"]}));
}

#[tokio::test]
async fn every_fault_of_a_collection_is_told() {
    let library = shelf(DeliveryConfig::default()).await;
    save(&library, "plain", "s1=p1").await;
    save(&library, "years", "n2=p1&groupby=n2").await;
    let (unknown, bad) = (StatusCode::NOT_FOUND, StatusCode::BAD_REQUEST);
    for (path, status, text) in [
        ("2/other/5", unknown, "no such named query"),
        ("2/books/6", unknown, "finds nothing"),
        ("2/books/5?from=%C3%A9zz", unknown, "finds nothing"),
        ("2/plain", bad, "its template has no groupby"),
        ("2/books", bad, "argument 1 is missing"),
        ("2/books/5/b", bad, "argument 2 tells one group"),
        ("2/books/five", bad, "argument 1 ('five') does not fit"),
        ("2/books/5?from=%FF", bad, "from must be"),
        ("2/books/5?from=..", bad, "from must be"),
        ("2/years?from=x", bad, "from must be"),
    ] {
        let reply = library.get(&format!("/iiif-collection/{path}")).await;
        assert_eq!(reply.status, status, "{path}: {reply:?}");
        assert!(reply.text().contains(text), "{path}: {}", reply.text());
    }
    let post = library.ask(Method::POST, BOOKS, &[]).await;
    assert_eq!(post.status, StatusCode::METHOD_NOT_ALLOWED);
}
