use catalogue::AssetCard;
use iiif::{
    image::{Extent, Format, Level, Version, confined},
    presentation::{Canvas, Content, ImageService, LabelledValue, LanguageMap, Painting},
};
use model::{DeliveryChannel, PublicUrls, Service};

use crate::{access::limits, delivery::Delivery, thumbs::closest_to};

/// The edge of the thumbnail that a list of objects shows.
const THUMBNAIL_EDGE: u32 = 200;

/// Tells how an asset is shown.
pub(super) struct Teller<'a> {
    pub(super) delivery: &'a Delivery,
    pub(super) card: &'a AssetCard,
    pub(super) urls: &'a PublicUrls,
}

impl Teller<'_> {
    /// Its canvas, with the sizes that are open to the visitor; the number counts the canvases of a manifest, and is
    /// their label if they have none.
    pub(super) fn canvas(&self, number: u32, label: Option<String>, open: &[Extent]) -> Canvas {
        let (w, h) = self.card.extent;
        let id = self.urls.canvas(&self.card.id, number);
        Canvas {
            extent: Some(Extent::new(w, h)),
            metadata: self.metadata(),
            thumbnail: self.thumbnail(open).into_iter().collect(),
            painting: Some(Painting::One(self.painting(open))),
            ..Canvas::new(
                id,
                label.map_or_else(
                    || LanguageMap::new("en", format!("Canvas {number}")),
                    LanguageMap::none,
                ),
            )
        }
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
    pub(super) fn thumbnail(&self, open: &[Extent]) -> Option<Content> {
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

pub(super) fn entry(label: &str, value: String) -> LabelledValue {
    LabelledValue::new(LanguageMap::new("en", label), LanguageMap::none(value))
}
