//! Named queries: a template that turns the end of an address into a question about assets.
//!
//! - [`Template`] is what a customer saves: `assetOrder=n1&s1=p1&space=p2`. `parse` reads it and points at what is wrong.
//! - [`Question`] is a template with the arguments of one address put in.
//! - [`Groups`] is a template asked for all the values of one property, each of which is the next argument.
//! - `words` says of either what it asks, for people.
//!
//! Who answers the question, and what is made of the answer, is not said here.

mod template;
mod parse;
mod question;
mod groups;
mod words;

pub use groups::{Group, Groups};
pub use parse::TemplateFault;
pub use question::{ArgumentFault, Question, canonical_arguments};
pub use template::{Field, Filter, ImageSize, Ordering, Slot, Template};
