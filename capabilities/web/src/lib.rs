//! The web, as a careful guest asks it: no address that somebody else wrote down leads into the operator's own network.
//!
//! - [`Guard`] judges addresses: before they are asked, at every redirect, and by what their names resolve to.
//! - [`Poster`] sends small messages, and reads what comes back.
//! - [`Reader`] reads documents, and the files that they name.
//!
//! It does not know what the messages mean; whoever fetches files brings a client of their own, guarded by the same.

mod failure;
mod guard;
mod post;
mod read;

pub use guard::Guard;
pub use post::{Answer, NotSent, Poster};
pub use read::{NotRead, Reader, Stamp};
