use std::collections::HashMap;

use futures_util::{StreamExt, stream};
use iiif::image::Extent;
use imaging::{Plan, TileSettings};
use serde_json::{Value, json};
use storage::Publisher;

use crate::{
    Error, Layout, Made, Object, Page, Shard,
    layout::Image,
    write_documents::{write_collection, write_manifest},
    write_image::write_image,
};

/// Where a site is written, and how.
#[derive(Debug, Clone)]
pub struct Site {
    pub publisher: Publisher,
    pub layout: Layout,
    /// The address of its root, without a slash at the end.
    pub base_url: String,
    /// What its collection is called.
    pub title: String,
    pub settings: TileSettings,
    /// Images that are cut at the same time.
    pub workers: usize,
    /// Makes again what is there.
    pub force: bool,
    /// Reads what is there, and makes again what is broken.
    pub repair: bool,
}

/// What has become of an image, as soon as it is known.
#[derive(Debug)]
pub enum Event<'a> {
    Made(&'a Page, Made),
    Failed(&'a Page, &'a str),
}

/// What was done.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub made: u64,
    pub kept: u64,
    pub files: u64,
    pub bytes: u64,
    pub manifests: u64,
    /// Source and reason.
    pub failed: Vec<(String, String)>,
}

/// The extents of the images that are there, by name.
pub(crate) type Pages = HashMap<String, Extent>;

/// What records of another version of this program don't count for.
const RECORD_VERSION: u32 = 1;

/// Writes what is missing of a site: images, then manifests, then the collection, which only a run without a shard
/// can write. An image that fails is told; a target that fails ends the run.
pub async fn write_site(
    site: &Site,
    objects: &[Object],
    shard: Option<Shard>,
    tell: &(dyn Fn(Event<'_>) + Sync),
) -> Result<Outcome, Error> {
    let ours: Vec<&Object> = objects
        .iter()
        .enumerate()
        .filter(|(n, _)| shard.is_none_or(|shard| shard.takes(*n)))
        .map(|(_, object)| object)
        .collect();
    let (mut outcome, mut pages) = (Outcome::default(), Pages::new());
    let images = ours.iter().flat_map(|object| &object.pages);
    let images = images.map(|page| async move { (page, write_image(site, page).await) });
    let mut making = stream::iter(images).buffer_unordered(site.workers.max(1));
    while let Some((page, made)) = making.next().await {
        match made {
            Ok(made) => {
                pages.insert(page.image.clone(), made.extent);
                outcome.count(made);
                tell(Event::Made(page, made));
            }
            Err(error @ (Error::Storage(_) | Error::Child(_))) => return Err(error),
            Err(error) => {
                let reason = error.in_full();
                tell(Event::Failed(page, &reason));
                outcome.failed.push((page.source.to_string(), reason));
            }
        }
    }
    let shown = |object: &&&Object| object.pages.iter().any(|page| pages.contains_key(&page.image));
    let shown: Vec<&Object> = ours.iter().filter(shown).copied().collect();
    let manifests = shown.iter().map(|object| write_manifest(site, object, &pages));
    let mut manifests = stream::iter(manifests).buffer_unordered(site.puts_at_once());
    while let Some(written) = manifests.next().await {
        written?;
        outcome.manifests += 1;
    }
    if shard.is_none() {
        write_collection(site, &shown).await?;
    }
    outcome.failed.sort();
    Ok(outcome)
}

impl Outcome {
    fn count(&mut self, made: Made) {
        match made.was_there {
            true => self.kept += 1,
            false => {
                self.made += 1;
                self.files += made.files;
                self.bytes += made.bytes;
            }
        }
    }
}

impl Site {
    pub(crate) fn image<'a>(&'a self, name: &'a str, plan: &'a Plan) -> Image<'a> {
        Image { name, base_url: &self.base_url, format: self.settings.format, plan }
    }

    pub(crate) fn plan(&self, extent: Extent) -> Plan {
        Plan::new(extent, &self.settings)
    }

    /// All that the files of an image depend on, beside its source.
    pub(crate) fn settings_of_record(&self) -> Value {
        let TileSettings { tile, quality, chroma, shape, format, largest, .. } = &self.settings;
        json!({
            "version": RECORD_VERSION,
            "layout": format!("{:?}", self.layout),
            "base_url": self.base_url,
            "tile": tile,
            "quality": quality,
            "chroma": chroma,
            "shape": shape,
            "format": format,
            "largest": largest,
        })
    }

    /// A bucket answers slowly and takes much at once; a disk is the other way round.
    pub(crate) fn puts_at_once(&self) -> usize {
        if self.publisher.keeps_headers() { 32 } else { 2 }
    }
}
