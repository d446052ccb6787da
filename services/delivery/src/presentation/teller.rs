use catalogue::AssetCard;
use iiif::{
    image::{Extent, Format, Level, Version, confined},
    presentation::{
        Canvas, Content, ContentType, ImageService, LabelledValue, LanguageMap, Painting,
    },
};
use model::{DeliveryChannel, MediaType, PublicUrls, Service};

use super::{
    get_placeholder::EXTENT,
    screened::{screened, seconds},
};
use crate::{
    access::{Asked, Decision, Visitor, limits, may_see},
    delivery::Delivery,
    thumbs::{closest_to, open_sizes},
};

/// The edge of the thumbnail that a list of objects shows.
const THUMBNAIL_EDGE: u32 = 200;

/// Tells how an asset is shown to a visitor.
pub(super) struct Teller<'a> {
    pub(super) delivery: &'a Delivery,
    pub(super) card: &'a AssetCard,
    pub(super) urls: &'a PublicUrls,
    pub(super) visitor: &'a Visitor,
}

/// Has an asset a canvas? Version 2 knows images alone.
pub(super) fn has_canvas(card: &AssetCard, version: Version) -> bool {
    let is_shown = match version {
        Version::V2 => card.has_channel(DeliveryChannel::IiifImg),
        // Of audio and video that nothing was made of, nothing can be shown.
        Version::V3 if card.has_channel(DeliveryChannel::IiifAv) => !card.recording.is_empty(),
        Version::V3 => {
            card.has_channel(DeliveryChannel::IiifImg) || card.has_channel(DeliveryChannel::File)
        }
    };
    card.is_ready() && is_shown
}

impl Teller<'_> {
    /// Its canvas, with what is open to the visitor; the number counts the canvases of a manifest, and is their label
    /// if they have none.
    pub(super) fn canvas(&self, number: u32, label: Option<String>) -> Canvas {
        let id = self.urls.canvas(&self.card.id, number);
        let numbered = || LanguageMap::new("en", format!("Canvas {number}"));
        let canvas = Canvas {
            metadata: self.metadata(),
            rendering: self.file().into_iter().collect(),
            ..Canvas::new(id, label.map_or_else(numbered, LanguageMap::none))
        };
        if !self.card.recording.is_empty() {
            return screened(self, canvas);
        }
        if !self.card.has_channel(DeliveryChannel::IiifImg) {
            return self.with_placeholder(canvas);
        }
        let (w, h) = self.card.extent;
        let open = self.open_sizes();
        Canvas {
            extent: Some(Extent::new(w, h)),
            thumbnail: self.thumbnail_among(&open).into_iter().collect(),
            painting: Some(Painting::One(self.painting(&open))),
            ..canvas
        }
    }

    /// What is no image can't be painted, but a canvas has to be.
    fn with_placeholder(&self, canvas: Canvas) -> Canvas {
        let picture = self.urls.placeholder(&self.card.media_type);
        Canvas {
            extent: Some(EXTENT),
            behavior: vec!["placeholder".to_owned()],
            painting: Some(Painting::One(Content::image(picture, Format::Png, EXTENT))),
            ..canvas
        }
    }

    /// The bytes as they came, if the visitor may have them.
    fn file(&self) -> Option<Content> {
        let card = self.card;
        let is_open = may_see(card, self.visitor, Asked::File) != Decision::Refused;
        (card.has_channel(DeliveryChannel::File) && is_open).then(|| Content {
            label: Some(LanguageMap::new("en", "Original")),
            format: Some(card.media_type.as_str().to_owned()),
            behavior: vec!["original".to_owned()],
            duration: seconds(card.duration),
            ..Content::new(self.urls.of(Service::File, &card.id), class_of(&card.media_type))
        })
    }

    fn metadata(&self) -> Vec<LabelledValue> {
        let card = self.card;
        let number = |number: i64| Some(number.to_string());
        let list = |texts: &[String]| Some(texts.join(","));
        let entries = [
            ("String 1", card.string1.clone()),
            ("String 2", card.string2.clone()),
            ("String 3", card.string3.clone()),
            ("Number 1", number(card.number1)),
            ("Number 2", number(card.number2)),
            ("Number 3", number(card.number3)),
            ("Tags", list(&card.tags)),
            ("Roles", list(&card.roles)),
        ];
        let filled = entries.into_iter().filter_map(|(label, value)| Some((label, value?)));
        filled.filter(|(_, value)| !value.is_empty()).map(|(l, value)| entry(l, value)).collect()
    }

    /// The image itself, at the largest size that is ready and open; both versions of its service.
    fn painting(&self, open: &[Extent]) -> Content {
        let base = self.urls.of(Service::Image, &self.card.id);
        let (size, extent) = match open.first() {
            Some(size) => (format!("{},{}", size.w, size.h), *size),
            None => ("max".to_owned(), self.largest()),
        };
        let (w, h) = self.card.extent;
        let service = |version| ImageService {
            extent: Some(Extent::new(w, h)),
            ..self.service(Service::Image, version, Level::Two, open)
        };
        Content {
            service: [Version::V2, Version::V3].map(|version| service(version).into()).into(),
            ..Content::image(format!("{base}/full/{size}/0/default.jpg"), Format::Jpg, extent)
        }
    }

    /// What a list of objects shows.
    pub(super) fn thumbnail(&self) -> Option<Content> {
        self.thumbnail_among(&self.open_sizes())
    }

    fn open_sizes(&self) -> Vec<Extent> {
        open_sizes(self.delivery, self.card, self.visitor)
    }

    fn thumbnail_among(&self, open: &[Extent]) -> Option<Content> {
        if !self.card.has_channel(DeliveryChannel::Thumbs) {
            return None;
        }
        let size = closest_to(THUMBNAIL_EDGE, open)?;
        let base = self.urls.of(Service::Thumbs, &self.card.id);
        let id = format!("{base}/full/{},{}/0/default.jpg", size.w, size.h);
        let service = |version| self.service(Service::Thumbs, version, Level::Zero, open).into();
        Some(Content {
            service: [Version::V2, Version::V3].map(service).into(),
            ..Content::image(id, Format::Jpg, size)
        })
    }

    /// A service with the sizes that are stored: viewers that find them ask for nothing else.
    fn service(
        &self,
        service: Service,
        version: Version,
        level: Level,
        open: &[Extent],
    ) -> ImageService {
        let id = match version == self.delivery.config.default_version {
            true => self.urls.of(service, &self.card.id),
            false => self.urls.versioned(service, version.major(), &self.card.id),
        };
        let sizes = open.iter().rev().copied().collect();
        ImageService { sizes, ..ImageService::new(id, version, level) }
    }

    /// What `max` gives.
    fn largest(&self) -> Extent {
        let (w, h) = self.card.extent;
        let limits = limits(&self.delivery.config, self.card);
        let max_width = limits.max_width.unwrap_or(w);
        let max_height = limits.max_height.or(limits.max_width).unwrap_or(h);
        confined(Extent::new(w, h), max_width, max_height)
    }
}

/// In the words of the specification.
fn class_of(media_type: &MediaType) -> ContentType {
    match media_type.as_str().split_once('/') {
        Some(("image", _)) => ContentType::Image,
        Some(("audio", _)) => ContentType::Sound,
        Some(("video", _)) => ContentType::Video,
        Some(("model", _)) => ContentType::Model,
        Some(("text", _) | ("application", "pdf" | "epub+zip")) => ContentType::Text,
        _ => ContentType::Dataset,
    }
}

pub(super) fn entry(label: &str, value: String) -> LabelledValue {
    LabelledValue::new(LanguageMap::new("en", label), LanguageMap::none(value))
}
