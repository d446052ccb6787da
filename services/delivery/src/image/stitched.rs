//! Images that are put together from stored rows: sent while they are made, and never whole in
//! memory.

use std::{ops::Range, sync::Arc, vec};

use axum::body::Body;
use bytes::Bytes;
use futures_util::{
    StreamExt, TryFutureExt, TryStreamExt,
    future::{self, Either},
    stream,
};
use imaging::{Band, Pyramid, Stitch};
use storage::Ranges;

use super::{
    admission::{Admission, Permit},
    draw::DrawError,
    exhibit::Exhibit,
    painters::Painters,
};
use crate::{delivery::Delivery, pieces::Pieces};

/// Bands of less than this are put together on the spot.
const SMALL_BYTES: u64 = 256 * 1024;
/// Answers of about this are sent in one piece, with their length.
const ONE_PIECE: u64 = 1024 * 1024;
/// So many bands of larger ones are made, or wait to be sent, while one is sent.
const AHEAD: usize = 1;

/// Begins the answer. What can't be read or made is an error only at its begin; later it is cut.
pub(crate) async fn stitched(
    delivery: &Delivery,
    exhibit: &Exhibit,
    pyramid: Arc<Pyramid>,
    stitch: Stitch,
) -> Result<Body, DrawError> {
    let bytes = stitch.bytes();
    let largest = stitch.bands.iter().map(input_bytes).max().unwrap_or_default();
    let mut stitcher = Stitcher {
        ranges: delivery.ranges.clone(),
        key: exhibit.key.clone(),
        pyramid,
        bands: stitch.bands.into_iter(),
        read: (Arc::default(), Vec::new()),
        admission: Arc::clone(&delivery.admission),
        painters: Arc::clone(&delivery.painters),
        _permit: match bytes <= SMALL_BYTES {
            true => None,
            // What is read, and at most as much for each band that is made of it.
            false => Some(delivery.admission.admit_stream((1 + AHEAD as u64) * largest).await?),
        },
    };
    let mut first = Vec::from(stitch.header);
    while let Some(band) = stitcher.bands.next() {
        let tiles = stitcher.read(&band).await?;
        first = stitcher.make(band, tiles, first).await?;
        if bytes > ONE_PIECE {
            break;
        }
    }
    if stitcher.bands.len() == 0 {
        return Ok(Pieces::body(Bytes::from(first)));
    }
    let first = stream::once(async { Ok(Bytes::from(first)) });
    let rest = stream::unfold(stitcher, Stitcher::begin).buffered(AHEAD);
    let bands = first.chain(rest).map_ok(|band| Pieces::new(band).map(Ok::<_, DrawError>));
    Ok(Body::from_stream(bands.try_flatten()))
}

fn input_bytes(band: &Band) -> u64 {
    band.tiles.iter().map(|range| range.end - range.start).sum()
}

struct Stitcher {
    ranges: Ranges,
    key: String,
    pyramid: Arc<Pyramid>,
    bands: vec::IntoIter<Band>,
    /// What was read for the last band, and may be needed for the next.
    read: (Arc<[Range<u64>]>, Vec<Bytes>),
    admission: Arc<Admission>,
    painters: Arc<Painters>,
    _permit: Option<Permit>,
}

impl Stitcher {
    /// Begins the next band, while those before it are still being made or sent.
    async fn begin(mut self) -> Option<(impl Future<Output = Result<Bytes, DrawError>>, Self)> {
        let band = self.bands.next()?;
        let key = self.key.clone();
        let made = match self.read(&band).await {
            Ok(tiles) => Either::Left(self.make(band, tiles, Vec::new())),
            Err(error) => Either::Right(future::err(error)),
        };
        let made = made.inspect_err(move |error| tracing::error!(key, "an image is cut: {error}"));
        Some((made.map_ok(Bytes::from), self))
    }

    async fn read(&mut self, band: &Band) -> Result<Vec<Bytes>, DrawError> {
        if self.read.0 != band.tiles {
            self.read.1.clear();
            self.read.1 = self.ranges.read_many(&self.key, &band.tiles).await?;
            self.read.0 = Arc::clone(&band.tiles);
        }
        Ok(self.read.1.clone())
    }

    /// The band, behind what stands before it.
    fn make(
        &self,
        band: Band,
        tiles: Vec<Bytes>,
        mut out: Vec<u8>,
    ) -> impl Future<Output = Result<Vec<u8>, DrawError>> + use<> {
        let pyramid = Arc::clone(&self.pyramid);
        let (admission, painters) = (Arc::clone(&self.admission), Arc::clone(&self.painters));
        async move {
            if input_bytes(&band) <= SMALL_BYTES {
                pyramid.join(&band, &tiles, &mut out)?;
                return Ok(out);
            }
            let turn = admission.turn().await?;
            let job = move || pyramid.join(&band, &tiles, &mut out).map(|()| out);
            painters.paint(turn, job).await
        }
    }
}
