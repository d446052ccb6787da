use catalogue::AssetPage;
use serde_json::{Map, Value};

use super::image_filter::{Within, image_filter, q_of};
use crate::{
    Management,
    error::Error,
    hydra::{Collection, Image},
    query::Query,
    urls::Urls,
};

/// A page of a customer's images, or of those in a space or a batch, found and ordered as the query says.
pub(crate) async fn list_images(
    management: &Management,
    urls: &Urls,
    scope: Within,
    query: &Query,
) -> Result<Collection<Image>, Error> {
    find_images(management, urls, scope, (q_of(query)?, query)).await
}

/// The same with a `q` that came in the body.
pub(super) async fn find_images(
    management: &Management,
    urls: &Urls,
    mut scope: Within,
    (q, query): (Map<String, Value>, &Query),
) -> Result<Collection<Image>, Error> {
    let (place, order) = (query.place()?, query.order()?);
    let filter = image_filter(q, query, &mut scope)?;
    let page = management
        .catalogue
        .assets(scope.reach.customer, scope.space, &filter, place, order)
        .await?;
    let AssetPage { paged, next, previous } = page;
    let images = Collection::new(urls, paged.map(|asset| Image::of(asset, urls)));
    Ok(images.with_cursors(next.as_ref(), previous.as_ref()))
}
