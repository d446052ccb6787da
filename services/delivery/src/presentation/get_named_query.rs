use std::sync::Arc;

use axum::{extract::State, http::Uri, response::Response};
use iiif::negotiate::Api;

use super::{
    asked::{Parameters, QueryPath},
    writer::Writer,
};
use crate::{
    access::Decision,
    asset_path::own_address,
    delivery::Delivery,
    document::{Document, Terms},
    error::Error,
    visit::Visit,
};

/// `GET /iiif-resource[/v2|/v3]/{customer}/{name}/{arguments…}`: what a named query finds, as a manifest; as a
/// collection of manifests, if it is too much for one.
#[tracing::instrument(level = "debug", skip_all, fields(path = uri.path()))]
pub(crate) async fn get_named_query(
    State(delivery): State<Arc<Delivery>>,
    uri: Uri,
    visit: Visit,
) -> Result<Response, Error> {
    let path = QueryPath::parse(uri.path())?;
    let parameters = Parameters::parse(uri.query())?;
    let asked = delivery.asked(&path).await?;
    let default = delivery.config.default_version;
    let terms = Terms::settle(Api::Presentation, path.version, &visit, default);
    let id = own_address(&visit.urls, uri.path(), path.version, terms.version, default);
    let (urls, version) = (visit.urls.clone(), terms.version);
    let writer = Writer { delivery: Arc::clone(&delivery), urls, asked, id, version };
    let written = writer.document(parameters).await?;
    let document = Document::stored(&terms, &written.stored).map_err(Error::Document)?;
    let answer = document.answer_of_many().kept_as_document(&delivery, Decision::Open);
    Ok(answer.to(&visit, document.body))
}
