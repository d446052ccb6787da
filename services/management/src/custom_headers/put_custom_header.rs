use axum::extract::State;

use super::custom_header_fields::custom_header_fields;
use crate::{
    Management,
    body::JsonBody,
    error::{During, Error},
    hydra::{CustomHeader, Document},
    paths::ItemPath,
    precondition::Precondition,
    urls::Urls,
};

/// `PUT /customers/{customer}/customHeaders/{id}`: replaces what it says; makes none.
pub(crate) async fn put_custom_header(
    State(management): State<Management>,
    urls: Urls,
    ItemPath { customer, id }: ItemPath,
    Precondition(expected): Precondition,
    JsonBody(fields): JsonBody,
) -> Result<Document<CustomHeader>, Error> {
    let fields = custom_header_fields(fields)?;
    let now = management.now();
    let changed =
        management.catalogue.put_custom_header(customer, &id, &fields, &expected, now).await;
    let changed = changed.during("Update custom header")?;
    Ok(Document::new(&urls, CustomHeader::of(changed, &urls)))
}
