use std::{fs::File, io, os::unix::fs::FileExt, sync::Arc};

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use bytes::Bytes;
use futures_util::stream;

use super::{address::Address, error::Error, gallery::Gallery, index::Item};
use crate::{
    answer::{ASSET_ID, Answer},
    headers::{Fingerprint, LastModified, attachment},
    visit::Visit,
};

/// `GET /{identifier}/original`: the file as it came.
pub(super) async fn get_original(
    gallery: &Gallery,
    address: &Address,
    visit: &Visit,
) -> Result<Response, Error> {
    let show = async |item: Item| {
        let modified = LastModified::new(item.card.modified);
        let etag = Fingerprint::NEW.of(b"original").etag(item.card.version);
        let media_type = HeaderValue::try_from(item.card.media_type.as_str());
        let media_type = media_type.unwrap_or(OCTETS);
        let answer = Answer::new(&address.asset_id(), media_type, etag, &modified)
            .with(ASSET_ID, address.asset_id())
            .with(header::CACHE_CONTROL, item.words.cache_control.clone())
            .with(header::CONTENT_DISPOSITION, attachment(&item.file_name));
        if answer.is_current_for(visit) {
            return Ok(answer.not_modified());
        }
        if visit.is_head {
            return Ok(answer.without_body(Some(item.bytes)));
        }
        let file = gallery.profiles.original(&item.card.id, item.card.version).await?;
        let answer = answer.with(header::CONTENT_LENGTH, item.bytes.into());
        Ok(answer.with_body(body(file, item.bytes)))
    };
    gallery.persist(&address.identifier, show).await
}

const OCTETS: HeaderValue = HeaderValue::from_static("application/octet-stream");
/// How much is read at a time.
const PIECE: u64 = 256 * 1024;

/// Reads piece by piece, off the async threads; a file that is cut short meanwhile cuts the answer short.
fn body(file: File, bytes: u64) -> Body {
    let file = Arc::new(file);
    let pieces = stream::try_unfold(0, move |at| {
        let file = Arc::clone(&file);
        async move {
            if at >= bytes {
                return Ok::<_, io::Error>(None);
            }
            let length = PIECE.min(bytes - at);
            let read = tokio::task::spawn_blocking(move || {
                let mut piece = vec![0; usize::try_from(length).unwrap_or_default()];
                file.read_exact_at(&mut piece, at).map(|()| Bytes::from(piece))
            });
            let piece = read.await.map_err(io::Error::other)??;
            Ok(Some((piece, at + length)))
        }
    });
    Body::from_stream(pieces)
}
