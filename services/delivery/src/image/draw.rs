use std::sync::Arc;

use bytes::Bytes;
use iiif::image::{Drawing, Extent};
use imaging::{DrawSettings, Outline};
use storage::keys;
use tokio::sync::Semaphore;

use super::{
    admission::Refusal,
    exhibit::{Access, Exhibit},
    original,
};
use crate::{delivery::Delivery, original_fault::OriginalFault, profiles::Absent};

/// Why an image could not be drawn.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DrawError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("the image could not be read")]
    Storage(#[from] storage::Error),
    #[error(transparent)]
    AtOrigin(#[from] OriginalFault),
    #[error("the image could not be drawn")]
    Imaging(#[from] imaging::Error),
    #[error(transparent)]
    Original(#[from] original::Fault),
    #[error("the original could not be read")]
    Absent(#[source] Absent),
    #[error("the drawing was interrupted")]
    Interrupted,
}

impl DrawError {
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused(_)) || self.is_replaced()
    }

    /// The original changed since it was looked at.
    pub(crate) fn is_replaced(&self) -> bool {
        matches!(self, Self::Absent(Absent::Replaced))
    }
}

/// Reads the tiles that the drawing needs, then draws, when there is room for it.
pub(crate) async fn draw(
    delivery: &Delivery,
    exhibit: &Exhibit,
    drawing: &Drawing,
) -> Result<Bytes, DrawError> {
    let pyramid = match &exhibit.access {
        Access::Pyramid(pyramid) => Arc::clone(pyramid),
        Access::Original(outline) => {
            let file = (exhibit, &**outline);
            return original::draw(delivery, file, drawing, settings(delivery), None).await;
        }
    };
    let permit = delivery.admission.admit(pyramid.memory_cost(drawing)).await?;
    let covering = pyramid.covering(drawing);
    let tiles = delivery.ranges.read_many(&exhibit.key, &covering.tiles).await?;

    let drawing = drawing.clone();
    let settings = settings(delivery);
    let job = move || imaging::draw(&pyramid, &covering, &tiles, &drawing, &settings);
    Ok(delivery.painters.paint(permit, job).await?.into())
}

/// Draws from an original whose pyramid is in the making, when it is its `turn`.
pub(crate) async fn draw_meanwhile(
    delivery: &Delivery,
    file: (&Exhibit, &Outline),
    drawing: &Drawing,
    turn: Arc<Semaphore>,
) -> Result<Bytes, DrawError> {
    let turn = turn.acquire_owned().await.map_err(|_| DrawError::Interrupted)?;
    original::draw(delivery, file, drawing, settings(delivery), Some(turn)).await
}

/// Makes a thumbnail from a larger one.
pub(crate) async fn resize_thumbnail(
    delivery: &Delivery,
    jpeg: Bytes,
    from: Extent,
    to: Extent,
) -> Result<Bytes, DrawError> {
    const BYTES_PER_PIXEL: u64 = 8;
    let permit = delivery.admission.admit((from.area() + to.area()) * BYTES_PER_PIXEL).await?;
    let settings = settings(delivery);
    let job = move || imaging::resize_jpeg(&jpeg, to, &settings);
    Ok(delivery.painters.paint(permit, job).await?.into())
}

/// A stored thumbnail, whole.
pub(crate) async fn read_thumbnail(
    delivery: &Delivery,
    card: &catalogue::AssetCard,
    size: Extent,
) -> Result<Bytes, storage::Error> {
    let (id, version) = card.kept_at();
    let key = keys::thumbnail(id, version, (size.w, size.h));
    let head = delivery.ranges.head(&key, THUMBNAIL_BYTES).await?;
    if head.object_bytes <= head.bytes.len() as u64 {
        return Ok(head.bytes);
    }
    delivery.ranges.read(&key, 0..head.object_bytes).await
}

/// Enough for a thumbnail of 1024 pixels; larger ones take a second read.
const THUMBNAIL_BYTES: u64 = 384 * 1024;

fn settings(delivery: &Delivery) -> DrawSettings {
    let config = &delivery.config;
    DrawSettings {
        jpeg_quality: config.jpeg_quality,
        webp_quality: config.webp_quality,
        max_bytes: config.drawing.memory_bytes,
        ..DrawSettings::default()
    }
}
