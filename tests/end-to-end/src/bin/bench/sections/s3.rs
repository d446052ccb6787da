//! Tiles out of an object store, when nothing is cached.

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, variable};

use crate::{
    gallery::{BASE, Gallery},
    goal::{Goal, Quantity, Row},
    load::Client,
    meter::{Duel, milliseconds},
    pictures::{MP48, Pictures},
};

/// So far apart that no block of the cache holds two of them.
const EVERY: usize = 4;
/// Tiles at the edge are cut before they are sent, so their bytes can't be found as they are stored.
const WHOLE: (u32, u32) = (512, 512);

fn time() -> Goal {
    Goal::within(1.3, "a tile from S3, cold", "a bare ranged GET of the same bytes")
}

fn requests() -> Goal {
    Goal::at_most(1.0, "GETs to S3 for each tile")
}

pub(crate) fn goals() -> Vec<Goal> {
    vec![time(), requests()]
}

pub(crate) async fn measure(pictures: &Pictures) -> Result<Vec<Row>> {
    let endpoint = variable("RECTO_TEST_S3").context("no S3 server: `make bench` starts one")?;
    let keeping = Keeping { in_postgres: false, on_s3: true };
    let gallery = Gallery::open(pictures, MP48, keeping, &[]).await?;
    let client = Client::new()?;
    let object = pyramid(&gallery, &endpoint).await?;
    let bytes = gallery.recto.get(&object).await?.with_status(200)?.body;

    let before = gallery.recto.metric("recto_storage_fetches_total").await?;
    let (mut duel, mut asked) = (Duel::default(), 0.0);
    let whole = gallery.tiles.iter().filter(|tile| tile.scale == 1 && tile.extent == WHOLE);
    for tile in whole.step_by(EVERY) {
        let url = gallery.recto.url(&format!("{BASE}/{}", tile.path));
        let ours = client.get(&url).await?;
        asked += 1.0;
        let range = find(&gallery.recto.get(&url).await?.body, &bytes)?;
        let bare = client.get_range(&object, range).await?;
        duel.add(milliseconds(ours), milliseconds(bare));
    }
    let fetched = gallery.recto.metric("recto_storage_fetches_total").await? - before;
    ensure!(fetched > 0.0, "nothing was fetched");
    gallery.close().await?;
    Ok(vec![
        duel.row(time(), Quantity::Milliseconds),
        requests().measured_alone(Quantity::Each(fetched / asked)),
    ])
}

/// The address of the largest object that belongs to this Recto.
async fn pyramid(gallery: &Gallery, endpoint: &str) -> Result<String> {
    let prefix = gallery.place.prefix().context("not on S3")?;
    let list = format!("{endpoint}/recto?list-type=2&prefix={prefix}");
    let list = gallery.recto.get(&list).await?.with_status(200)?.text();
    let field = |text: &str, name: &str| {
        let rest = text.split_once(&format!("<{name}>"))?.1;
        Some(rest.split_once('<')?.0.to_owned())
    };
    let objects = list.split("<Contents>").skip(1).filter_map(|entry| {
        let bytes: u64 = field(entry, "Size")?.parse().ok()?;
        Some((bytes, field(entry, "Key")?))
    });
    let (_, key) = objects.max().context("no object")?;
    Ok(format!("{endpoint}/recto/{key}"))
}

/// Where the tile's own bytes, which follow its tables, are in the pyramid.
fn find(tile: &[u8], pyramid: &[u8]) -> Result<(usize, usize)> {
    const TAIL: usize = 4096;
    let tail = &tile[tile.len().saturating_sub(TAIL)..];
    let end = pyramid.windows(tail.len()).position(|part| part == tail).context("not as stored")?
        + tail.len();
    let common = tile.iter().rev().zip(pyramid[..end].iter().rev()).take_while(|(a, b)| a == b);
    Ok((end - common.count(), end))
}
