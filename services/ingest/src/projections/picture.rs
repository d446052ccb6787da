use std::{cmp::Reverse, ops::Range};

use anyhow::{Context, ensure};
use bytes::Bytes;
use catalogue::{AssetCard, AssetChannel};
use iiif::{
    Version,
    image::{Drawing, ImageRequest, Limits},
};
use imaging::{Parsed, Pyramid};
use model::{DeliveryChannel, named_query::ImageSize};
use storage::{Bucket, keys};

/// A size in which an image is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stored {
    Thumbnail((u32, u32)),
    /// Of its pyramid, whose rows are joined as they are.
    Level((u32, u32)),
}

/// What is read first of a pyramid: enough for the index of most.
const HEAD_BYTES: u64 = 64 * 1024;
/// Pyramids end with a level of one tile.
const TILE: u32 = 512;

/// An image as a JPEG in the stored size that comes closest to the wanted one; `None` if it is stored in none that may be
/// given.
pub(super) async fn picture(
    bucket: &Bucket,
    card: &AssetCard,
    size: ImageSize,
) -> anyhow::Result<Option<Bytes>> {
    let (id, version) = card.kept_at();
    for stored in preferred(card, size) {
        match stored {
            Stored::Thumbnail(size) => {
                let read = bucket.read(&keys::thumbnail(id, version, size)).await;
                return read.map(Some).with_context(|| format!("a thumbnail of {id}"));
            }
            Stored::Level(size) => {
                let read = level(bucket, &keys::pyramid(id, version), size).await;
                let read = read.with_context(|| format!("the pyramid of {id}"))?;
                if read.is_some() {
                    return Ok(read);
                }
            }
        }
    }
    Ok(None)
}

/// What is stored, the best first; of equally good ones, what is ready as it is.
fn preferred(card: &AssetCard, size: ImageSize) -> Vec<Stored> {
    let mut stored: Vec<_> = card.thumbnails.iter().copied().map(Stored::Thumbnail).collect();
    let is_drawn = card.channels.iter().any(AssetChannel::uses_original);
    if card.has_channel(DeliveryChannel::IiifImg) && !is_drawn {
        stored.extend(levels(card.extent).into_iter().map(Stored::Level));
    }
    let limit = card.max_width.filter(|width| *width > 0).unwrap_or(u32::MAX);
    stored.retain(|stored| stored.edge() <= limit);
    match size {
        ImageSize::Original | ImageSize::Max => stored.sort_by_key(|it| Reverse(it.edge())),
        ImageSize::Edge(edge) => stored.sort_by_key(|it| (it.edge().abs_diff(edge), it.edge())),
    }
    stored
}

fn levels((mut w, mut h): (u32, u32)) -> Vec<(u32, u32)> {
    let mut levels = vec![(w, h)];
    while w.max(h) > TILE {
        (w, h) = (w.div_ceil(2), h.div_ceil(2));
        levels.push((w, h));
    }
    levels
}

impl Stored {
    fn edge(self) -> u32 {
        let (Self::Thumbnail((w, h)) | Self::Level((w, h))) = self;
        w.max(h)
    }
}

/// A whole level as one JPEG; `None` if the pyramid has none of that size. It is read at once: its tiles lie together.
async fn level(bucket: &Bucket, key: &str, size: (u32, u32)) -> anyhow::Result<Option<Bytes>> {
    let pyramid = open(bucket, key).await?;
    let Some(drawing) = whole(&pyramid, size) else { return Ok(None) };
    if let Some(tile) = pyramid.tile(&drawing) {
        let read = bucket.read_range(key, tile.range.clone()).await?;
        return Ok(Some(tile.finish([&tile.header[..], &read].concat().into())?));
    }
    let Some(stitch) = pyramid.stitch(&drawing) else { return Ok(None) };
    let ranges = || stitch.bands.iter().flat_map(|band| band.tiles.iter());
    let start = ranges().map(|range| range.start).min().unwrap_or_default();
    let end = ranges().map(|range| range.end).max().unwrap_or_default();
    let read = bucket.read_range(key, start..end).await?;
    let joined = tokio::task::spawn_blocking(move || {
        let mut jpeg = stitch.header.to_vec();
        for band in &stitch.bands {
            let part = |range: &Range<u64>| {
                read.slice((range.start - start) as usize..(range.end - start) as usize)
            };
            pyramid.join(band, &band.tiles.iter().map(part).collect::<Vec<_>>(), &mut jpeg)?;
        }
        Ok::<_, imaging::Error>(Bytes::from(jpeg))
    });
    Ok(Some(joined.await??))
}

/// All of an image in one of its sizes.
fn whole(pyramid: &Pyramid, (w, h): (u32, u32)) -> Option<Drawing> {
    let request = format!("full/{w},{h}/0/default.jpg");
    let request = ImageRequest::parse(Version::V3, &request).ok()?;
    request.resolve(pyramid.extent, &Limits::default()).ok()
}

async fn open(bucket: &Bucket, key: &str) -> anyhow::Result<Pyramid> {
    let found = bucket.head(key).await?.with_context(|| format!("there is no {key}"))?;
    let mut bytes = HEAD_BYTES;
    loop {
        let head = bucket.read_range(key, 0..bytes.min(found.bytes)).await?;
        match Pyramid::parse(&head, found.bytes)? {
            Parsed::Done(pyramid) => return Ok(pyramid),
            Parsed::Need(more) => {
                ensure!(more > bytes, "{key} ends before its index does");
                bytes = more;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_half_of_the_one_before_until_it_is_one_tile() {
        assert_eq!(levels((1500, 1001)), [(1500, 1001), (750, 501), (375, 251)]);
        assert_eq!(levels((512, 1)), [(512, 1)]);
    }
}
