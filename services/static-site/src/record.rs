use std::collections::BTreeMap;

use bytes::Bytes;
use iiif::image::Extent;
use serde::{Deserialize, Serialize};
use storage::{Headers, Mark, Publisher};

use crate::{Error, source::Version};

/// What is kept of an image whose files are all there. It is written after them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub(crate) source: Version,
    /// Everything that the files depend on, beside the source.
    pub(crate) settings: serde_json::Value,
    pub(crate) extent: Extent,
    /// By name, from the root of the site.
    pub(crate) files: BTreeMap<String, Mark>,
}

const HEADERS: Headers = Headers {
    content_type: "application/json",
    cache_control: "no-store",
    is_gzip: false,
    is_document: true,
};

impl Record {
    /// A record that can't be read is as good as none: the image is made again.
    pub(crate) async fn read(site: &Publisher, name: &str) -> Result<Option<Self>, Error> {
        let bytes = site.read(name).await?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    pub(crate) async fn write(&self, site: &Publisher, name: &str) -> Result<(), Error> {
        let text = serde_json::to_vec(self).map_err(|error| Error::Broken(error.to_string()))?;
        site.put(name, Bytes::from(text), &HEADERS).await?;
        Ok(())
    }

    /// The files that are missing, or not what they were.
    pub(crate) async fn broken_files(&self, site: &Publisher) -> Result<Vec<String>, Error> {
        use futures_util::{StreamExt, TryStreamExt};
        const AT_ONCE: usize = 32;
        let looked = self.files.iter().map(|(name, mark)| async move {
            Ok::<_, Error>((name, site.is_intact(name, mark).await?))
        });
        let looked: Vec<_> =
            futures_util::stream::iter(looked).buffered(AT_ONCE).try_collect().await?;
        Ok(looked.into_iter().filter(|(_, is_intact)| !is_intact).map(|(n, _)| n.clone()).collect())
    }
}
