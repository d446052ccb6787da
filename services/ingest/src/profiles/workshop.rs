use std::sync::Arc;

use imaging::{AdoptSettings, Outline, SourceFacts};
use tempfile::TempDir;
use tokio::sync::Semaphore;

use super::{
    holding::Absent,
    remote::ours,
    source::{Original, Unseen},
};
use crate::{
    config::IngestConfig,
    convert::{Made, convert, create, limits, run_child},
    decode::{Outcome, Task},
    failure::Failure,
    origins::Fetched,
    scratch::Scratch,
};

/// Where originals are looked at and pyramids are made, a few at a time, by children without rights.
#[derive(Clone)]
pub(super) struct Workshop {
    config: Arc<IngestConfig>,
    scratch: Scratch,
    looks: Arc<Semaphore>,
    benches: Arc<Semaphore>,
}

/// What an original is.
pub(super) enum Look {
    /// Ready as it is.
    InPlace(Outline),
    /// An image of which a pyramid has to be made, and how it can be drawn until then, if it can.
    Image(SourceFacts, Option<Outline>),
    /// Nothing that we can read; another program may.
    Strange,
}

impl Workshop {
    pub(super) fn new(config: Arc<IngestConfig>, scratch: Scratch) -> Self {
        let workers = config.worker_count().max(1);
        Self {
            looks: Arc::new(Semaphore::new(2 * workers)),
            benches: Arc::new(Semaphore::new(workers)),
            config,
            scratch,
        }
    }

    /// A folder for files in the making, which goes with the answer.
    pub(super) fn folder(&self) -> Result<TempDir, Unseen> {
        self.scratch.for_job().map_err(|error| ours(&error))
    }

    /// Sees what an original is.
    pub(super) async fn look(&self, original: &Original) -> Result<Look, Absent> {
        if original.bytes == 0 {
            return Err(Absent::Broken("the original is an empty file".to_owned()));
        }
        let _turn = self.looks.acquire().await;
        match self.try_look(original).await {
            Ok(Outcome::Adopted(adopted)) => Ok(Look::InPlace(adopted.outline)),
            Ok(Outcome::Identified(facts, outline)) => {
                Ok(Look::Image(facts, outline.and_then(|outline| outline.check().ok())))
            }
            Ok(Outcome::Unsupported(_)) => Ok(Look::Strange),
            Ok(
                outcome @ (Outcome::Converted(_)
                | Outcome::Contents(_)
                | Outcome::Page
                | Outcome::Excerpted { .. }
                | Outcome::Refused(_)
                | Outcome::Broken(_)),
            ) => Err(absent(outcome.into_failure())),
            Err(failure) => Err(absent(failure)),
        }
    }

    async fn try_look(&self, original: &Original) -> Result<Outcome, Failure> {
        let folder = self.scratch.for_job().map_err(anyhow::Error::new)?;
        let files = vec![
            original.file.try_clone().map_err(anyhow::Error::new)?,
            create(&folder.path().join("thumbnails"))?,
        ];
        let max_bytes = self.config.decode_memory_bytes / 4 * 3;
        let limits_of_image =
            imaging::Limits { max_pixels: self.config.max_source_pixels, max_bytes };
        let task = Task::Look(AdoptSettings { thumbnails: Vec::new(), limits: limits_of_image });
        run_child(&task, files, limits(&self.config, 1)).await
    }

    /// Makes a pyramid, which lies in the folder that comes with it.
    pub(super) async fn make(
        &self,
        original: Original,
        (jpeg_quality, full_chroma): (Option<u8>, Option<bool>),
    ) -> Result<(Made, TempDir), Absent> {
        let _turn = self.benches.acquire().await;
        let config = IngestConfig {
            jpeg_quality: jpeg_quality.unwrap_or(self.config.jpeg_quality),
            full_chroma: full_chroma.unwrap_or(self.config.full_chroma),
            ..IngestConfig::clone(&self.config)
        };
        let folder =
            self.scratch.for_job().map_err(|error| absent(anyhow::Error::new(error).into()))?;
        let Original { file, path, bytes, .. } = original;
        let source = Fetched { file, path, bytes };
        let made = convert(&config, Vec::new(), &source, folder.path()).await.map_err(absent)?;
        Ok((made, folder))
    }
}

/// What became of a job, said to the visitor.
pub(super) fn absent(failure: Failure) -> Absent {
    match failure {
        Failure::Asset(reason) => Absent::Broken(reason),
        Failure::Origin(reason) => Absent::Unavailable(reason),
        Failure::Ours(error) => {
            tracing::error!(?error, "an image of a profile can't be made ready");
            Absent::Unavailable("the image can't be made ready at the moment".to_owned())
        }
    }
}
