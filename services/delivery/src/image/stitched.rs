//! Images that are put together from stored rows: sent while they are made, and never whole in
//! memory.

use std::{sync::Arc, vec};

use axum::body::Body;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use imaging::{Band, Pyramid, Stitch};
use storage::Ranges;

use super::{
    admission::{Admission, Permit},
    draw::DrawError,
    exhibit::Exhibit,
    painters::Painters,
};
use crate::delivery::Delivery;

/// Less than this is put together on the spot.
const SMALL_BYTES: u64 = 256 * 1024;

/// Begins the answer. What can't be read or made is an error only at its begin; later it is cut.
pub(crate) async fn stitched(
    delivery: &Delivery,
    exhibit: &Exhibit,
    pyramid: Arc<Pyramid>,
    stitch: Stitch,
) -> Result<Body, DrawError> {
    let largest = stitch.bands.iter().map(input_bytes).max().unwrap_or_default();
    let is_small = stitch.bands.len() == 1 && largest <= SMALL_BYTES;
    let mut stitcher = Stitcher {
        ranges: delivery.ranges.clone(),
        key: exhibit.key.clone(),
        pyramid,
        bands: stitch.bands.into_iter(),
        admission: Arc::clone(&delivery.admission),
        painters: Arc::clone(&delivery.painters),
        _permit: match is_small {
            true => None,
            // What is read, and what is made of it.
            false => Some(delivery.admission.admit_stream(2 * largest).await?),
        },
    };
    let Some(first) = stitcher.next(stitch.header.into()).await else { return Ok(Body::empty()) };
    let first = first?;
    if stitcher.bands.len() == 0 {
        return Ok(Body::from(first));
    }
    let rest = stream::unfold(stitcher, |mut stitcher| async {
        let next = stitcher.next(Vec::new()).await?;
        if let Err(error) = &next {
            tracing::error!(key = stitcher.key, "an image is cut off: {error}");
        }
        Some((next, stitcher))
    });
    Ok(Body::from_stream(stream::once(async { Ok(first) }).chain(rest)))
}

fn input_bytes(band: &Band) -> u64 {
    band.tiles.iter().map(|range| range.end - range.start).sum()
}

struct Stitcher {
    ranges: Ranges,
    key: String,
    pyramid: Arc<Pyramid>,
    bands: vec::IntoIter<Band>,
    admission: Arc<Admission>,
    painters: Arc<Painters>,
    _permit: Option<Permit>,
}

impl Stitcher {
    /// The next band, behind what stands before it.
    async fn next(&mut self, before: Vec<u8>) -> Option<Result<Bytes, DrawError>> {
        let band = self.bands.next()?;
        Some(self.band(band, before).await)
    }

    async fn band(&self, band: Band, mut out: Vec<u8>) -> Result<Bytes, DrawError> {
        let tiles = self.ranges.read_many(&self.key, &band.tiles).await?;
        if input_bytes(&band) <= SMALL_BYTES {
            self.pyramid.join(&band, &tiles, &mut out)?;
            return Ok(out.into());
        }
        let turn = self.admission.turn().await?;
        let pyramid = Arc::clone(&self.pyramid);
        let job = move || pyramid.join(&band, &tiles, &mut out).map(|()| out);
        Ok(self.painters.paint(turn, job).await?.into())
    }
}
