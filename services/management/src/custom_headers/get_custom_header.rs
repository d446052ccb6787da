use axum::extract::State;

use crate::{
    Management,
    error::Error,
    hydra::{CustomHeader, Document},
    paths::ItemPath,
    urls::Urls,
};

/// `GET /customers/{customer}/customHeaders/{id}`.
pub(crate) async fn get_custom_header(
    State(management): State<Management>,
    urls: Urls,
    ItemPath { customer, id }: ItemPath,
) -> Result<Document<CustomHeader>, Error> {
    let found = management.catalogue.custom_header(customer, &id).await?;
    let found = found.ok_or_else(|| Error::NotFound(format!("custom header {id}")))?;
    Ok(Document::new(&urls, CustomHeader::of(found, &urls)))
}
