//! What the API says: records as Hydra JSON-LD, one file per resource.
//!
//! - [`Document`] is a resource on its own, with its `@context`; [`Collection`] is a page of several.
//! - [`Class`] lists a resource's properties once; contexts and the vocabulary are generated from it.
//! - [`HydraError`] is every failure.
//!
//! Only links that lead somewhere are given: a link arrives together with its endpoint.

mod class;
mod collection;
mod document;
mod error;

mod audit_entry;
mod batch;
mod composite;
mod custom_header;
mod customer;
mod customer_origin_strategy;
mod dead_letter;
mod default_delivery_channel;
mod delivery_channel_policy;
mod entry_point;
mod image;
mod key;
mod legacy_policies;
mod named_query;
mod origin_strategy;
mod portal_user;
mod progress;
mod metadata_error;
mod queue;
mod refused_message;
mod space;
mod storage;
mod transcoder_job;
mod webhook;

pub(crate) use audit_entry::AuditEntry;
pub(crate) use batch::{Batch, BatchError};
pub(crate) use class::{Class, Property, Range, api_documentation};
pub(crate) use collection::Collection;
pub(crate) use composite::{CompositeCollection, CompositeMember};
pub(crate) use custom_header::CustomHeader;
pub(crate) use customer::{Customer, CustomerLink};
pub(crate) use customer_origin_strategy::CustomerOriginStrategy;
pub(crate) use dead_letter::DeadLetter;
pub(crate) use default_delivery_channel::DefaultDeliveryChannel;
pub(crate) use delivery_channel_policy::{DeliveryChannelPolicy, PoliciesLink};
pub(crate) use document::{Document, Resource, Saved};
pub(crate) use entry_point::EntryPoint;
pub(crate) use error::HydraError;
pub(crate) use image::Image;
pub(crate) use key::{FreshKey, Key};
pub(crate) use legacy_policies::{ImageOptimisationPolicy, ThumbnailPolicy};
pub(crate) use metadata_error::MetadataError;
pub(crate) use named_query::NamedQuery;
pub(crate) use origin_strategy::OriginStrategy;
pub(crate) use portal_user::PortalUser;
pub(crate) use progress::{ImageProgress, Progress};
pub(crate) use queue::{Queue, QueueSummary};
pub(crate) use refused_message::RefusedMessage;
pub(crate) use space::Space;
pub(crate) use storage::{CustomerStorage, ImageStorage, StoragePolicy};
pub(crate) use transcoder_job::TranscoderJob;
pub(crate) use webhook::{FreshWebhook, Webhook};

pub(crate) const HYDRA_CONTEXT: &str = "http://www.w3.org/ns/hydra/context.jsonld";

/// Every class whose context is served.
pub(crate) const CLASSES: &[&Class] = &[
    &EntryPoint::CLASS,
    &Customer::CLASS,
    &Key::CLASS,
    &Space::CLASS,
    &Image::CLASS,
    &DeliveryChannelPolicy::CLASS,
    &DefaultDeliveryChannel::CLASS,
    &OriginStrategy::CLASS,
    &CustomerOriginStrategy::CLASS,
    &CustomHeader::CLASS,
    &NamedQuery::CLASS,
    &PortalUser::CLASS,
    &AuditEntry::CLASS,
    &ImageOptimisationPolicy::CLASS,
    &ThumbnailPolicy::CLASS,
    &StoragePolicy::CLASS,
    &CustomerStorage::CLASS,
    &ImageStorage::CLASS,
    &Queue::CLASS,
    &QueueSummary::CLASS,
    &Batch::CLASS,
    &BatchError::CLASS,
    &DeadLetter::CLASS,
    &ImageProgress::CLASS,
    &Webhook::CLASS,
    &RefusedMessage::CLASS,
];
