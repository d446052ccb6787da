use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::body::Body;
use bytes::Bytes;
use futures_util::Stream;
use http_body::{Frame, SizeHint};
use tokio::task::yield_now;

/// What goes out in one go: about as much as a large tile.
const PIECE: usize = 128 * 1024;

/// Bytes that are sent in pieces, between which the thread answers its other visitors.
pub(crate) struct Pieces {
    rest: Bytes,
    turn: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Pieces {
    pub(crate) fn new(bytes: Bytes) -> Self {
        Self { rest: bytes, turn: Box::pin(yield_now()) }
    }

    /// A body of known length.
    pub(crate) fn body(bytes: Bytes) -> Body {
        if bytes.len() <= PIECE { Body::from(bytes) } else { Body::new(Self::new(bytes)) }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        ready!(self.turn.as_mut().poll(context));
        self.turn = Box::pin(yield_now());
        // Whoever shares the core, the reader of this on a small machine, needn't wait for the next tick.
        std::thread::yield_now();
        let piece = self.rest.split_to(PIECE.min(self.rest.len()));
        Poll::Ready(Some(piece))
    }
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.poll(context).map(|piece| Some(Ok(Frame::data(piece?))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

impl Stream for Pieces {
    type Item = Bytes;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        self.poll(context)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use futures_util::StreamExt;
    use http_body::Body;

    use super::*;

    #[tokio::test]
    async fn others_have_their_turn_before_every_piece() {
        static HAD_TURN: AtomicBool = AtomicBool::new(false);
        let bytes = Bytes::from_iter((0..3 * PIECE + 1).map(|at| (at / 1000) as u8));
        let mut pieces = Pieces::new(bytes.clone());
        let mut sent = Vec::new();
        for length in [PIECE, PIECE, PIECE, 1] {
            tokio::spawn(async { HAD_TURN.store(true, Ordering::Relaxed) });
            let piece = pieces.next().await.unwrap();
            assert!(HAD_TURN.swap(false, Ordering::Relaxed), "after {} bytes", sent.len());
            assert_eq!(piece.len(), length);
            sent.extend_from_slice(&piece);
        }
        assert_eq!(pieces.next().await, None);
        assert_eq!(sent, bytes);
    }

    #[test]
    fn the_length_is_known_before_anything_is_sent() {
        for length in [0, PIECE, PIECE + 1] {
            let body = Pieces::body(Bytes::from(vec![0; length]));
            assert_eq!(body.size_hint().exact(), Some(length as u64));
        }
    }
}
