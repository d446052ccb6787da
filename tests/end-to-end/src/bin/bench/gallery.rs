//! A Recto that shows one picture, and peers that show the same pyramid.

use std::{
    path::Path,
    pin::pin,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Library, Peers, Place, Recto, Tile, grid, peak_memory};
use tokio::time::sleep;

use crate::{
    meter::{Effort, GLANCE},
    pictures::{Extent, Pictures},
};

pub(crate) struct Gallery {
    pub(crate) place: Place,
    pub(crate) recto: Recto,
    pub(crate) library: Library,
    pub(crate) extent: Extent,
    /// All that a viewer may ask for of the picture.
    pub(crate) tiles: Vec<Tile>,
}

/// The path of the picture's image service.
pub(crate) const BASE: &str = "/iiif-img/v3/1/1/bench";

/// Settings under which whatever is drawn is drawn anew, so that a drawing can be measured twice.
pub(crate) const FORGETFUL: [(&str, &str); 2] =
    [("RECTO_DERIVATIVES__MAX_BYTES", "0"), ("RECTO_DERIVATIVES__MEMORY_BYTES", "0")];

impl Gallery {
    /// With the picture ingested.
    pub(crate) async fn open(
        pictures: &Pictures,
        extent: Extent,
        keeping: Keeping,
        settings: &[(&str, &str)],
    ) -> Result<Self> {
        let file = pictures.jpeg(extent)?;
        let (place, recto, library) = empty(pictures, keeping, settings).await?;
        library.put_file(&recto, "bench", &file).await?.with_status(201)?;
        let info = recto.get(&format!("{BASE}/info.json")).await?.with_status(200)?;
        let tiles = grid(&info.json()?)?;
        Ok(Self { place, recto, library, extent, tiles })
    }

    /// The service's host and port, and the base path of the picture there.
    pub(crate) fn at_recto(&self) -> (String, String) {
        (self.recto.address().to_owned(), BASE.to_owned())
    }

    /// The same at IIPImage.
    pub(crate) fn at_iipimage(&self, peers: &Peers) -> Result<(String, String)> {
        let pyramids = self.place.pyramids()?;
        let pyramid: &Path = pyramids.first().context("no pyramid is kept")?;
        let url = peers.show(pyramid, "bench.tif")?;
        let base = url.strip_prefix("http://").and_then(|url| url.split_once('/'));
        let (host, base) = base.context("IIPImage's address has no path")?;
        Ok((host.to_owned(), format!("/{base}")))
    }

    /// How many images were answered in this way: `grid`, `thumb`, `drawn`, …
    pub(crate) async fn answered(&self, how: &str) -> Result<f64> {
        self.recto.metric(&format!("recto_images_total{{how=\"{how}\"}}")).await
    }

    pub(crate) async fn close(self) -> Result<Duration> {
        self.recto.stop().await
    }
}

/// A Recto without a picture, who may read the folder of the pictures.
pub(crate) async fn empty(
    pictures: &Pictures,
    keeping: Keeping,
    settings: &[(&str, &str)],
) -> Result<(Place, Recto, Library)> {
    let mut place = Place::new(keeping)?;
    place.set("RECTO_INGEST__FILE_ORIGINS", format!("[{:?}]", pictures.folder()));
    for (name, value) in settings {
        place.set(name, value);
    }
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    Ok((place, recto, library))
}

/// Registers a file and waits for its ingestion: the time of the request, the memory of the decoder.
pub(crate) async fn ingest(
    recto: &Recto,
    library: &Library,
    id: &str,
    file: &Path,
) -> Result<Effort> {
    let begun = Instant::now();
    let mut put = pin!(library.put_file(recto, id, file));
    let (mut decoder, mut peak) = (None, 0);
    let answer = loop {
        tokio::select! {
            answer = &mut put => break answer?,
            () = sleep(GLANCE) => {
                if decoder.is_none() {
                    decoder = recto.decoders()?.first().copied();
                }
                peak = peak.max(decoder.and_then(peak_memory).unwrap_or_default());
            }
        }
    };
    answer.with_status(201)?;
    ensure!(peak > 0, "no decoder was seen");
    Ok(Effort { time: begun.elapsed(), peak_memory: peak })
}

/// A path as IIPImage is fastest at: it misses its own tiles where the height is given, too.
pub(crate) fn as_iipimage_likes_it(path: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    if let Some(size) = parts.get_mut(1)
        && let Some((width, _)) = size.split_once(',')
        && !width.starts_with('!')
    {
        let width = format!("{width},");
        *size = &width;
        return parts.join("/");
    }
    path.to_owned()
}
