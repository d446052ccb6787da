//! Manifests over HTTP.

use axum::http::StatusCode;
use catalogue::{AssetFields, Change, ChannelChoice, Priority, WantedChannel};
use model::DeliveryChannel;
use serde_json::{Value, json};

use crate::testing::{Library, NOW, Picture, ROOT, recording};

const LD_2: &str =
    r#"application/ld+json;profile="http://iiif.io/api/presentation/2/context.json""#;
const LD_3: &str =
    r#"application/ld+json;profile="http://iiif.io/api/presentation/3/context.json""#;

fn described() -> AssetFields {
    AssetFields {
        string1: Change::Set("vol-12".to_owned()),
        number1: Change::Set(7),
        tags: Change::Set(vec!["red".to_owned(), "blue".to_owned()]),
        ..Default::default()
    }
}

fn restricted(open_full_max: u32) -> AssetFields {
    let role = "https://api.example.org/customers/2/roles/staff".to_owned();
    AssetFields {
        roles: Change::Set(vec![role]),
        open_full_max: Change::Set(open_full_max),
        ..Default::default()
    }
}

async fn canvas(library: &Library, name: &str) -> Value {
    let reply = library.get(&format!("/iiif-manifest/2/5/{name}")).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    reply.json()["items"][0].clone()
}

#[tokio::test]
async fn an_asset_is_a_manifest_of_one_canvas() {
    let library = Library::in_memory().await;
    library.add_with("ms 1", Picture::small(), described()).await;
    let reply = library.get("/iiif-manifest/2/5/ms%201").await;
    assert_eq!(reply.header("content-type"), LD_3);
    assert_eq!(reply.header("vary"), "Accept, Accept-Encoding");
    assert_eq!(reply.header("x-asset-id"), "2/5/ms%201");
    let manifest = reply.json();
    assert_eq!(manifest["@context"], "http://iiif.io/api/presentation/3/context.json");
    assert_eq!(manifest["id"], format!("{ROOT}/iiif-manifest/2/5/ms%201"));
    assert_eq!(manifest["type"], "Manifest");

    let canvas = &manifest["items"][0];
    let id = format!("{ROOT}/iiif-img/2/5/ms%201/canvas/c/1");
    assert_eq!(canvas["id"], id);
    assert_eq!((&canvas["width"], &canvas["height"]), (&json!(1500), &json!(1000)));
    let metadata = canvas["metadata"].as_array().unwrap();
    let entry = |label: &str| {
        let entry = metadata.iter().find(|entry| entry["label"]["en"][0] == label);
        entry.map(|entry| entry["value"]["none"][0].as_str().unwrap())
    };
    assert_eq!(entry("String 1"), Some("vol-12"));
    assert_eq!(entry("String 2"), None);
    assert_eq!(entry("Number 1"), Some("7"));
    assert_eq!(entry("Tags"), Some("red,blue"));

    let painting = &canvas["items"][0]["items"][0];
    assert_eq!(painting["target"], id);
    let body = &painting["body"];
    assert_eq!(body["id"], format!("{ROOT}/iiif-img/2/5/ms%201/full/1024,683/0/default.jpg"));
    assert_eq!((&body["width"], &body["height"]), (&json!(1024), &json!(683)));
    let services = body["service"].as_array().unwrap();
    assert_eq!(services[0]["@type"], "ImageService2");
    assert_eq!(services[0]["@id"], format!("{ROOT}/iiif-img/v2/2/5/ms%201"));
    assert_eq!(services[1]["type"], "ImageService3");
    assert_eq!(services[1]["id"], format!("{ROOT}/iiif-img/2/5/ms%201"));
    assert_eq!(services[1]["sizes"].as_array().unwrap().len(), 4);

    let thumbnail = &canvas["thumbnail"][0];
    assert_eq!(thumbnail["id"], format!("{ROOT}/thumbs/2/5/ms%201/full/200,133/0/default.jpg"));
    assert_eq!(thumbnail["service"][1]["id"], format!("{ROOT}/thumbs/2/5/ms%201"));
}

/// Whatever a viewer finds in a manifest leads to an answer, and none of them is drawn.
#[tokio::test]
async fn everything_in_a_manifest_is_there() {
    let library = Library::in_memory().await;
    library.add("a", Picture::small()).await;
    let canvas = canvas(&library, "a").await;
    let body = &canvas["items"][0]["items"][0]["body"];
    for image in [body, &canvas["thumbnail"][0]] {
        let path = |id: &Value| id.as_str().unwrap().strip_prefix(ROOT).unwrap().to_owned();
        let reply = library.get(&path(&image["id"])).await;
        let (w, h) = reply.jpeg_extent();
        assert_eq!((&json!(w), &json!(h)), (&image["width"], &image["height"]));
        for service in image["service"].as_array().unwrap() {
            let id = service.get("id").or(service.get("@id")).unwrap();
            let info = library.get(&format!("{}/info.json", path(id))).await.json();
            assert_eq!(info.get("id").or(info.get("@id")).unwrap(), id);
            for size in service["sizes"].as_array().unwrap() {
                let size = format!("{},{}", size["width"], size["height"]);
                let reply = library.get(&format!("{}/full/{size}/0/default.jpg", path(id))).await;
                assert_eq!(reply.status, StatusCode::OK, "{id} {size}");
            }
        }
    }
    assert_eq!(library.counts.of("drawn"), 0);
    assert_eq!(library.get("/iiif-img/2/5/a/canvas/c/1").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_version_is_negotiated() {
    let library = Library::in_memory().await;
    library.add("a", Picture::small()).await;
    for (prefix, accept, content_type, own) in [
        ("", "*/*", LD_3, ""),
        ("", "application/json, text/javascript, text/plain", "application/json", ""),
        ("", LD_2, LD_2, "v2/"),
        ("v3/", LD_2, LD_3, "v3/"),
        ("v2/", "*/*", "application/json", "v2/"),
    ] {
        let path = format!("/iiif-manifest/{prefix}2/5/a");
        let reply = library.get_with(&path, "accept", accept).await;
        assert_eq!(reply.header("content-type"), content_type, "{path} {accept}");
        let manifest = reply.json();
        let id = manifest.get("id").or(manifest.get("@id")).unwrap();
        assert_eq!(*id, format!("{ROOT}/iiif-manifest/{own}2/5/a"), "{path} {accept}");
    }
    let manifest = library.get("/iiif-manifest/v2/2/5/a").await.json();
    let canvas = &manifest["sequences"][0]["canvases"][0];
    assert_eq!(canvas["@id"], format!("{ROOT}/iiif-img/2/5/a/canvas/c/1"), "the same in both");
}

#[tokio::test]
async fn a_restricted_image_is_painted_at_its_largest_open_size() {
    let library = Library::in_memory().await;
    library.add_with("a", Picture::small(), restricted(400)).await;
    let some = canvas(&library, "a").await;
    let body = &some["items"][0]["items"][0]["body"];
    assert_eq!(body["id"], format!("{ROOT}/iiif-img/2/5/a/full/400,267/0/default.jpg"));
    assert_eq!(body["service"][1]["sizes"].as_array().unwrap().len(), 3);

    library.add_with("b", Picture::small(), restricted(0)).await;
    let none = canvas(&library, "b").await;
    let body = &none["items"][0]["items"][0]["body"];
    assert_eq!(body["id"], format!("{ROOT}/iiif-img/2/5/b/full/max/0/default.jpg"));
    assert!(none.get("thumbnail").is_none());
}

#[tokio::test]
async fn a_copy_that_is_still_good_is_not_sent_again() {
    let library = Library::in_memory().await;
    library.add("a", Picture::small()).await;
    let path = "/iiif-manifest/2/5/a";
    let etag = library.get(path).await.header("etag").to_owned();
    let reply = library.get_with(path, "if-none-match", &etag).await;
    assert_eq!(reply.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn what_is_not_there_has_no_manifest() {
    let library = Library::in_memory().await;
    for path in ["/iiif-manifest/2/5/b", "/iiif-manifest/2/5/b/c", "/iiif-manifest/2/5/a%2Fb"] {
        assert_eq!(library.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

pub(super) fn delivered_by(channels: &[DeliveryChannel]) -> AssetFields {
    let wanted = |channel: &DeliveryChannel| WantedChannel { channel: *channel, policy: None };
    let channels = channels.iter().map(wanted).collect();
    AssetFields { channels: Change::Set(ChannelChoice::These(channels)), ..Default::default() }
}

#[tokio::test]
async fn the_file_of_an_image_is_there_to_be_had() {
    let library = Library::in_memory().await;
    let both = delivered_by(&[DeliveryChannel::IiifImg, DeliveryChannel::File]);
    library.add_with("a", Picture::small(), both.clone()).await;
    let file = &canvas(&library, "a").await["rendering"][0];
    assert_eq!(file["id"], format!("{ROOT}/file/2/5/a"));
    assert_eq!((&file["type"], &file["format"]), (&json!("Image"), &json!("image/tiff")));
    assert_eq!(file["behavior"], json!(["original"]));
    let closed = AssetFields { channels: both.channels, ..restricted(400) };
    library.add_with("closed", Picture::small(), closed).await;
    assert_eq!(canvas(&library, "closed").await["rendering"], Value::Null);
}

#[tokio::test]
async fn a_file_that_is_no_image_has_a_placeholder() {
    let library = Library::in_memory().await;
    library.add("a", Picture::small()).await;
    let media_type = Change::Set("application/pdf".parse().unwrap());
    let fields = AssetFields { media_type, ..delivered_by(&[DeliveryChannel::File]) };
    let id = "2/5/a".parse().unwrap();
    library.catalogue.patch_asset(&id, &fields, Priority::Normal, NOW).await.unwrap();
    let canvas = canvas(&library, "a").await;
    assert_eq!((&canvas["width"], &canvas["height"]), (&json!(1000), &json!(1000)));
    assert_eq!(canvas["behavior"], json!(["placeholder"]));
    assert_eq!(canvas["rendering"][0]["type"], "Text");
    let picture = &canvas["items"][0]["items"][0]["body"]["id"];
    assert_eq!(*picture, format!("{ROOT}/static/application/placeholder.png"));
    let reply = library.get("/static/application/placeholder.png").await;
    assert_eq!((reply.status, reply.header("content-type")), (StatusCode::OK, "image/png"));
    assert_eq!(&reply.body[16..24], [0, 0, 0x03, 0xe8, 0, 0, 0x03, 0xe8], "as large as told");
    let version_2 = library.get("/iiif-manifest/v2/2/5/a").await;
    assert_eq!(version_2.status, StatusCode::NOT_FOUND, "which knows images alone");
}

#[tokio::test]
async fn a_film_is_a_canvas_that_lasts_with_a_choice_of_what_was_made_of_it() {
    let library = Library::in_memory().await;
    library.add_recording("film", &recording(), AssetFields::default()).await;
    let canvas = canvas(&library, "film").await;
    assert_eq!((&canvas["width"], &canvas["height"]), (&json!(1920), &json!(1080)));
    assert_eq!(canvas["duration"], json!(12.5));
    let av = format!("{ROOT}/iiif-av/2/5/film");
    let body = &canvas["items"][0]["items"][0]["body"];
    assert_eq!(body["type"], "Choice");
    let items = body["items"].as_array().unwrap();
    let told: Vec<_> = items.iter().map(|item| (&item["type"], &item["format"])).collect();
    let (video, sound) = (json!("Video"), json!("Sound"));
    let formats = ["video/mp4", "video/mp4", "application/vnd.apple.mpegurl", "audio/mpeg"];
    let formats = formats.map(|format| json!(format));
    let expected = [&video, &video, &video, &sound].into_iter().zip(&formats);
    assert_eq!(told, expected.collect::<Vec<_>>());
    assert_eq!(items[0]["id"], format!("{av}/full/full/max/max/0/default.mp4"));
    assert_eq!((&items[1]["width"], &items[1]["duration"]), (&json!(1280), &json!(12.5)));
    assert_eq!(items[3].get("width"), None);
    assert_eq!(canvas["thumbnail"][0]["id"], format!("{av}/poster.jpg"));
    let waiting = &canvas["placeholderCanvas"];
    assert_eq!(waiting["items"][0]["items"][0]["body"]["id"], format!("{av}/poster.jpg"));
    for item in items.iter().chain([&canvas["thumbnail"][0]]) {
        let path = item["id"].as_str().unwrap().strip_prefix(ROOT).unwrap();
        assert_eq!(library.get(path).await.header("content-type"), item["format"], "{path}");
    }
    let version_2 = library.get("/iiif-manifest/v2/2/5/film").await;
    assert_eq!(version_2.status, StatusCode::NOT_FOUND, "which knows images alone");
}

#[tokio::test]
async fn a_lone_recording_is_no_choice_and_sound_has_no_edges() {
    let library = Library::in_memory().await;
    let mut sound = recording();
    sound.transcodes.retain(|own| own.extent.is_none());
    sound.poster = None;
    library.add_recording("song", &sound, AssetFields::default()).await;
    let canvas = canvas(&library, "song").await;
    assert_eq!((canvas.get("width"), &canvas["duration"]), (None, &json!(12.5)));
    let body = &canvas["items"][0]["items"][0]["body"];
    assert_eq!((&body["type"], &body["duration"]), (&json!("Sound"), &json!(12.5)));
    assert_eq!((canvas.get("thumbnail"), canvas.get("placeholderCanvas")), (None, None));
}

#[tokio::test]
async fn strangers_are_shown_no_poster_of_what_is_restricted() {
    let library = Library::in_memory().await;
    library.add_recording("film", &recording(), restricted(0)).await;
    let canvas = canvas(&library, "film").await;
    assert_eq!((canvas.get("thumbnail"), canvas.get("placeholderCanvas")), (None, None));
    assert_eq!(canvas["items"][0]["items"][0]["body"]["type"], "Choice");
}
