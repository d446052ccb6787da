//! Files that stayed in their owner's bucket.

use axum::http::{Method, StatusCode};
use catalogue::{AssetFields, Change, ChannelChoice, Expected, WantedChannel};
use model::{AssetId, DeliveryChannel};

use crate::testing::{Library, NOW, Picture};

const TEXT: &[u8] = b"0123456789";
const PATH: &str = "/file/2/5/a";

async fn library(fields: AssetFields) -> Library {
    let library = Library::in_memory().await;
    library.owners.put("a", TEXT.into()).await.unwrap();
    let wanted = |channel| WantedChannel { channel, policy: None };
    let channels = vec![wanted(DeliveryChannel::IiifImg), wanted(DeliveryChannel::File)];
    let channels = Change::Set(ChannelChoice::These(channels));
    library.add_with("a", Picture::small(), AssetFields { channels, ..fields }).await;
    library
}

#[tokio::test]
async fn a_file_comes_from_where_it_is_whole_and_in_parts() {
    let library = library(AssetFields::default()).await;
    let reply = library.get(PATH).await;
    assert_eq!((reply.status, &reply.body[..]), (StatusCode::OK, TEXT), "{reply:?}");
    let head = library.ask(Method::HEAD, PATH, &[]).await;
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
    for reply in [&reply, &head] {
        assert_eq!(reply.header("content-length"), "10");
        assert_eq!(reply.header("content-type"), "image/tiff");
        assert_eq!(reply.header("accept-ranges"), "bytes");
    }
    let part = library.get_with(PATH, "range", "bytes=3-5").await;
    assert_eq!((part.status, part.text()), (StatusCode::PARTIAL_CONTENT, "345"));
    assert_eq!(part.header("content-range"), "bytes 3-5/10");
    let beyond = library.get_with(PATH, "range", "bytes=10-").await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    let named = library.get(&format!("{PATH}?filename=leaf.tif")).await;
    assert_eq!(named.header("content-disposition"), "attachment; filename=\"leaf.tif\"");
    let tile = library.get("/iiif-img/2/5/a/0,0,512,512/512,/0/default.jpg").await;
    assert_eq!(tile.status, StatusCode::OK, "of the pyramid");
}

#[tokio::test]
async fn what_its_owner_changed_or_removed_is_not_handed_out() {
    let library = library(AssetFields::default()).await;
    let ranged: &[(&str, &str)] = &[("range", "bytes=0-3")];
    let says = async |status: StatusCode, words: &str| {
        for (method, headers) in
            [(Method::GET, &[][..]), (Method::GET, ranged), (Method::HEAD, &[])]
        {
            let is_head = method == Method::HEAD;
            let reply = library.ask(method, PATH, headers).await;
            assert_eq!(reply.status, status, "{headers:?}: {reply:?}");
            assert_eq!(reply.header("cache-control"), "no-store");
            assert!(is_head || reply.text().contains(words), "{reply:?}");
        }
    };
    library.owners.put("a", b"9876543210"[..].into()).await.unwrap();
    says(StatusCode::BAD_GATEWAY, "was changed by its owner").await;
    library.owners.put("a", b"longer than before"[..].into()).await.unwrap();
    says(StatusCode::BAD_GATEWAY, "was changed by its owner").await;
    library.owners.delete("a").await.unwrap();
    says(StatusCode::NOT_FOUND, "no longer where its owner kept it").await;
    let tile = library.get("/iiif-img/2/5/a/0,0,512,512/512,/0/default.jpg").await;
    assert_eq!(tile.status, StatusCode::OK, "of the pyramid, which is ours");
}

#[tokio::test]
async fn who_may_not_see_an_asset_is_not_told_of_its_bucket() {
    let roles = Change::Set(vec!["staff".to_owned()]);
    let library = library(AssetFields { roles, ..AssetFields::default() }).await;
    library.owners.delete("a").await.unwrap();
    for method in [Method::GET, Method::HEAD] {
        let reply = library.ask(method, PATH, &[]).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_moved_asset_keeps_its_file_and_a_deleted_one_leaves_it_to_its_owner() {
    let library = library(AssetFields::default()).await;
    let (from, to) = (AssetId::new(2, 5, "a").unwrap(), AssetId::new(2, 5, "b").unwrap());
    let whatever = Expected::Whatever;
    library.catalogue.move_asset(&from, &to, &whatever, NOW).await.unwrap();
    assert_eq!(library.get(PATH).await.status, StatusCode::NOT_FOUND);
    assert_eq!(&library.get("/file/2/5/b").await.body[..], TEXT);
    library.catalogue.delete_asset(&to, &whatever, NOW).await.unwrap();
    assert_eq!(library.get("/file/2/5/b").await.status, StatusCode::NOT_FOUND);
    assert_eq!(&library.owners.read("a").await.unwrap()[..], TEXT);
}
