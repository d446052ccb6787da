use std::sync::Arc;

use axum::{
    Router,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use tower::util::MapResponseLayer;

use crate::{
    delivery::Delivery,
    error::Error,
    files::{get_av, get_file},
    headers,
    image::get_image_service,
    presentation::{
        get_collection, get_csv, get_manifest, get_mets, get_named_query, get_placeholder, get_raw,
    },
    projections::{get_pdf, get_pdf_control, get_zip, get_zip_control},
    thumbs::get_thumbs_service,
};

/// Every public address. What stands behind a prefix is read by the endpoint, from the path as it
/// was sent: identifiers may hold percent-encoded slashes.
pub fn router(delivery: impl Into<Arc<Delivery>>) -> Router {
    Router::new()
        .route("/iiif-img/{*image}", get(get_image_service).options(options))
        .route("/thumbs/{*image}", get(get_thumbs_service).options(options))
        .route("/file/{*asset}", get(get_file).options(options))
        .route("/iiif-av/{*recording}", get(get_av).options(options))
        .route("/iiif-manifest/{*asset}", get(get_manifest).options(options))
        .route("/iiif-resource/{*query}", get(get_named_query).options(options))
        .route("/iiif-collection/{*query}", get(get_collection).options(options))
        .route("/raw-resource/{*query}", get(get_raw).options(options))
        .route("/csv/{*query}", get(get_csv).options(options))
        .route("/mets/{*query}", get(get_mets).options(options))
        .route("/pdf/{*query}", get(get_pdf).options(options))
        .route("/pdf-control/{*query}", get(get_pdf_control).options(options))
        .route("/zip/{*query}", get(get_zip).options(options))
        .route("/zip-control/{*query}", get(get_zip_control).options(options))
        .route("/static/{type}/placeholder.png", get(get_placeholder).options(options))
        .method_not_allowed_fallback(refuse_method)
        .with_state(delivery.into())
        .route_layer(MapResponseLayer::new(for_everybody))
}

/// Any page may read any answer: errors, redirects and 304 too.
fn for_everybody(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, headers::ANY_ORIGIN);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, headers::NOSNIFF);
    response
}

/// What browsers ask before they ask with headers of their own.
async fn options() -> impl IntoResponse {
    [
        (header::ALLOW, headers::METHODS),
        (header::ACCESS_CONTROL_ALLOW_METHODS, headers::METHODS),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, headers::ALLOWED_HEADERS),
        (header::ACCESS_CONTROL_MAX_AGE, headers::A_DAY),
    ]
}

async fn refuse_method() -> Error {
    Error::MethodNotAllowed
}

#[cfg(test)]
mod tests {
    use axum::http::{Method, StatusCode};
    use catalogue::{AssetFields, Expected};

    use crate::testing::{Library, NOW, Picture};

    #[tokio::test]
    async fn browsers_may_ask_from_anywhere() {
        let library = Library::in_memory().await;
        for path in [
            "/iiif-img/2/5/a/info.json",
            "/iiif-img/v2/2/5/a/full/max/0/default.jpg",
            "/thumbs/2/5/a",
            "/iiif-manifest/2/5/a",
        ] {
            let origin = [("origin", "https://viewer.example.org")];
            let reply = library.ask(Method::OPTIONS, path, &origin).await;
            assert_eq!(reply.status, StatusCode::OK, "{path}");
            assert_eq!(reply.header("access-control-allow-origin"), "*");
            assert_eq!(reply.header("access-control-allow-methods"), "GET, HEAD, OPTIONS");
            assert_eq!(reply.header("allow"), "GET, HEAD, OPTIONS");
            assert_eq!(reply.header("access-control-max-age"), "86400");
            let headers = reply.header("access-control-allow-headers");
            assert!(headers.contains("Authorization"), "{headers}");
        }
    }

    #[tokio::test]
    async fn nothing_is_written_here() {
        let library = Library::in_memory().await;
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
            let reply = library.ask(method.clone(), "/iiif-img/2/5/a/info.json", &[]).await;
            assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
            assert!(!reply.header("allow").is_empty());
            assert_eq!(reply.header("access-control-allow-origin"), "*");
        }
    }

    #[tokio::test]
    async fn every_error_is_a_line_of_text_for_everybody() {
        let library = Library::in_memory().await;
        library.add("a", Picture::small()).await;
        for (path, status) in [
            ("/iiif-img/2/5/b/info.json", StatusCode::NOT_FOUND),
            ("/iiif-img/2/5/b/full/max/0/default.jpg", StatusCode::NOT_FOUND),
            ("/iiif-img/2/6/a/info.json", StatusCode::NOT_FOUND),
            ("/iiif-img/2/5/a/canvas/c/1", StatusCode::NOT_FOUND),
            ("/iiif-img/2/5/a/full/max/0", StatusCode::NOT_FOUND),
            ("/iiif-img/2/5/a/full/full/0/default.jpg", StatusCode::BAD_REQUEST),
            ("/iiif-img/2/5/a/full/1501,/0/default.jpg", StatusCode::BAD_REQUEST),
            ("/iiif-img/2/5/a/full/^1501,/0/default.jpg", StatusCode::NOT_IMPLEMENTED),
            ("/iiif-img/2/5/a/1500,0,1,1/max/0/default.jpg", StatusCode::BAD_REQUEST),
            ("/iiif-manifest/2/5/b", StatusCode::NOT_FOUND),
        ] {
            let reply = library.get(path).await;
            assert_eq!(reply.status, status, "{path}");
            assert_eq!(reply.header("content-type"), "text/plain; charset=utf-8");
            assert_eq!(reply.header("x-content-type-options"), "nosniff");
            assert_eq!(reply.header("access-control-allow-origin"), "*");
            assert_eq!(reply.header("cache-control"), "no-store");
            assert!(reply.text().ends_with('\n') && reply.text().len() > 10, "{reply:?}");
        }
    }

    #[tokio::test]
    async fn what_is_not_ready_or_gone_is_not_there() {
        let library = Library::in_memory().await;
        library.add("gone", Picture::small()).await;
        library.register("new", AssetFields::default()).await;
        assert_eq!(library.get("/iiif-img/2/5/gone/info.json").await.status, StatusCode::OK);
        let id = "2/5/gone".parse().unwrap();
        library.catalogue.delete_asset(&id, &Expected::Whatever, NOW).await.unwrap();
        for id in ["2/5/new", "2/5/gone"] {
            for path in [
                format!("/iiif-img/{id}"),
                format!("/iiif-img/{id}/info.json"),
                format!("/iiif-img/{id}/full/max/0/default.jpg"),
                format!("/thumbs/{id}/info.json"),
                format!("/thumbs/{id}/full/max/0/default.jpg"),
                format!("/iiif-manifest/{id}"),
            ] {
                assert_eq!(library.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
            }
        }
    }

    #[tokio::test]
    async fn what_was_moved_is_seen_at_its_new_address_alone_and_a_copy_at_both() {
        let library = Library::in_memory().await;
        library.add("old", Picture::small()).await;
        let paths = |id: &str| {
            [
                format!("/iiif-img/2/5/{id}/full/max/0/default.jpg"),
                format!("/iiif-img/2/5/{id}/0,0,512,512/512,512/0/default.jpg"),
                format!("/thumbs/2/5/{id}/full/max/0/default.jpg"),
            ]
        };
        let mut before = Vec::new();
        for path in paths("old") {
            before.push(library.get(&path).await.body);
        }
        let (old, new) = ("2/5/old".parse().unwrap(), "2/5/new".parse().unwrap());
        let whatever = Expected::Whatever;
        library.catalogue.move_asset(&old, &new, &whatever, NOW).await.unwrap();
        let copy = "2/5/copy".parse().unwrap();
        library.catalogue.copy_asset(&new, &copy, &whatever, NOW).await.unwrap();
        for path in paths("old") {
            assert_eq!(library.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        for id in ["new", "copy"] {
            for (path, body) in paths(id).iter().zip(&before) {
                let reply = library.get(path).await;
                assert_eq!((reply.status, &reply.body), (StatusCode::OK, body), "{path}");
            }
        }
    }

    /// Whatever the address: a sentence, and never our fault.
    #[tokio::test]
    async fn hostile_addresses_are_refused_quietly() {
        let library = Library::in_a_folder().await;
        library.add("a", Picture::small()).await;
        let long = "9".repeat(400);
        let longer = "a".repeat(9000);
        for hostile in [
            "../../etc/passwd",
            "..%2f..%2fetc%2fpasswd/info.json",
            "%2e%2e/%2e%2e/info.json",
            "a%00/info.json",
            "a%0d%0aX-Evil:1/info.json",
            "%ff%fe/info.json",
            "%/info.json",
            "%zz/full/max/0/default.jpg",
            "a/////",
            "a/full/max/0/default.jpg/x/y/z",
            "a/full/,/0/default.jpg",
            "a/full/!,/0/default.jpg",
            "a/full/^/0/default.jpg",
            "a/full/99999999999999999999,/0/default.jpg",
            "a/pct:1e308,0,1,1/max/0/default.jpg",
            "a/pct:nan,0,1,1/max/0/default.jpg",
            "a/pct:0,0,0.00000001,0.0000001/1,1/0/default.jpg",
            "a/0,0,4294967296,4294967296/max/0/default.jpg",
            "a/full/max/1e400/default.jpg",
            "a/18446744073709551615,0,18446744073709551615,1/max/0/default.jpg",
            "a/full/4294967295,4294967295/0/default.jpg",
            "a/full/1,4294967295/0/default.jpg",
            "a/full/max/0/default.jpg%00.png",
            "a/full/max/0/default.",
            "a/full/max/0/.",
            "a/<script>/max/0/default.jpg",
            "a/full/max/0/default.jpg;ls",
            "a/full/max/359.9999999999/default.gif",
            "a/0,0,1,1/max/45/default.webp",
            "a/0,0,1,1/1,1/0.00001/bitonal.tif",
        ]
        .map(str::to_owned)
        .into_iter()
        .chain([
            format!("a/full/{long},/0/default.jpg"),
            format!("a/full/max/{long}/default.jpg"),
            format!("a/pct:{long},{long},{long},{long}/max/0/default.jpg"),
            format!("{longer}/info.json"),
            format!("{long}/info.json"),
        ]) {
            for prefix in ["/iiif-img/2/5", "/iiif-img/v2/2/5", "/thumbs/2/5", "/iiif-manifest/2/5"]
            {
                let path = format!("{prefix}/{hostile}");
                if path.parse::<axum::http::Uri>().is_err() {
                    continue; // the server refuses it before us
                }
                let reply = library.get(&path).await;
                assert!(!reply.status.is_server_error(), "{path}: {reply:?}");
            }
        }
        for path in
            ["/iiif-img/x", "/iiif-img/2/x/a", "/iiif-img//5/a", "/iiif-img/2/99999999999/a"]
        {
            assert_eq!(library.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
}
