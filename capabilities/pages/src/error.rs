/// Why there are no pages. The text is for the person whose document it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("the document is no PDF, or damaged")]
    Damaged,
    #[error("the document is locked by a password")]
    Locked,
    #[error("the document has no pages")]
    Empty,
    #[error("the document has no page {0}")]
    NoSuchPage(usize),
    #[error("page {0} has no extent")]
    NoExtent(usize),
}
