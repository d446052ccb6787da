use axum::http::StatusCode;

/// Why an original that stayed in its owner's bucket can't be had, said to the visitor.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OriginalFault {
    #[error("the original is no longer where its owner kept it")]
    Gone(#[source] storage::Error),
    #[error(
        "the original was changed by its owner: the asset has to be brought in again before it can be shown"
    )]
    Changed(#[source] storage::Error),
    #[error("the original can't be read from its owner's bucket")]
    Unreadable(#[source] storage::Error),
}

impl OriginalFault {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Gone(_) => StatusCode::NOT_FOUND,
            Self::Changed(_) | Self::Unreadable(_) => StatusCode::BAD_GATEWAY,
        }
    }
}

impl From<storage::Error> for OriginalFault {
    fn from(error: storage::Error) -> Self {
        if matches!(error, storage::Error::NotFound(_)) {
            Self::Gone(error)
        } else if matches!(error, storage::Error::Changed(_)) {
            Self::Changed(error)
        } else {
            Self::Unreadable(error)
        }
    }
}
