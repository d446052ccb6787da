use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{MatchedPath, Request, State},
    http::{
        HeaderName, HeaderValue, Method, StatusCode,
        header::{CONTENT_TYPE, LOCATION},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use catalogue::{OnceOnly, RememberedAnswer, Turn};
use sha2::{Digest, Sha256};

use crate::{Management, caller::admit, error::Error};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// As much as any body without a file may have.
const MAX_BYTES: usize = 2 * 1024 * 1024;
const MAX_NAME: usize = 255;

/// Does a POST with an `Idempotency-Key` once, and answers whoever sends it again as it was answered then.
pub(crate) async fn once_only(
    State(management): State<Management>,
    request: Request,
    next: Next,
) -> Response {
    let Some(name) = request.headers().get(IDEMPOTENCY_KEY).cloned() else {
        return next.run(request).await;
    };
    if *request.method() != Method::POST {
        return next.run(request).await;
    }
    match answer(&management, request, next, &name).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

async fn answer(
    management: &Management,
    request: Request,
    next: Next,
    name: &HeaderValue,
) -> Result<Response, Error> {
    let (mut parts, body) = request.into_parts();
    let Ok(caller) = admit(&mut parts, management).await else {
        return Ok(next.run(Request::from_parts(parts, body)).await);
    };
    let name = name.to_str().ok().filter(|name| (1..=MAX_NAME).contains(&name.len()));
    let name = name.ok_or_else(|| {
        Error::invalid(format!("'Idempotency-Key' must have 1 to {MAX_NAME} visible characters"))
    })?;
    let route = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    if ["/keys", "/webhooks"].iter().any(|made| route.ends_with(made))
        || route.ends_with("/{image}")
    {
        let text =
            "'Idempotency-Key' is heeded neither where secrets are made nor where files are sent";
        return Err(Error::invalid(text));
    }
    let body = to_bytes(body, MAX_BYTES).await;
    let body = body.map_err(|_| Error::TooLarge { max_bytes: MAX_BYTES })?;
    let fingerprint = fingerprint(&parts.uri.to_string(), &body);
    let once = OnceOnly { caller: &caller.key, name, fingerprint: &fingerprint };
    match management.catalogue.begin_request(once, management.now()).await? {
        Turn::Done(answer) => return Ok(again(answer)),
        Turn::UnderWay => return Err(Error::UnderWay),
        Turn::Another => {
            return Err(Error::invalid(
                "This 'Idempotency-Key' was sent with another request; each needs its own",
            ));
        }
        Turn::First => (),
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    remember(management, once, response).await
}

/// What succeeded is remembered; what did not may be tried again.
async fn remember(
    management: &Management,
    once: OnceOnly<'_>,
    response: Response,
) -> Result<Response, Error> {
    if !response.status().is_success() {
        management.catalogue.forget_request(once).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(|_| Error::Interrupted)?;
    let location = parts.headers.get(LOCATION).and_then(|url| url.to_str().ok());
    let answer = RememberedAnswer {
        status: parts.status.as_u16(),
        location: location.map(str::to_owned),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    management.catalogue.remember_answer(once, &answer).await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn again(answer: RememberedAnswer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    if let Some(Ok(location)) = answer.location.map(HeaderValue::try_from) {
        headers.insert(LOCATION, location);
    }
    response
}

fn fingerprint(uri: &str, body: &Bytes) -> String {
    let digest = Sha256::new().chain_update(uri).chain_update([0]).chain_update(body).finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{Answer, Client, on_every_database};

    const SPACES: &str = "/customers/2/spaces";

    async fn post(client: &Client, path: &str, name: &str, body: Value) -> Answer {
        let request = Request::post(path).header(IDEMPOTENCY_KEY, name);
        client.request(request.body(body.to_string().into()).unwrap()).await
    }

    #[tokio::test]
    async fn what_is_sent_twice_is_done_once_and_answered_alike() {
        on_every_database(async |api| {
            let administrator = api.administrator().await;
            let librarian = api.customer(&administrator, "library").await;
            let first = post(&librarian, SPACES, "job-1", json!({"name": "maps"})).await;
            let again = post(&librarian, SPACES, "job-1", json!({"name": "maps"})).await;
            assert_eq!((first.status.as_u16(), again.status), (201, first.status));
            assert_eq!(
                (&first.body, first.header("location")),
                (&again.body, again.header("location"))
            );
            assert_eq!(first.header("idempotency-replayed"), "");
            assert_eq!(again.header("idempotency-replayed"), "true");
            assert_eq!(librarian.get(SPACES).await.body["totalItems"], 1);

            let other = post(&librarian, SPACES, "job-1", json!({"name": "books"})).await;
            assert_eq!(other.status, 400, "{}", other.detail());
            let next = post(&librarian, SPACES, "job-2", json!({"name": "books"})).await;
            assert_eq!(next.status, 201);
            let museum = api.customer(&administrator, "museum").await;
            let theirs =
                post(&museum, "/customers/3/spaces", "job-1", json!({"name": "maps"})).await;
            assert_eq!(theirs.status, 201, "names are each caller's own");
        })
        .await;
    }

    #[tokio::test]
    async fn what_failed_may_be_mended_and_sent_again() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let failed = post(&librarian, SPACES, "job", json!({"name": "Maps"})).await;
            assert_eq!(failed.status, 409);
            let mended = post(&librarian, SPACES, "job", json!({"name": "books"})).await;
            assert_eq!(mended.status, 201);
            let anonymous = post(&api.anonymous(), SPACES, "job", json!({"name": "x"})).await;
            assert_eq!(anonymous.status, 401);
            for (path, name) in [
                ("/customers/2/keys", "job"),
                ("/customers/2/spaces/1/images/a", "job"),
                (SPACES, ""),
                (SPACES, &"x".repeat(256)),
            ] {
                let refused = post(&librarian, path, name, json!({"name": "y"})).await;
                assert_eq!(refused.status, 400, "{path} {name}");
                assert!(refused.detail().contains("Idempotency-Key"), "{}", refused.detail());
            }
        })
        .await;
    }
}
