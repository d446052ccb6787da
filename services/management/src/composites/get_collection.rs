use axum::Json;

use super::composite_path::CollectionPath;
use crate::{hydra::CompositeCollection, urls::Urls};

/// `GET /collections/{collection}`: how far the documents are that came with one request.
pub(crate) async fn get_collection(
    urls: Urls,
    CollectionPath { composites }: CollectionPath,
) -> Json<CompositeCollection> {
    Json(CompositeCollection::of(&composites, &urls))
}
