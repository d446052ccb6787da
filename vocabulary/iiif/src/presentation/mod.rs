//! The Presentation API: what is shown, in which order, and under which names.
//!
//! A [`Manifest`] holds [`Canvas`]es, a canvas is painted with [`Content`], and content is offered
//! by [`Service`]s. They are built once, as plain values, and written by
//! [`Manifest::to_json`] (and a [`Collection`] of them) in version 3 or, as far as it can say them, in 2.1: one writer for each
//! version, and every URI the same in both, since stored annotations point at them.
//!
//! One with very many canvases is written piece by piece: its [`Envelope`], and each [`Canvas::to_json`] alone.
//!
//! These are the manifests that we make. Documents that others wrote are not read here, but for a [`Description`]: what
//! somebody wants said of manifests to be made.

mod language;
mod service;
mod content;
mod canvas;
mod manifest;
mod collection;
mod envelope;
mod node;
mod description;
mod v3;
mod v2;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod golden;

pub use canvas::{AnnotationPage, Canvas, Painting};
pub use collection::{Collection, Member, MemberKind};
pub use content::{Content, ContentType};
pub use description::Description;
pub use envelope::Envelope;
pub use language::{LabelledValue, LanguageMap};
pub use manifest::{Agent, Manifest, Range, ViewingDirection};
pub use node::DescriptionFault;
pub use service::{ImageService, Service};
