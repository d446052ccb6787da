use std::sync::Arc;

use axum::{extract::State, http::Uri, response::Response};
use iiif::negotiate::Api;

use super::{
    asked::{Parameters, QueryPath},
    documents::Part,
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
    let part = parameters.page.map_or(Part::Whole, Part::Page);
    Writer::new(delivery, &visit, asked, id, terms.version)
        .answer(part, parameters.afresh, &terms, &visit)
        .await
}

impl Writer {
    /// Whoever asks gets the same.
    pub(super) async fn answer(
        self,
        part: Part,
        afresh: bool,
        terms: &Terms,
        visit: &Visit,
    ) -> Result<Response, Error> {
        let delivery = Arc::clone(&self.delivery);
        let written = self.document(part, afresh).await?;
        let document = Document::stored(terms, &written.stored).map_err(Error::Document)?;
        let answer = document.answer_of_many().kept_as_document(&delivery, Decision::Open);
        Ok(answer.to(visit, document.body))
    }
}
