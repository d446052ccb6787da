use crate::origins::FetchError;

/// Why a job did not come to its end.
///
/// The text is kept as the asset's `error`: it is written for the librarian who registered it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The asset itself is at fault: trying again would end the same way.
    #[error("{0}")]
    Asset(String),
    /// The origin may be back later.
    #[error("{0}")]
    Origin(String),
    /// Something of ours does not work; the chain is for the log.
    #[error("Recto could not keep this asset; it will be tried again")]
    Ours(#[from] anyhow::Error),
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Refused(reason) => Self::Asset(reason),
            FetchError::Unavailable(reason) => Self::Origin(reason),
        }
    }
}

impl Failure {
    /// Could trying again help?
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Asset(_) => false,
            Self::Origin(_) | Self::Ours(_) => true,
        }
    }
}
