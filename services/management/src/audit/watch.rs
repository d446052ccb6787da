use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{MatchedPath, Request, State},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use tower::ServiceExt;

use super::journal;
use crate::{
    Management,
    caller::{Admitted, admit},
    error::Error,
    permit,
};

/// What the layer works with: the service, and its routes to look at what there was.
#[derive(Clone)]
pub(crate) struct Watch {
    pub(crate) management: Management,
    pub(crate) routes: Router,
}

/// Writes down who is about to change what, lets it happen, and adds how it ended.
///
/// A change that can't be written down is not made.
pub(crate) async fn watch(State(watch): State<Watch>, request: Request, next: Next) -> Response {
    let is_off = watch.management.config.audit_days == 0;
    if is_off || !permit::changes(request.method()) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let Ok(caller) = admit(&mut parts, &watch.management).await else {
        // Not known, or not allowed: the endpoint says which.
        return next.run(Request::from_parts(parts, body)).await;
    };
    let request = Request::from_parts(parts, body);
    let before = match question(&request) {
        Some(question) => look(watch.routes.clone(), question).await,
        None => None,
    };
    let attempt = journal::attempt(&request, &caller, before.as_deref());
    let entry = match journal::begin(&watch.management, &attempt).await {
        Ok(entry) => entry,
        Err(error) => return Error::from(error).into_response(),
    };
    let (answer, after) = read(next.run(request).await).await;
    let status = answer.status();
    let after = after.filter(|_| status.is_success());
    if let Err(error) = journal::end(&watch.management, entry, status, after.as_deref()).await {
        tracing::error!(%error, entry, %status, "how a change ended could not be written down");
    }
    answer
}

/// The question what is there before it is changed, if the address names one thing.
fn question(request: &Request) -> Option<Request> {
    let route = request.extensions().get::<MatchedPath>()?.as_str();
    let names_one_thing = route.ends_with('}') || route.ends_with("/storage");
    if *request.method() == Method::POST || !names_one_thing {
        return None;
    }
    let mut question = Request::new(Body::empty());
    *question.uri_mut() = request.uri().clone();
    let extensions = question.extensions_mut();
    if let Some(urls) = request.extensions().get::<model::ServerUrls>() {
        extensions.insert(urls.clone());
    }
    extensions.insert(request.extensions().get::<Admitted>()?.clone());
    Some(question)
}

async fn look(routes: Router, question: Request) -> Option<Bytes> {
    let answer = routes.oneshot(question).await.ok()?;
    let is_there = answer.status().is_success();
    let body = to_bytes(answer.into_body(), journal::MAX_BYTES).await.ok()?;
    is_there.then_some(body)
}

/// The answer, and what it says; answers of the API are at hand as a whole.
async fn read(answer: Response) -> (Response, Option<Bytes>) {
    let (parts, body) = answer.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(bytes) => {
            let said =
                (bytes.len() <= journal::MAX_BYTES && !bytes.is_empty()).then(|| bytes.clone());
            (Response::from_parts(parts, Body::from(bytes)), said)
        }
        Err(_) => (Error::Interrupted.into_response(), None),
    }
}
