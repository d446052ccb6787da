//! Images that are put together from stored rows: sent while they are made, and never whole in
//! memory.

use std::{ops::Range, sync::Arc, vec};

use axum::body::Body;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use imaging::{Band, Pyramid, Stitch};
use storage::Ranges;
use tokio::sync::mpsc;

use super::{
    admission::{Admission, Permit},
    draw::DrawError,
    exhibit::Exhibit,
    painters::Painters,
};
use crate::delivery::Delivery;

/// Bands of less than this are put together on the spot.
const SMALL_BYTES: u64 = 256 * 1024;
/// Answers of about this are sent in one piece, with their length.
const ONE_PIECE: u64 = 1024 * 1024;
/// So many bands of larger ones wait to be sent.
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
            // What is read, and at most as much that is made of it.
            false => Some(delivery.admission.admit_stream(2 * largest).await?),
        },
    };
    let mut first = Vec::from(stitch.header);
    while let Some(band) = stitcher.bands.next() {
        first = stitcher.band(band, first).await?;
        if bytes > ONE_PIECE {
            break;
        }
    }
    if stitcher.bands.len() == 0 {
        return Ok(Body::from(first));
    }
    let (send, receive) = mpsc::channel(AHEAD);
    tokio::spawn(stitcher.send_all(send));
    let first = stream::once(async { Ok(Bytes::from(first)) });
    let rest =
        stream::unfold(receive, |mut receive| async { Some((receive.recv().await?, receive)) });
    Ok(Body::from_stream(first.chain(rest)))
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
    /// Makes one band while the one before is sent, until there is none, or nobody reads any more.
    async fn send_all(mut self, send: mpsc::Sender<Result<Bytes, DrawError>>) {
        while let Some(band) = self.bands.next() {
            let made = self.band(band, Vec::new()).await;
            if let Err(error) = &made {
                tracing::error!(key = self.key, "an image is cut off: {error}");
            }
            let is_cut = made.is_err();
            if send.send(made.map(Bytes::from)).await.is_err() || is_cut {
                return;
            }
        }
    }

    /// The band, behind what stands before it.
    async fn band(&mut self, band: Band, mut out: Vec<u8>) -> Result<Vec<u8>, DrawError> {
        if self.read.0 != band.tiles {
            self.read.1.clear();
            self.read.1 = self.ranges.read_many(&self.key, &band.tiles).await?;
            self.read.0 = Arc::clone(&band.tiles);
        }
        let tiles = self.read.1.clone();
        if input_bytes(&band) <= SMALL_BYTES {
            self.pyramid.join(&band, &tiles, &mut out)?;
            return Ok(out);
        }
        let turn = self.admission.turn().await?;
        let pyramid = Arc::clone(&self.pyramid);
        let job = move || pyramid.join(&band, &tiles, &mut out).map(|()| out);
        self.painters.paint(turn, job).await
    }
}
