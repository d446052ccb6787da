use axum::http::{Method, StatusCode};
use catalogue::{AssetFields, Change, ChannelChoice, CustomHeaderFields, Priority, WantedChannel};
use model::{AssetId, DeliveryChannel};
use storage::keys;

use crate::testing::{Library, NOW, Picture};

const TEXT: &[u8] = b"0123456789";
const PATH: &str = "/file/2/5/a";

/// An image that is delivered as it came, too.
async fn library(fields: AssetFields) -> Library {
    let library = Library::in_a_folder().await;
    let wanted = |channel| WantedChannel { channel, policy: None };
    let channels = vec![wanted(DeliveryChannel::IiifImg), wanted(DeliveryChannel::File)];
    let channels = Change::Set(ChannelChoice::These(channels));
    library.add_with("a", Picture::small(), AssetFields { channels, ..fields }).await;
    let id = AssetId::new(2, 5, "a").unwrap();
    let card = library.catalogue.card(&id).await.unwrap().unwrap();
    library.bucket.put(&keys::original(&id, card.version), TEXT.into()).await.unwrap();
    library
}

#[tokio::test]
async fn a_file_comes_as_it_is_with_its_headers() {
    let library = library(AssetFields::default()).await;
    let (key, value) = ("X-Terms".to_owned(), "ask us".to_owned());
    let header = CustomHeaderFields { key, value, space: Some(5), role: None };
    library.catalogue.create_custom_header(2, &header, NOW).await.unwrap();
    let reply = library.get(PATH).await;
    assert_eq!((reply.status, &reply.body[..]), (StatusCode::OK, TEXT), "{reply:?}");
    let head = library.ask(Method::HEAD, PATH, &[]).await;
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
    for reply in [&reply, &head] {
        assert_eq!(reply.header("content-type"), "image/tiff");
        assert_eq!(reply.header("content-length"), "10");
        assert_eq!(reply.header("accept-ranges"), "bytes");
        assert_eq!(reply.header("content-disposition"), "");
        assert_eq!(reply.header("x-terms"), "ask us");
        assert_eq!(reply.header("x-asset-id"), "2/5/a");
        assert_eq!(reply.header("access-control-allow-origin"), "*");
        assert!(reply.header("cache-control").starts_with("public"), "{reply:?}");
    }
    let etag = reply.header("etag");
    let same = library.get_with(PATH, "if-none-match", etag).await;
    assert_eq!(same.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn a_part_of_a_file_comes_alone() {
    let library = library(AssetFields::default()).await;
    let etag = library.get(PATH).await.header("etag").to_owned();
    for (range, body, content_range) in [
        ("bytes=0-3", &b"0123"[..], "bytes 0-3/10"),
        ("bytes=8-", b"89", "bytes 8-9/10"),
        ("bytes=-1", b"9", "bytes 9-9/10"),
    ] {
        let reply = library.ask(Method::GET, PATH, &[("range", range), ("if-range", &etag)]).await;
        assert_eq!(reply.status, StatusCode::PARTIAL_CONTENT, "{range}: {reply:?}");
        assert_eq!((&reply.body[..], reply.header("content-range")), (body, content_range));
        assert_eq!(reply.header("content-length"), body.len().to_string());
        assert_eq!(reply.header("etag"), etag);
    }
    let changed = [("range", "bytes=0-3"), ("if-range", "\"other\"")];
    let whole = library.ask(Method::GET, PATH, &changed).await;
    assert_eq!((whole.status, &whole.body[..]), (StatusCode::OK, TEXT));
    let beyond = library.get_with(PATH, "range", "bytes=10-").await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(beyond.header("content-range"), "bytes */10");
    let head = library.ask(Method::HEAD, PATH, &[("range", "bytes=0-3")]).await;
    assert_eq!((head.status, head.header("content-length")), (StatusCode::OK, "10"));
}

#[tokio::test]
async fn a_file_is_kept_under_the_name_that_is_asked_for() {
    let library = library(AssetFields::default()).await;
    for (query, expected) in [
        ("?filename=leaf%201.tif", "attachment; filename=\"leaf 1.tif\""),
        ("?filename=a%0d%0ax%22", "attachment; filename=\"a__x_\"; filename*=UTF-8''a%0D%0Ax%22"),
        ("?filename=", ""),
        ("?other=x", ""),
    ] {
        let reply = library.get(&format!("{PATH}{query}")).await;
        assert_eq!(reply.status, StatusCode::OK, "{query}: {reply:?}");
        assert_eq!(reply.header("content-disposition"), expected, "{query}");
    }
}

#[tokio::test]
async fn what_may_hold_scripts_runs_none() {
    let library = library(AssetFields::default()).await;
    let file = WantedChannel { channel: DeliveryChannel::File, policy: None };
    let patch = |media_type: &str| AssetFields {
        media_type: Change::Set(media_type.parse().unwrap()),
        channels: Change::Set(ChannelChoice::These(vec![file.clone()])),
        ..AssetFields::default()
    };
    let id = AssetId::new(2, 5, "a").unwrap();
    for (media_type, policy) in [
        ("image/svg+xml", "sandbox"),
        ("text/html", "sandbox"),
        ("application/xml", "sandbox"),
        ("application/pdf", ""),
        ("image/tiff", ""),
    ] {
        let priority = Priority::Normal;
        library.catalogue.patch_asset(&id, &patch(media_type), priority, NOW).await.unwrap();
        let reply = library.get(PATH).await;
        assert_eq!(reply.header("content-type"), media_type);
        assert_eq!(reply.header("content-security-policy"), policy, "{media_type}");
    }
}

#[tokio::test]
async fn who_may_not_see_an_asset_gets_no_file() {
    let roles = Change::Set(vec!["staff".to_owned()]);
    let open_full_max = Change::Set(9000);
    let library = library(AssetFields { roles, open_full_max, ..AssetFields::default() }).await;
    for method in [Method::GET, Method::HEAD] {
        let reply = library.ask(method, PATH, &[("range", "bytes=0-3")]).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "however large its open images are");
    }
}

#[tokio::test]
async fn without_the_channel_there_is_no_file() {
    let library = Library::in_memory().await;
    library.add("a", Picture::small()).await;
    for path in [PATH, "/file/2/5/b", "/file/2/5", "/file/2/5/a/info.json"] {
        assert_eq!(library.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}
