use std::sync::Arc;

use axum::{extract::State, http::Uri, response::Response};
use catalogue::Stretch;

use super::asked::{Parameters, QueryPath};
use crate::{access::Decision, delivery::Delivery, document::Document, error::Error, visit::Visit};

/// As many ids as one answer has.
pub(super) const MAX_IDS: u64 = 100_000;

/// `GET /raw-resource/{customer}/{name}/{arguments…}`: the ids of what a named query finds, as a list.
#[tracing::instrument(level = "debug", skip_all, fields(path = uri.path()))]
pub(crate) async fn get_raw(
    State(delivery): State<Arc<Delivery>>,
    uri: Uri,
    visit: Visit,
) -> Result<Response, Error> {
    let path = QueryPath::parse(uri.path())?;
    let Parameters { page, .. } = Parameters::parse(uri.query())?;
    let asked = delivery.asked(&path).await?;
    let _turn = delivery.documents.turn().await?;
    let offset = u64::from(page.unwrap_or(1) - 1) * MAX_IDS;
    let limit = if page.is_none() { MAX_IDS + 1 } else { MAX_IDS };
    let stretch = Stretch { offset, limit };
    let ids = delivery.catalogue()?.found_ids(asked.customer, &asked.question, stretch).await?;
    if ids.len() as u64 > MAX_IDS {
        return Err(Error::TooManyFound(MAX_IDS));
    }
    if ids.is_empty() {
        return Err(Error::NothingFound);
    }
    let list = serde_json::to_string(&ids).expect("ids are texts");
    let document = Document::plain(&visit, list);
    let answer = document.answer_of_many().kept_as_document(&delivery, Decision::Open);
    Ok(answer.to(&visit, document.body))
}
