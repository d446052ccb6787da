use axum::{
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    response::IntoResponse,
};

const LEAF: &[u8] = include_bytes!("../../assets/favicon.png");

/// `GET /favicon.ico`: a leaf, for whoever looks at the API in a browser.
pub(crate) async fn get_favicon() -> impl IntoResponse {
    ([(CONTENT_TYPE, "image/png"), (CACHE_CONTROL, "public, max-age=604800")], LEAF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_is_a_picture_and_small() {
        let answer = get_favicon().await.into_response();
        assert_eq!(answer.headers()[CONTENT_TYPE], "image/png");
        assert!(LEAF.starts_with(b"\x89PNG\r\n") && LEAF.len() < 1000, "{}", LEAF.len());
    }
}
