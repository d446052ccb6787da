use iiif::image::Format;

/// Why there is no picture, said to the librarian who sent the image.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the file ends in the middle of the image")]
    Truncated,
    /// The bytes contradict their format or themselves.
    #[error("the image is damaged: {0}")]
    Damaged(String),
    /// A sound file that another program may be able to read.
    #[error("this image can't be read: {0}")]
    Unsupported(String),
    /// A sound file that has to be made into a pyramid before it can be drawn in parts.
    #[error(
        "this file can't be served as it is, because {0}: choose the policy `default` for the \
         channel `iiif-img`, and an access copy will be made of it"
    )]
    NotReady(String),
    #[error("the image is too large: {0}")]
    TooLarge(String),
    /// The index at the head of a pyramid doesn't hold together.
    #[error("this is not a pyramid of ours: {0}")]
    Pyramid(&'static str),
    #[error("a {format} file of {w}x{h} pixels is not possible")]
    Format { format: Format, w: u32, h: u32 },
    #[error("the image could not be written as {format}: {reason}")]
    Encoding { format: &'static str, reason: String },
    #[error("these settings are not possible: {0}")]
    Settings(String),
    #[error("a file could not be read or written")]
    Io(#[from] std::io::Error),
}
