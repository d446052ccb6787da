use std::{sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use catalogue::{JobEnd, MadeFile, Priority, ProjectionKind, ProjectionName};
use storage::{Located, keys};

use super::memberships::name_of;
use crate::{
    answer::Answer,
    delivery::Delivery,
    error::Error,
    files::send_object,
    headers::{self, Fingerprint, LastModified, attachment, inline},
    presentation::{Asked, QueryPath},
    visit::Visit,
};

/// `GET /pdf/{customer}/{name}/{arguments…}`: what a named query finds, as pages.
#[tracing::instrument(level = "debug", skip_all, fields(path = uri.path()))]
pub(crate) async fn get_pdf(
    State(delivery): State<Arc<Delivery>>,
    uri: Uri,
    visit: Visit,
) -> Result<Response, Error> {
    get_projection(&delivery, ProjectionKind::Pdf, &uri, &visit).await
}

/// `GET /zip/{customer}/{name}/{arguments…}`: what a named query finds, as files.
#[tracing::instrument(level = "debug", skip_all, fields(path = uri.path()))]
pub(crate) async fn get_zip(
    State(delivery): State<Arc<Delivery>>,
    uri: Uri,
    visit: Visit,
) -> Result<Response, Error> {
    get_projection(&delivery, ProjectionKind::Zip, &uri, &visit).await
}

/// For so long after it failed, a file is not tried again: whoever asks is told why.
const AFTER_FAILURE: Duration = Duration::from_secs(60);

const MOST_TRIES: u32 = 3;

async fn get_projection(
    delivery: &Delivery,
    kind: ProjectionKind,
    uri: &Uri,
    visit: &Visit,
) -> Result<Response, Error> {
    let path = QueryPath::parse_unversioned(uri.path())?;
    let asked = delivery.asked(&path).await?;
    let name = name_of(kind, &asked, path.arguments);
    let mut tries = 0;
    loop {
        let mut file = delivery.usable(&name, &asked).await?;
        // What was made meanwhile is judged like any other: an asset may have been restricted while it was in the making.
        if file.is_none() && delivery.has_made(&name, visit).await? {
            file = delivery.usable(&name, &asked).await?;
        }
        let Some(file) = file else {
            return Ok(come_again(delivery.config.projection_retry_seconds));
        };
        tries += 1;
        match send(delivery, &name, &file, visit).await {
            // Between the question which file there is and that for its bytes, another took its place.
            Err(Error::Missing(_)) if tries < MOST_TRIES => {}
            sent => return sent,
        }
    }
}

impl Delivery {
    /// The file that there is, if it may be given. One that is out of date is made anew meanwhile.
    async fn usable(
        &self,
        name: &ProjectionName,
        asked: &Asked,
    ) -> Result<Option<MadeFile>, Error> {
        let members = self.members(name, asked).await?;
        let catalogue = self.catalogue()?;
        let Some(found) = catalogue.projection(name).await? else { return Ok(None) };
        catalogue.note_asked(&found, catalogue.now()).await?;
        let failure = found.failure.filter(|(moment, _)| catalogue.now() < *moment + AFTER_FAILURE);
        if let Some(file) = found.made {
            if file.members == members.print {
                return Ok(Some(file));
            }
            if self.may_still_be_shown(&file, members, asked).await? {
                if failure.is_none() {
                    catalogue.want_projection(name, Priority::Background, catalogue.now()).await?;
                }
                return Ok(Some(file));
            }
        }
        match failure {
            Some((_, reason)) => Err(Error::NotProjected(reason)),
            None => Ok(None),
        }
    }

    /// Has the file made, and waits a little for it; `false` if that was not enough.
    async fn has_made(&self, name: &ProjectionName, visit: &Visit) -> Result<bool, Error> {
        let catalogue = self.catalogue()?;
        let job = catalogue.want_projection(name, Priority::Priority, catalogue.now()).await?;
        let patience = match visit.is_head {
            true => Duration::ZERO,
            false => Duration::from_secs(self.config.projection_wait_seconds),
        };
        let end = catalogue.wait_for_job(job, patience).await?;
        Ok(end != JobEnd::TimedOut)
    }
}

async fn send(
    delivery: &Delivery,
    name: &ProjectionName,
    file: &MadeFile,
    visit: &Visit,
) -> Result<Response, Error> {
    if file.items == 0 && file.pages == 0 {
        return Err(Error::NothingFound);
    }
    if !visit.visitor.holds_all(&file.roles) {
        return Err(Error::Unauthorised);
    }
    let key = keys::projection(name.customer, &name.id(), file.version, name.kind.as_str());
    let (content_type, disposition) = match name.kind {
        ProjectionKind::Pdf => ("application/pdf", inline(&file.file_name)),
        ProjectionKind::Zip => ("application/zip", attachment(&file.file_name)),
    };
    let etag = Fingerprint::NEW.of(name.kind.as_str().as_bytes()).etag(file.version);
    let answer = Answer::tagged(HeaderValue::from_static(content_type), etag)
        .with(header::LAST_MODIFIED, LastModified::new(file.made).value)
        .with(header::CONTENT_DISPOSITION, disposition);
    let cache = &delivery.cache;
    let answer = match file.roles.is_empty() {
        true => answer.with(header::CACHE_CONTROL, cache.document.clone()),
        false => answer
            .with(header::CACHE_CONTROL, cache.private.clone())
            .with(header::VARY, headers::BY_VISITOR),
    };
    let object = Located::ours(delivery.originals.bucket().clone(), key);
    Ok(send_object(answer, visit, (&object, file.bytes)).await?)
}

/// 202: it is being made.
fn come_again(seconds: u32) -> Response {
    let text = format!("the file is being made: please ask again in {seconds} seconds\n");
    let headers = [
        (header::CONTENT_TYPE, headers::PLAIN_TEXT),
        (header::RETRY_AFTER, seconds.into()),
        (header::CACHE_CONTROL, headers::NO_STORE),
    ];
    (StatusCode::ACCEPTED, headers, text).into_response()
}
