/// Why a site, or an image of it, was not written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The image is at fault; the others go on.
    #[error("{0}")]
    Image(String),
    #[error("{path} can't be read")]
    Source {
        path: String,
        #[source]
        cause: std::io::Error,
    },
    /// The sheet of descriptions, the task file, or what the command was given.
    #[error("{0}")]
    Input(String),
    #[error("the site can't be written")]
    Storage(#[from] storage::Error),
    /// Ours, or the machine's.
    #[error("the image could not be cut")]
    Child(#[source] sandbox::Failure),
    #[error("{0}")]
    Broken(String),
}

impl Error {
    pub(crate) fn source(path: impl ToString, cause: std::io::Error) -> Self {
        Self::Source { path: path.to_string(), cause }
    }

    /// A web server that fails is told as a fault of the image: others may be there.
    pub(crate) fn not_read(error: web::NotRead) -> Self {
        Self::Image(error.to_string())
    }

    /// The error with its causes, for a list.
    pub fn in_full(&self) -> String {
        let causes = std::iter::successors(Some(self as &dyn std::error::Error), |e| e.source());
        causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
    }
}
