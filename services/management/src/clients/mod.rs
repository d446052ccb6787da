//! The clients of the DLCS that are in use: their calls in their order, and what each reads of the answers.
//!
//! They know nothing of Recto, so that what these tests say must never be changed to suit it.

mod acceptance;
mod dlcs_cli;
mod dlcs_py;
mod iiif_builder;
mod iiif_presentation;
mod iiifly;
