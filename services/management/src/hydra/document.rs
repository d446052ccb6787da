use axum::{
    Json,
    http::{
        StatusCode,
        header::{ETAG, LOCATION},
    },
    response::{IntoResponse, Response},
};
use serde::Serialize;
use time::OffsetDateTime;

use super::Class;
use crate::{precondition::etag, urls::Urls};

/// What can be answered on its own, or as a member of a collection.
pub(crate) trait Resource: Serialize {
    const CLASS: Class;

    /// The resource's own address.
    fn url(&self) -> &str;

    /// When it was last changed, where that is known: then it has a tag by which changes can be made conditional.
    fn changed(&self) -> Option<OffsetDateTime> {
        None
    }
}

/// One resource as an answer: itself, and the context that explains it.
#[derive(Debug, Serialize)]
pub(crate) struct Document<T> {
    #[serde(rename = "@context")]
    context: String,
    #[serde(flatten)]
    resource: T,
}

/// The answer to a change that may have made the resource: 201 with its address, or 200.
#[derive(Debug)]
pub(crate) struct Saved<T> {
    document: Document<T>,
    created: bool,
}

impl<T: Resource> Document<T> {
    pub(crate) fn new(urls: &Urls, resource: T) -> Self {
        Self { context: urls.context(T::CLASS.name), resource }
    }

    pub(crate) fn saved(self, created: bool) -> Saved<T> {
        Saved { document: self, created }
    }
}

impl<T: Resource> IntoResponse for Document<T> {
    fn into_response(self) -> Response {
        let tag = self.resource.changed().map(|changed| [(ETAG, etag(changed))]);
        (tag, Json(self)).into_response()
    }
}

impl<T: Resource> IntoResponse for Saved<T> {
    fn into_response(self) -> Response {
        if !self.created {
            return self.document.into_response();
        }
        let location = [(LOCATION, self.document.resource.url().to_owned())];
        (StatusCode::CREATED, location, self.document).into_response()
    }
}
