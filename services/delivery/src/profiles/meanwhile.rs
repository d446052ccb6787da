use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use iiif::{Version, image::Drawing};
use storage::keys;

use super::{
    gallery::Gallery,
    index::{Item, Meanwhile},
};
use crate::{
    headers::Fingerprint,
    image::{Exhibit, draw_meanwhile},
};

/// A larger answer takes about as long as the pyramid.
const MAX_PIXELS: u64 = 4_000_000;

/// A drawing from an original whose pyramid is in the making.
///
/// It is remembered apart from those of the pyramid, and has another tag: its bytes are others.
pub(super) struct Sketch<'a> {
    gallery: &'a Gallery,
    meanwhile: &'a Meanwhile,
    pub(super) exhibit: Exhibit,
}

impl<'a> Sketch<'a> {
    /// `None` if the pyramid is there, or there is no other way than to wait for it.
    pub(super) fn begin(gallery: &'a Gallery, item: &'a Item) -> Option<Self> {
        let meanwhile = item.meanwhile.as_ref()?;
        if item.ready.clone().now_or_never().is_some() {
            return None;
        }
        let delivery = &gallery.delivery;
        delivery.originals.warm();
        let outline = Arc::clone(&meanwhile.outline);
        let exhibit = delivery.exhibits.meanwhile(Arc::clone(&item.card), outline);
        Some(Self { gallery, meanwhile, exhibit })
    }

    pub(super) fn encoder(&self) -> Fingerprint {
        self.gallery.delivery.encoder.of(b"meanwhile")
    }

    /// `None` if it can't be drawn: then the pyramid has to be waited for.
    pub(super) async fn draw(&self, drawing: &Drawing, version: Version) -> Option<Bytes> {
        if drawing.size.area() > MAX_PIXELS {
            return None;
        }
        let Self { gallery, meanwhile, exhibit } = self;
        let (delivery, card) = (&gallery.delivery, &exhibit.card);
        let name = self.encoder().name(&drawing.canonical);
        let key = keys::drawn(&card.id, card.version, version.major().into(), &name);
        let (file, turn) = ((exhibit, &*meanwhile.outline), Arc::clone(&meanwhile.turn));
        let draw = draw_meanwhile(delivery, file, drawing, turn);
        match Box::pin(delivery.remember_or_draw(&key, draw)).await {
            Ok((image, _)) => Some(image),
            Err(error) => {
                tracing::debug!(%error, "an image waits for its pyramid");
                None
            }
        }
    }
}
