use std::{collections::HashMap, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
    routing::post,
};
use storage::Secret;

use super::Intake;
use crate::signature;

/// Hears from whoever posts here and knows the secret of the source.
#[derive(Clone)]
pub(super) struct FromWeb {
    intake: Arc<Intake>,
    secrets: Arc<HashMap<String, Secret>>,
}

const MAX_BYTES: usize = 1 << 20;

impl FromWeb {
    pub(super) fn new(intake: Arc<Intake>, secrets: HashMap<String, Secret>) -> Self {
        Self { intake, secrets: Arc::new(secrets) }
    }

    pub(super) fn router(self) -> Router {
        Router::new()
            .route("/events/{source}", post(post_events))
            .layer(DefaultBodyLimit::max(MAX_BYTES))
            .with_state(self)
    }
}

/// `POST /events/{source}`: 204 when a message was acted upon, or kept apart; 503 when it should be sent again.
async fn post_events(
    State(web): State<FromWeb>,
    Path(source): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> impl IntoResponse {
    let Some(secret) = web.secrets.get(&source) else {
        return (StatusCode::NOT_FOUND, "there is no such source\n");
    };
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if !signature::vouches(secret.expose(), text, &body, web.intake.now().unix_timestamp()) {
        return (StatusCode::UNAUTHORIZED, "this needs a signature by the secret of the source\n");
    }
    match web.intake.take(&source, &body).await {
        Ok(()) => (StatusCode::NO_CONTENT, ""),
        Err(error) => {
            tracing::warn!(source, ?error, "a message is to be sent again");
            (StatusCode::SERVICE_UNAVAILABLE, "try again later\n")
        }
    }
}
