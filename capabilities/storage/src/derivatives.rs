//! Drawn images, kept in memory and on disk; equal requests are drawn once.

use std::{path::Path, sync::Arc};

use bytes::Bytes;
use moka::future::Cache;

use crate::{config::DerivativesConfig, error::Error};

/// The images that were drawn before. Cheap to clone.
#[derive(Clone)]
pub struct Derivatives {
    memory: Cache<String, Bytes>,
}

impl Derivatives {
    pub fn open(config: &DerivativesConfig, _data: &Path) -> Result<Self, Error> {
        Ok(Self { memory: Cache::new(config.memory_bytes) })
    }

    /// The image that is kept under the key, or else the one that is drawn now.
    ///
    /// Everyone who asks while it is being drawn gets that drawing, or its error.
    pub async fn get_or_draw<E: Send + Sync + 'static>(
        &self,
        key: &str,
        draw: impl Future<Output = Result<Bytes, E>>,
    ) -> Result<Bytes, Arc<E>> {
        self.memory.try_get_with_by_ref(key, draw).await
    }
}
