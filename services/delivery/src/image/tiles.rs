use bytes::Bytes;
use imaging::TileRef;
use moka::sync::Cache;
use storage::Ranges;

use super::exhibit::Exhibit;
use crate::error::Error;

/// What a tile costs in memory besides its bytes.
const OVERHEAD: usize = 128;

/// Stored tiles, ready to be sent; those that many ask for stay in memory.
///
/// The page cache has their bytes too, but there they have to be copied from, and cut at the edges.
pub(crate) struct Tiles {
    ranges: Ranges,
    /// By the number of the exhibit, and the place in its file.
    kept: Cache<(u64, u64), Bytes>,
}

impl Tiles {
    pub(crate) fn new(ranges: Ranges, max_bytes: u64) -> Self {
        let weigh =
            |_: &(u64, u64), tile: &Bytes| u32::try_from(tile.len() + OVERHEAD).unwrap_or(u32::MAX);
        Self { ranges, kept: Cache::builder().max_capacity(max_bytes).weigher(weigh).build() }
    }

    pub(crate) async fn get(&self, exhibit: &Exhibit, tile: &TileRef) -> Result<Bytes, Error> {
        let key = (exhibit.number, tile.range.start);
        if let Some(ready) = self.kept.get(&key) {
            return Ok(ready);
        }
        let read = self.ranges.read_after(&exhibit.key, &tile.header, tile.range.clone());
        let read = Box::pin(read).await?;
        let ready = tile.finish(read).map_err(Error::Pyramid)?;
        self.kept.insert(key, ready.clone());
        Ok(ready)
    }
}

#[cfg(test)]
mod tests {
    use storage::keys;

    use crate::{
        DeliveryConfig,
        testing::{Library, Picture},
    };

    const MIDDLE: &str = "/iiif-img/2/5/a/0,0,512,512/512,/0/default.jpg";
    const EDGE: &str = "/iiif-img/2/5/a/1024,512,476,488/476,/0/default.jpg";

    /// Answers to equal requests, before and after the file is gone.
    async fn ask_twice(config: DeliveryConfig, path: &str) -> (u16, u16) {
        let library = Library::with(config).await;
        library.add("a", Picture::small()).await;
        let first = library.get(path).await;
        let card = library.catalogue.card(&"2/5/a".parse().unwrap()).await.unwrap().unwrap();
        library.bucket.delete(&keys::pyramid(&card.id, card.version)).await.unwrap();
        let second = library.get(path).await;
        if second.status == 200 {
            assert_eq!(first.body, second.body, "{path}");
        }
        (first.status.as_u16(), second.status.as_u16())
    }

    #[tokio::test]
    async fn a_tile_is_read_once() {
        for path in [MIDDLE, EDGE] {
            assert_eq!(ask_twice(DeliveryConfig::default(), path).await, (200, 200), "{path}");
        }
    }

    #[tokio::test]
    async fn nothing_is_kept_where_nothing_may_be() {
        let config = DeliveryConfig { tile_bytes: 0, ..DeliveryConfig::default() };
        let (first, second) = ask_twice(config, MIDDLE).await;
        assert_eq!(first, 200);
        assert_ne!(second, 200);
    }
}
