//! The steps of a drawing, in the order in which they are taken.
//!
//! - [`flatten`] puts what is transparent on white; only sources need it.
//! - [`gray`] takes the colours from what comes with them.
//! - [`region`] decodes what is needed of the tiles.
//! - [`scale`] cuts the window out and brings it to its size, rows in and rows out.
//! - [`mirror`] and [`turn`] are the rotation.
//! - [`bitonal`] is the one quality that isn't had from decoding brightness alone.

pub(crate) mod flatten;
pub(crate) mod gray;
pub(crate) mod region;
pub(crate) mod scale;
pub(crate) mod mirror;
pub(crate) mod turn;
pub(crate) mod bitonal;
