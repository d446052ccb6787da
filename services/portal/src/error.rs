use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};

/// Why a person gets no page.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("There is no such page.")]
    NoSuchPage,
    #[error("There is no such asset, or it is not ready yet.")]
    NoSuchAsset,
    #[error("The catalogue can't be reached at the moment. Please try again soon.")]
    Catalogue(#[from] catalogue::Error),
    #[error("The page could not be drawn.")]
    Template(#[from] askama::Error),
}

#[derive(Template)]
#[template(path = "error/page.html")]
struct ErrorPage {
    message: String,
}

impl Error {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoSuchPage | Self::NoSuchAsset => StatusCode::NOT_FOUND,
            Self::Catalogue(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Template(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = self.status();
        if status.is_server_error() {
            tracing::error!(error = ?self, "a page could not be shown");
        }
        let message = self.to_string();
        let page = ErrorPage { message: message.clone() }.render().unwrap_or(message);
        (status, Html(page)).into_response()
    }
}

/// Any address below `/portal` that is not a page.
pub(crate) async fn no_such_page() -> Error {
    Error::NoSuchPage
}
