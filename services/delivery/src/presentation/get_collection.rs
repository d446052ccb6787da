use std::sync::Arc;

use axum::{extract::State, http::Uri, response::Response};
use iiif::negotiate::Api;

use super::{
    asked::{Parameters, QueryPath},
    documents::{GroupsPart, Part},
    writer::Writer,
};
use crate::{
    asset_path::own_address, delivery::Delivery, document::Terms, error::Error, visit::Visit,
};

/// `GET /iiif-collection[/v2|/v3]/{customer}/{name}/{arguments…}`: the groups of what a named query finds, each of which
/// is a manifest of the same query; in parts, if they are many.
#[tracing::instrument(level = "debug", skip_all, fields(path = uri.path()))]
pub(crate) async fn get_collection(
    State(delivery): State<Arc<Delivery>>,
    uri: Uri,
    visit: Visit,
) -> Result<Response, Error> {
    let path = QueryPath::parse(uri.path())?;
    let Parameters { from, afresh, .. } = Parameters::parse(uri.query())?;
    let asked = delivery.asked_for_groups(&path).await?;
    let default = delivery.config.default_version;
    let terms = Terms::settle(Api::Presentation, path.version, &visit, default);
    let address =
        |path_of: &str| own_address(&visit.urls, path_of, path.version, terms.version, default);
    let id = address(uri.path());
    let manifests = uri.path().replacen("/iiif-collection/", "/iiif-resource/", 1);
    let manifests = address(manifests.trim_end_matches('/'));
    Writer::new(delivery, &visit, asked, id, terms.version)
        .answer(Part::Groups(GroupsPart { from, manifests }), afresh, &terms, &visit)
        .await
}
