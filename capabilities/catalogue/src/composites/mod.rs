//! Documents of many pages (the DLCS's composites): each page becomes an asset.
//!
//! - [`Composite`] is a document and how far it is; [`PageTemplate`] what its pages are registered with.
//! - `register_composites` takes a collection of them in, each with a job; `advance_composite` and `register_pages`
//!   are for who does that job.

mod composite;
mod page_template;
mod register_composites;
mod advance_composite;
mod register_pages;

pub(crate) use advance_composite::{fail, try_again};
pub use composite::{Composite, CompositeStatus};
pub use page_template::PageTemplate;
pub use register_composites::NewComposite;
