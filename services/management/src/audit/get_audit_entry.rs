use axum::extract::State;

use crate::{
    Management,
    error::Error,
    hydra::{AuditEntry, Document},
    paths::ItemPath,
    urls::Urls,
};

/// `GET /customers/{customer}/audit/{id}`: one change.
pub(crate) async fn get_audit_entry(
    State(management): State<Management>,
    urls: Urls,
    ItemPath { customer, id }: ItemPath,
) -> Result<Document<AuditEntry>, Error> {
    let none = || Error::NotFound(format!("audit entry {id}"));
    let number = id.parse().map_err(|_| none())?;
    let found = management.catalogue.audit_entry(customer, number).await?;
    Ok(Document::new(&urls, AuditEntry::of(found.ok_or_else(none)?, &urls)))
}
