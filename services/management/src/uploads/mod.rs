//! Files that come in parts. Uploads that can be gone on with: tus 1.0, with creation, expiration, checksum and termination.
//!
//! - [`post_form`] takes a whole file in a form.
//! - [`tus`] is what is the same for every request of the protocol.
//! - [`metadata`] says what asset it will be; it is checked before a byte comes.
//! - [`receive`] takes bytes as they come, and keeps them in objects of a few megabytes, each written down at once: so any
//!   process can go on where another one stopped.
//! - [`complete`] registers the asset with what came, and [`expire_uploads`] forgets what nobody goes on with.

mod tus;
mod checksum;
mod metadata;
mod receive;
mod complete;
mod expire;

mod options_uploads;
mod post_upload;
mod head_upload;
mod patch_upload;
mod delete_upload;
mod post_form;

pub use expire::expire_uploads;

pub(crate) use delete_upload::delete_upload;
pub(crate) use head_upload::head_upload;
pub(crate) use options_uploads::options_uploads;
pub(crate) use patch_upload::patch_upload;
pub(crate) use post_form::post_form;
pub(crate) use post_upload::post_upload;
pub(crate) use tus::speak_tus;
