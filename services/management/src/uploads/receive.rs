use bytes::{Bytes, BytesMut};
use catalogue::{Upload, UploadPart};
use futures_util::{Stream, StreamExt};
use storage::keys;
use uuid::Uuid;

use super::checksum::Checksum;
use crate::{Management, error::Error};

/// How much is held before it is kept; so much is lost at most when a process dies.
const PART_BYTES: usize = 8 * 1024 * 1024;

/// Takes what comes and keeps it; a body that breaks off is kept as far as it came, unless it has to be checked first.
/// Tells the upload how far it is.
pub(super) async fn receive<E>(
    management: &Management,
    upload: &mut Upload,
    mut body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    mut checksum: Option<Checksum>,
) -> Result<(), Error> {
    let mut at = upload.received;
    let mut unchecked = Vec::new();
    loop {
        let Chunk { bytes, has_more } = next_chunk(&mut body).await;
        if at + bytes.len() as u64 > upload.bytes {
            discard(management, &unchecked).await;
            return Err(Error::invalid("More bytes came than were announced"));
        }
        if let Some(checksum) = &mut checksum {
            checksum.update(&bytes);
        }
        if !bytes.is_empty() {
            let part = keep(management, upload, at, bytes).await?;
            at += part.bytes;
            match checksum {
                Some(_) => unchecked.push(part),
                None => write_down(management, upload, vec![part]).await?,
            }
        }
        match has_more {
            Ok(true) => {}
            Ok(false) => break,
            Err(BrokenOff) => {
                discard(management, &unchecked).await;
                return Err(Error::invalid("The body ended too early"));
            }
        }
    }
    if let Some(checksum) = checksum {
        if let Err(error) = checksum.check() {
            discard(management, &unchecked).await;
            return Err(error);
        }
        write_down(management, upload, unchecked).await?;
    }
    Ok(())
}

struct Chunk {
    bytes: Bytes,
    has_more: Result<bool, BrokenOff>,
}

/// The sender hung up.
struct BrokenOff;

/// As much as is kept at a time, or what is left.
async fn next_chunk<E>(body: &mut (impl Stream<Item = Result<Bytes, E>> + Unpin)) -> Chunk {
    let mut bytes = BytesMut::new();
    let has_more = loop {
        match body.next().await {
            Some(Ok(part)) => bytes.extend_from_slice(&part),
            Some(Err(_)) => break Err(BrokenOff),
            None => break Ok(false),
        }
        if bytes.len() >= PART_BYTES {
            break Ok(true);
        }
    };
    Chunk { bytes: bytes.freeze(), has_more }
}

async fn keep(
    management: &Management,
    upload: &Upload,
    start: u64,
    bytes: Bytes,
) -> Result<UploadPart, Error> {
    let own = Uuid::new_v4().simple().to_string();
    let object = keys::upload_part(&upload.asset, &upload.id, start, &own);
    let stored = management.bucket.put(&object, bytes).await?;
    Ok(UploadPart { start, bytes: stored.bytes, object })
}

/// Now the parts count; if somebody else was at the same place first, they are removed.
async fn write_down(
    management: &Management,
    upload: &mut Upload,
    parts: Vec<UploadPart>,
) -> Result<(), Error> {
    let expires = management.now() + management.config.upload_lifetime();
    let added = management.catalogue.add_upload_parts(&upload.id, &parts, expires).await;
    if let Err(source) = added {
        discard(management, &parts).await;
        return Err(Error::Catalogue { attempt: "Upload", source });
    }
    upload.received += parts.iter().map(|part| part.bytes).sum::<u64>();
    upload.expires = expires;
    Ok(())
}

/// What can't be removed now goes with the upload.
async fn discard(management: &Management, parts: &[UploadPart]) {
    for part in parts {
        if let Err(error) = management.bucket.delete(&part.object).await {
            tracing::warn!(?error, key = part.object, "a part of an upload could not be removed");
        }
    }
}
