//! The tables of the Image API, over HTTP: sizes and regions, rotations, identifiers.

use axum::http::{Method, StatusCode};

use crate::{
    DeliveryConfig,
    testing::{Library, Picture, ROOT},
};

async fn large(config: DeliveryConfig) -> Library {
    let library = Library::with(config).await;
    library.add("a", Picture::large()).await;
    library
}

fn without_limits(upscaling: bool) -> DeliveryConfig {
    DeliveryConfig { max_area: 0, upscaling, ..DeliveryConfig::default() }
}

/// Asks for the headers alone: nothing is drawn, but all is resolved.
async fn canonical(library: &Library, version: &str, path: &str) -> Result<String, u16> {
    let path = format!("/iiif-img/{version}/2/5/a/{path}/0/default.jpg");
    let reply = library.ask(Method::HEAD, &path, &[]).await;
    if reply.status != StatusCode::OK {
        return Err(reply.status.as_u16());
    }
    let base = format!("<{ROOT}/iiif-img/{version}/2/5/a/");
    let link = reply.header("link").strip_prefix(&base).unwrap_or_else(|| panic!("{reply:?}"));
    Ok(link.split("/0/default.jpg>").next().unwrap().to_owned())
}

async fn check(library: &Library, version: &str, table: &[(&str, Result<&str, u16>)]) {
    for (path, expected) in table {
        let found = canonical(library, version, path).await;
        assert_eq!(found.as_deref().map_err(|status| *status), *expected, "{version} {path}");
    }
}

#[tokio::test]
async fn sizes_and_regions_of_version_3() {
    let library = large(without_limits(true)).await;
    check(
        &library,
        "v3",
        &[
            ("full/max", Ok("full/max")),
            ("full/^max", Ok("full/max")),
            ("full/150,", Ok("full/150,100")),
            ("full/,150", Ok("full/225,150")),
            ("full/7000,", Err(400)),
            ("full/^7000,", Ok("full/^7000,4667")),
            ("full/%5E7000,", Ok("full/^7000,4667")),
            ("full/pct:50", Ok("full/3000,2000")),
            ("full/pct:120", Err(400)),
            ("full/^pct:120", Ok("full/^7200,4800")),
            ("full/225,100", Ok("full/225,100")),
            ("full/!225,100", Ok("full/150,100")),
            ("full/!7000,7000", Ok("full/max")),
            ("full/^!7000,7000", Ok("full/^7000,4667")),
            ("full/full", Err(400)),
            ("full/0,", Err(400)),
            ("full/pct:0.001", Err(400)),
            ("full/1,", Ok("full/1,1")),
            ("square/max", Ok("1000,0,4000,4000/max")),
            ("square/500,", Ok("1000,0,4000,4000/500,500")),
            ("5000,3000,2000,2000/max", Ok("5000,3000,1000,1000/max")),
            ("5000,3000,2000,2000/500,500", Ok("5000,3000,1000,1000/500,500")),
            ("5000,3000,2000,2000/1500,", Err(400)),
            ("5999,3999,1,1/max", Ok("5999,3999,1,1/max")),
            ("5999,3999,1,1/!10,10", Ok("5999,3999,1,1/max")),
            ("6000,0,10,10/max", Err(400)),
            ("0,0,0,10/max", Err(400)),
            ("pct:41.6,7.5,66.6,100/max", Ok("2496,300,3504,3700/max")),
            ("pct:0,0,100,100/600,", Ok("full/600,400")),
            ("0,0,6000,4000/6000,4000", Ok("full/max")),
            ("0,0,6000,4/10,", Ok("0,0,6000,4/10,1")),
            ("100,100,300,200/600,", Err(400)),
            ("100,100,300,200/^600,", Ok("100,100,300,200/^600,400")),
            ("100,100,300,200/^100,", Ok("100,100,300,200/100,67")),
        ],
    )
    .await;
}

#[tokio::test]
async fn sizes_of_version_2() {
    let library = large(without_limits(false)).await;
    check(
        &library,
        "v2",
        &[
            ("full/full", Ok("full/full")),
            ("full/max", Ok("full/full")),
            ("full/150,", Ok("full/150,")),
            ("full/150,100", Ok("full/150,")),
            ("full/,150", Ok("full/225,")),
            ("full/225,100", Ok("full/225,100")),
            ("full/!7000,7000", Ok("full/full")),
            ("full/7000,", Err(400)),
            ("full/^150,", Err(400)),
        ],
    )
    .await;
}

#[tokio::test]
async fn sizes_under_limits() {
    let library = large(DeliveryConfig { max_width: Some(3000), ..without_limits(false) }).await;
    check(
        &library,
        "v3",
        &[
            ("full/max", Ok("full/max")),
            ("full/^max", Ok("full/max")),
            ("full/3000,", Ok("full/max")),
            ("full/3001,", Err(400)),
            ("full/pct:50", Ok("full/max")),
            ("full/!7000,7000", Ok("full/max")),
            ("0,0,512,512/512,", Ok("0,0,512,512/max")),
        ],
    )
    .await;
    let tall = library.get("/iiif-img/2/5/a/full/max/0/default.jpg").await;
    assert_eq!(tall.jpeg_extent(), (3000, 2000));

    let library = large(DeliveryConfig { max_area: 4_000_000, ..DeliveryConfig::default() }).await;
    check(&library, "v3", &[("full/max", Ok("full/max")), ("full/pct:50", Err(400))]).await;
    let (w, h) = library.get("/iiif-img/2/5/a/full/max/0/default.jpg").await.jpeg_extent();
    assert!(w == 2449 && (1632..=1633).contains(&h), "{w}x{h}");
}

#[tokio::test]
async fn enlarging_is_refused_unless_it_is_configured() {
    let library = large(DeliveryConfig::default()).await;
    check(
        &library,
        "v3",
        &[("full/^7000,", Err(501)), ("full/7000,", Err(400)), ("full/^150,", Ok("full/150,100"))],
    )
    .await;
}

#[tokio::test]
async fn rotations_qualities_and_formats() {
    let library = Library::in_memory().await;
    library.add("a", Picture::large()).await;
    for (path, extent) in [
        ("90/default.jpg", (400, 600)),
        ("!0/default.jpg", (600, 400)),
        ("!180/default.jpg", (600, 400)),
        ("22.5/default.jpg", (707, 599)),
        ("360/default.jpg", (600, 400)),
        ("0.0/default.jpg", (600, 400)),
        ("90.0/default.jpg", (400, 600)),
        ("0/color.jpg", (600, 400)),
        ("0/gray.jpg", (600, 400)),
        ("0/bitonal.jpg", (600, 400)),
    ] {
        let reply = library.get(&format!("/iiif-img/2/5/a/full/600,400/{path}")).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        assert_eq!(reply.jpeg_extent(), extent, "{path}");
    }
    for path in [
        "-1/default.jpg",
        "361/default.jpg",
        "1e1/default.jpg",
        "+90/default.jpg",
        "/default.jpg",
        "a/default.jpg",
        "0/default.jpeg",
        "0/default.JPG",
        "0/default",
        "0/default.xyz",
        "0/colour.jpg",
        "0/native.jpg",
        "0/grey.jpg",
        "0/",
        "0/.jpg",
    ] {
        let reply = library.get(&format!("/iiif-img/2/5/a/full/600,400/{path}")).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(reply.header("content-type"), "text/plain; charset=utf-8");
        assert_eq!(reply.header("access-control-allow-origin"), "*");
    }
}

#[tokio::test]
async fn identifiers_in_every_spelling() {
    let library = Library::in_memory().await;
    for name in [
        "id-1",
        "ark:/12025/654xz321",
        "urn:foo:a123,456",
        "sici:13:1%3C69",
        "https://example.com/?54#a",
        "a b",
        "é",
        "info.json",
    ] {
        library.add(name, Picture::small()).await;
    }
    for spelling in [
        "id-1",
        "id%2D1",
        "ark:%2F12025%2F654xz321",
        "ark%3A%2F12025%2F654xz321",
        "https:%2F%2Fexample.com%2F%3F54%23a",
        "urn:foo:a123,456",
        "urn%3Afoo%3Aa123%2C456",
        "sici:13:1%253C69",
        "a%20b",
        "%C3%A9",
        "info.json",
    ] {
        let base = format!("/iiif-img/2/5/{spelling}");
        let reply = library.get(&format!("{base}/info.json")).await;
        assert_eq!(reply.status, StatusCode::OK, "{spelling}");
        assert_eq!(reply.json()["id"], format!("{ROOT}{base}"), "as the client wrote it");

        let reply = library.get(&base).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{spelling}");
        assert_eq!(reply.header("location"), format!("{ROOT}{base}/info.json"));

        let reply = library.get(&format!("{base}/full/max/0/default.jpg")).await;
        assert_eq!(reply.status, StatusCode::OK, "{spelling}");
    }
    for spelling in [
        "sici:13:1%3C69",
        "a+b",
        "id-2",
        "a%2Fb",
        "..",
        ".",
        "%2e%2e",
        "a%00b",
        "a%5Cb",
        "%FF",
        "%C3",
        "ark:%252F12025%252F654xz321",
        "ark:%2F12025%2F..%2F654xz321",
        "ark:%2F12025",
    ] {
        let reply = library.get(&format!("/iiif-img/2/5/{spelling}/info.json")).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{spelling}");
    }
}

/// Some proxies decode `%2F`, and merge no slashes: what is asked stands at the end.
#[tokio::test]
async fn slashes_that_a_proxy_decoded_are_part_of_the_identifier() {
    let library = Library::in_memory().await;
    library.add("ark:/12025/654xz321", Picture::small()).await;
    let base = "/iiif-img/2/5/ark:/12025/654xz321";
    let reply = library.get(&format!("{base}/info.json")).await;
    assert_eq!(reply.json()["id"], format!("{ROOT}{base}"));
    let reply = library.get(&format!("{base}/full/max/0/default.jpg")).await;
    assert_eq!(reply.status, StatusCode::OK);
    let reply = library.get("/iiif-manifest/2/5/ark:/12025/654xz321").await;
    let canvas = &reply.json()["items"][0]["id"];
    assert_eq!(*canvas, format!("{ROOT}/iiif-img/2/5/ark:%2F12025%2F654xz321/canvas/c/1"));
}

#[tokio::test]
async fn customers_have_a_number_and_a_name() {
    let library = Library::in_memory().await;
    library.add("a", Picture::small()).await;
    for customer in ["2", "wellcome", "Wellcome", "WELLCOME"] {
        let reply = library.get(&format!("/iiif-img/{customer}/5/a/info.json")).await;
        assert_eq!(reply.status, StatusCode::OK, "{customer}");
        assert_eq!(reply.json()["id"], format!("{ROOT}/iiif-img/{customer}/5/a"));
        assert_eq!(reply.header("x-asset-id"), "2/5/a");
    }
    let reply = library.get("/iiif-img/nobody/5/a/info.json").await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
}
