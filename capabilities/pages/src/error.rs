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
    #[error("the ZIP is damaged: {0}")]
    Archive(String),
    #[error("the ZIP is locked by a password")]
    LockedArchive,
    #[error("the ZIP has {files} files: more than {most} are not accepted")]
    TooMany { files: u64, most: u64 },
    #[error("what is in the ZIP is larger than {most} bytes together")]
    TooLarge { most: u64 },
    #[error("'{name}' in the ZIP is packed in a way that is not known ({method}): use Deflate")]
    Packing { name: String, method: u64 },
    /// The machine is at fault.
    #[error("a file can't be read or written: {0}")]
    Unreadable(String),
}
