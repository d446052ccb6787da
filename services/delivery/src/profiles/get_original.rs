use std::{fs::File, io, os::unix::fs::FileExt, sync::Arc};

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use bytes::Bytes;
use futures_util::stream;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{address::Address, error::Error, gallery::Gallery, index::Item};
use crate::{
    answer::{ASSET_ID, Answer},
    headers::{Fingerprint, LastModified},
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

const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// To be kept under this name, which is quoted because of commas, and escaped where it is not ASCII (RFC 6266).
fn attachment(file_name: &str) -> HeaderValue {
    let is_plain = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
    let plain: String = file_name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let text = if plain == file_name {
        format!("attachment; filename=\"{plain}\"")
    } else {
        let escaped = utf8_percent_encode(file_name, ESCAPED);
        format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{escaped}")
    };
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_keeps_its_name() {
        for (name, value) in [
            ("a, b.jpg", "attachment; filename=\"a, b.jpg\""),
            (
                "é\"\r\n.jpg",
                "attachment; filename=\"____.jpg\"; filename*=UTF-8''%C3%A9%22%0D%0A.jpg",
            ),
        ] {
            assert_eq!(attachment(name), value);
        }
    }
}
