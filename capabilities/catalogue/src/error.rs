use std::sync::Arc;

/// Why the catalogue gives no answer or refuses a change.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    #[error("the catalogue is not available")]
    Unavailable(#[source] Arc<dyn std::error::Error + Send + Sync>),
    /// The change breaks a rule; the text tells the caller which.
    #[error("{0}")]
    Invalid(String),
    /// Something else already has this name, or stands in the way.
    #[error("{0}")]
    Conflict(String),
    /// The thing to change is not as the request takes for granted.
    #[error("{0}")]
    Outdated(String),
    /// The thing to change does not exist.
    #[error("there is no {0}")]
    NotFound(String),
    /// The customer's storage policy has no room for this.
    #[error("{0}")]
    LimitExceeded(String),
    /// The schema is not one that this version can work with.
    #[error("{0}")]
    Schema(String),
}

impl Error {
    pub(crate) fn unavailable(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Unavailable(Arc::new(cause))
    }
}
