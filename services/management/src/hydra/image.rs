use catalogue::{Asset, AssetChannel};
use model::{DeliveryChannel, Family, Service};
use serde::Serialize;
use time::OffsetDateTime;

use super::{Class, Property, Range, Resource};
use crate::urls::Urls;

/// An asset, under the name that the DLCS gave to all of them when they were images.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Image {
    #[serde(rename = "@id")]
    url: String,
    #[serde(rename = "@type")]
    class: &'static str,
    id: String,
    space: u32,
    image_service: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbnail_image_service: Option<String>,
    manifest: String,
    storage: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    media_type: String,
    family: &'static str,
    delivery_channels: Vec<Channel>,
    roles: Vec<String>,
    max_unauthorised: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    open_full_max: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_width: Option<u32>,
    string1: String,
    string2: String,
    string3: String,
    number1: i64,
    number2: i64,
    number3: i64,
    tags: Vec<String>,
    manifests: Vec<String>,
    #[serde(skip_serializing_if = "is_unknown")]
    width: u64,
    #[serde(skip_serializing_if = "is_unknown")]
    height: u64,
    #[serde(skip_serializing_if = "is_unknown")]
    duration: u64,
    #[serde(with = "time::serde::rfc3339")]
    created: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    finished: Option<OffsetDateTime>,
    ingesting: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    batch: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(skip)]
    modified: OffsetDateTime,
}

/// One way in which the asset is delivered, and the policy that says what is made for it.
#[derive(Debug, Serialize)]
struct Channel {
    #[serde(rename = "@type")]
    class: &'static str,
    channel: DeliveryChannel,
    policy: String,
}

impl Image {
    pub(crate) fn of(asset: Asset, urls: &Urls) -> Self {
        let id = &asset.id;
        let has_thumbs = asset.has_channel(DeliveryChannel::Thumbs);
        let channel = |channel| Channel::of(channel, id.customer, urls);
        Self {
            url: urls.image(id),
            class: "vocab:Image",
            id: id.name().to_owned(),
            space: id.space,
            image_service: urls.public.of(Service::Image, id),
            thumbnail_image_service: has_thumbs.then(|| urls.public.of(Service::Thumbs, id)),
            manifest: urls.public.of(Service::Manifest, id),
            storage: urls.image_storage(id),
            metadata: (asset.family == Family::TimeBased).then(|| urls.image_metadata(id)),
            sha256: asset.original_sha256().map(str::to_owned),
            batch: asset.batch.map(|batch| urls.batch(id.customer, batch)),
            delivery_channels: asset.channels.into_iter().map(channel).collect(),
            origin: asset.origin.map(|origin| origin.to_string()),
            media_type: asset.media_type.to_string(),
            family: asset.family.as_str(),
            roles: asset.roles,
            max_unauthorised: asset.max_unauthorised,
            open_full_max: asset.open_full_max,
            max_width: asset.max_width,
            string1: asset.string1.unwrap_or_default(),
            string2: asset.string2.unwrap_or_default(),
            string3: asset.string3.unwrap_or_default(),
            number1: asset.number1,
            number2: asset.number2,
            number3: asset.number3,
            tags: asset.tags,
            manifests: asset.manifests,
            width: asset.width.into(),
            height: asset.height.into(),
            duration: asset.duration,
            created: asset.created,
            finished: asset.finished,
            ingesting: asset.ingesting,
            error: asset.error,
            modified: asset.modified,
        }
    }
}

impl Channel {
    fn of(own: AssetChannel, customer: u32, urls: &Urls) -> Self {
        let channel = own.channel;
        Self { class: "vocab:DeliveryChannel", channel, policy: urls.named_policy(customer, own) }
    }
}

fn is_unknown(measure: &u64) -> bool {
    *measure == 0
}

impl Resource for Image {
    const CLASS: Class = Class {
        name: "Image",
        description: "An asset: an image, audio, video or another file.",
        properties: &[
            Property::settable("id", Range::Text, "Its name, unique in the space; permanent."),
            Property::settable("space", Range::Number, "The space it lies in; permanent."),
            Property::given("imageService", Range::Link, "Its IIIF image service."),
            Property::given("thumbnailImageService", Range::Link, "Its service of ready sizes."),
            Property::given("manifest", Range::Link, "A IIIF manifest of this asset alone."),
            Property::given("storage", Range::Link, "How much is kept for it."),
            Property::given("metadata", Range::Link, "How audio or video was transcoded."),
            Property::settable("origin", Range::Text, "Where its bytes come from."),
            Property::settable("file", Range::Text, "Its bytes themselves, in Base64."),
            Property::settable("mediaType", Range::Text, "What kind of bytes it is."),
            Property::given("family", Range::Text, "I for images, T for audio and video, F else."),
            Property::settable("deliveryChannels", Range::Structure, "How it is delivered."),
            Property::given("channel", Range::Text, "One way of delivery."),
            Property::given("policy", Range::Text, "What is made for a way of delivery."),
            Property::settable("roles", Range::Texts, "Who may see it; nobody named: everybody."),
            Property::settable("maxUnauthorised", Range::Number, "Deprecated: openFullMax."),
            Property::settable("openFullMax", Range::Number, "The largest open size in pixels."),
            Property::settable("maxWidth", Range::Number, "The largest size for anybody."),
            Property::settable("string1", Range::Text, "Free text, to be found by."),
            Property::settable("string2", Range::Text, "Free text, to be found by."),
            Property::settable("string3", Range::Text, "Free text, to be found by."),
            Property::settable("number1", Range::Number, "A number, to be found and ordered by."),
            Property::settable("number2", Range::Number, "A number, to be found and ordered by."),
            Property::settable("number3", Range::Number, "A number, to be found and ordered by."),
            Property::settable("tags", Range::Texts, "Words of the customer's own."),
            Property::settable("manifests", Range::Texts, "The manifests that use it."),
            Property::given("width", Range::Number, "In pixels, once known."),
            Property::given("height", Range::Number, "In pixels, once known."),
            Property::given("duration", Range::Number, "In milliseconds, once known."),
            Property::given("created", Range::Moment, "When it was registered."),
            Property::given("finished", Range::Moment, "When it was last brought in."),
            Property::given("ingesting", Range::Truth, "Whether it is being brought in."),
            Property::given("error", Range::Text, "Why it could not be brought in."),
            Property::given("batch", Range::Link, "The batch it last came with."),
            Property::given("sha256", Range::Text, "The checksum of its bytes, if they are kept."),
        ],
    };

    fn url(&self) -> &str {
        &self.url
    }

    fn changed(&self) -> Option<OffsetDateTime> {
        Some(self.modified)
    }
}
