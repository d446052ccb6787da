//! Uploads that come in parts: how far each is, and where its parts lie.

pub(crate) mod upload;
pub(crate) mod create_upload;
pub(crate) mod add_upload_parts;
pub(crate) mod end_upload;

pub use create_upload::NewUpload;
pub use upload::{Upload, UploadPart};
