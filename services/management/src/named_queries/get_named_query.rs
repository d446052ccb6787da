use axum::extract::State;

use crate::{
    Management,
    error::Error,
    hydra::{Document, NamedQuery},
    paths::ItemPath,
    urls::Urls,
};

/// `GET /customers/{customer}/namedQueries/{id}`: one of the customer's own, or a global one.
pub(crate) async fn get_named_query(
    State(management): State<Management>,
    urls: Urls,
    ItemPath { customer, id }: ItemPath,
) -> Result<Document<NamedQuery>, Error> {
    let found = management.catalogue.named_query(customer, &id).await?;
    let found = found.ok_or_else(|| Error::NotFound(format!("named query {id}")))?;
    Ok(Document::new(&urls, NamedQuery::of(found, customer, &urls)))
}
