use axum::{
    http::header,
    response::{IntoResponse, Response},
};

use crate::{error::Error, paths::DocsPath};

/// The page draws what `/openapi.json` says, and fetches nothing from anywhere else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `GET /docs`: the reference of the API, for people; for everybody.
pub(crate) async fn get_reference() -> Response {
    embedded("text/html; charset=utf-8", include_str!("../../assets/reference.html"))
}

/// `GET /docs/{file}`: what the page is made of.
pub(crate) async fn get_reference_part(DocsPath { file }: DocsPath) -> Result<Response, Error> {
    match file.as_str() {
        "reference.css" => Ok(embedded("text/css", include_str!("../../assets/reference.css"))),
        "reference.js" => {
            Ok(embedded("text/javascript", include_str!("../../assets/reference.js")))
        }
        _ => Err(Error::NotFound(format!("file {file}"))),
    }
}

fn embedded(media_type: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, text).into_response()
}

#[cfg(test)]
mod tests {
    use crate::testing::on_every_database;

    #[tokio::test]
    async fn the_page_and_all_that_it_names_is_here_and_nothing_is_elsewhere() {
        on_every_database(async |api| {
            let anonymous = api.anonymous();
            let page = anonymous.get("/docs").await;
            assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
            assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
            let html = page.body.as_str().unwrap();
            assert!(!html.contains("://"), "the page names another host");
            let named = html.split(['"']).filter(|it| it.starts_with("docs/"));
            let named: Vec<_> = named.collect();
            assert_eq!(named.len(), 2, "{named:?}");
            for name in named {
                let part = anonymous.get(&format!("/{name}")).await;
                assert_eq!(part.status, 200, "{name}");
                assert!(part.header("content-type").starts_with("text/"), "{name}");
            }
            assert_eq!(anonymous.get("/docs/other.js").await.status, 404);
        })
        .await;
    }
}
