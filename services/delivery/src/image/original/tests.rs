//! What the public sees of an original, as far as no child is needed for it.

use std::io::{Seek, Write};

use axum::http::{Method, StatusCode};
use catalogue::{AssetFields, Change, ChannelChoice, WantedChannel};
use imaging::{AdoptSettings, adopt};
use model::DeliveryChannel;
use storage::keys;

use crate::testing::{Library, Picture};

fn policy(policy: &str) -> AssetFields {
    let wanted = |channel, policy: Option<&str>| WantedChannel {
        channel,
        policy: policy.map(str::to_owned),
    };
    let channels =
        vec![wanted(DeliveryChannel::IiifImg, Some(policy)), wanted(DeliveryChannel::Thumbs, None)];
    AssetFields { channels: Change::Set(ChannelChoice::These(channels)), ..AssetFields::default() }
}

/// Puts what ingest would have made of an original into the place of a pyramid.
async fn make_original(library: &Library, name: &str, picture: &Picture) {
    let id = model::AssetId::new(2, 5, name).unwrap();
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&picture.pyramid).unwrap();
    file.rewind().unwrap();
    let thumbnails = tempfile::tempfile().unwrap();
    let adopted = adopt(file, &thumbnails, &AdoptSettings::default()).unwrap();
    let outline = serde_json::to_vec(&adopted.outline).unwrap();
    let card = library.catalogue.card(&id).await.unwrap().unwrap();
    let bucket = &library.bucket;
    bucket.put(&keys::original(&id, card.version), picture.pyramid.clone()).await.unwrap();
    bucket.put(&keys::outline(&id, card.version), outline.into()).await.unwrap();
    bucket.delete(&keys::pyramid(&id, card.version)).await.unwrap();
}

#[tokio::test]
async fn an_original_is_described_by_its_outline() {
    let library = Library::in_memory().await;
    // The second policy is newer than the version that is shown.
    for (name, asked) in [("a", "use-original"), ("b", "default")] {
        library.add_with(name, Picture::small(), policy(asked)).await;
        make_original(&library, name, Picture::small()).await;
        let path = format!("/iiif-img/2/5/{name}");
        let info = library.get(&format!("{path}/info.json")).await;
        assert_eq!(info.status, StatusCode::OK, "{name}: {info:?}");
        let info = info.json();
        assert_eq!(info["tiles"][0]["width"], 512, "{info:#}");
        assert_eq!(info["tiles"][0]["scaleFactors"], serde_json::json!([1, 2, 4]));
        assert_eq!(info["sizes"].as_array().unwrap().len(), 3);

        let tile = format!("{path}/0,0,512,512/512,/0/default.jpg");
        let head = library.ask(Method::HEAD, &tile, &[]).await;
        assert_eq!(head.status, StatusCode::OK);
        assert_eq!(head.header("content-length"), "", "only drawing would tell");
        let same = library.get_with(&tile, "if-none-match", head.header("etag")).await;
        assert_eq!(same.status, StatusCode::NOT_MODIFIED);
        let thumbnail = library.get(&format!("{path}/full/!400,400/0/default.jpg")).await;
        assert_eq!(thumbnail.jpeg_extent(), (400, 267), "needs no child");
    }
}

#[tokio::test]
async fn an_older_pyramid_is_shown_until_the_original_is_there() {
    let library = Library::in_memory().await;
    library.add_with("a", Picture::small(), policy("use-original")).await;
    let tile = library.get("/iiif-img/2/5/a/0,0,512,512/512,/0/default.jpg").await;
    assert_eq!(tile.status, StatusCode::OK);
    assert_eq!(library.counts.of("grid"), 1);
}

#[tokio::test]
async fn an_outline_without_sense_is_an_error_of_ours() {
    let library = Library::in_memory().await;
    for (name, outline) in [("a", "{}"), ("b", "no json"), ("c", r#"{"extent":{"w":0,"h":0}}"#)] {
        library.add_with(name, Picture::small(), policy("use-original")).await;
        let id = model::AssetId::new(2, 5, name).unwrap();
        let card = library.catalogue.card(&id).await.unwrap().unwrap();
        let key = keys::outline(&id, card.version);
        library.bucket.put(&key, outline.as_bytes().to_vec().into()).await.unwrap();
        let reply = library.get(&format!("/iiif-img/2/5/{name}/info.json")).await;
        assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR, "{name}: {reply:?}");
    }
}

#[tokio::test]
async fn an_original_that_its_owner_changed_or_removed_is_not_drawn() {
    let library = Library::in_memory().await;
    let picture = Picture::small();
    library.owners.put("a", picture.pyramid.clone()).await.unwrap();
    library.add_with("a", picture, policy("use-original")).await;
    make_original(&library, "a", picture).await;
    let card = library.catalogue.card(&"2/5/a".parse().unwrap()).await.unwrap().unwrap();
    library.bucket.delete(&keys::original(&card.id, card.version)).await.unwrap();
    assert_eq!(library.get("/iiif-img/2/5/a/info.json").await.status, StatusCode::OK);

    let tile = "/iiif-img/2/5/a/0,0,512,512/512,/0/default.jpg";
    library.owners.put("a", b"other pixels"[..].into()).await.unwrap();
    let changed = library.get(tile).await;
    assert_eq!(changed.status, StatusCode::BAD_GATEWAY, "{changed:?}");
    assert!(changed.text().contains("was changed by its owner"), "{changed:?}");
    library.owners.delete("a").await.unwrap();
    let gone = library.get(tile).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND, "{gone:?}");
    assert!(gone.text().contains("no longer where its owner kept it"), "{gone:?}");
    let thumbnail = library.get("/iiif-img/2/5/a/full/!400,400/0/default.jpg").await;
    assert_eq!(thumbnail.status, StatusCode::OK, "which is ours");
}
