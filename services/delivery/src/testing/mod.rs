//! A library to ask, for the tests: real catalogue, real storage, real pyramids.

mod card;
mod library;
mod picture;
mod recording;
mod recorder;
mod reply;

pub(crate) use card::card;
pub(crate) use library::{Library, NOW, ROOT};
pub(crate) use picture::Picture;
pub(crate) use recording::recording;
pub(crate) use reply::Reply;
