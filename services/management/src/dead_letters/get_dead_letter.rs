use axum::extract::State;

use super::dead_letter_path::{DeadLetterPath, no_such_letter};
use crate::{
    Management,
    error::Error,
    hydra::{DeadLetter, Document},
    urls::Urls,
};

/// `GET /customers/{customer}/queue/deadLetters/{id}`.
pub(crate) async fn get_dead_letter(
    State(management): State<Management>,
    urls: Urls,
    DeadLetterPath { reach, id }: DeadLetterPath,
) -> Result<Document<DeadLetter>, Error> {
    let found = management.catalogue.dead_letter(reach, id).await?;
    let found = found.ok_or_else(|| no_such_letter(&id.to_string()))?;
    Ok(Document::new(&urls, DeadLetter::of(found, &urls)))
}
