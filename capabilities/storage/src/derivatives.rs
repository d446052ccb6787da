//! Drawn images, kept in memory and on disk; equal requests are drawn once.

use std::{path::Path, sync::Arc};

use bytes::Bytes;
use moka::future::Cache;

use crate::{config::DerivativesConfig, counts, error::Error, kept_files::KeptFiles};

/// What an image costs in memory besides its bytes.
const OVERHEAD: usize = 256;

/// The images that were drawn before. Cheap to clone.
#[derive(Clone)]
pub struct Derivatives {
    memory: Cache<String, Bytes>,
    files: Option<Arc<KeptFiles>>,
}

impl Derivatives {
    pub fn open(config: &DerivativesConfig, data: &Path) -> Result<Self, Error> {
        let folder = if config.folder.as_os_str().is_empty() {
            data.join("derivatives")
        } else {
            config.folder.clone()
        };
        let files = if config.max_bytes > 0 {
            let opened = KeptFiles::open(folder.clone(), config.max_bytes);
            Some(opened.map_err(|error| Error::Settings {
                reason: format!("the folder {} cannot be used", folder.display()),
                source: Some(Arc::new(error)),
            })?)
        } else {
            None
        };
        let weight = |key: &String, image: &Bytes| {
            u32::try_from(key.len() + image.len() + OVERHEAD).unwrap_or(u32::MAX)
        };
        let memory = Cache::builder().max_capacity(config.memory_bytes).weigher(weight).build();
        Ok(Self { memory, files })
    }

    /// The image that is kept under the key, or else the one that is drawn now.
    ///
    /// Everyone who asks while it is being drawn gets that drawing, or its error. When the one who
    /// draws goes away, the next who waits draws in their place; when nobody waits, nobody draws.
    pub async fn get_or_draw<E: Send + Sync + 'static>(
        &self,
        key: &str,
        draw: impl Future<Output = Result<Bytes, E>>,
    ) -> Result<Bytes, Arc<E>> {
        if let Some(image) = self.memory.get(key).await {
            counts::get().derivatives_from_memory.increment(1);
            return Ok(image);
        }
        self.memory.try_get_with_by_ref(key, self.read_or_draw(key, draw)).await
    }

    /// Until what was drawn is on disk: before the process ends.
    pub async fn settle(&self) {
        if let Some(files) = &self.files {
            files.settle().await;
        }
    }

    /// How much is kept on disk, and how much may be.
    pub fn kept_bytes(&self) -> (u64, u64) {
        self.files.as_ref().map_or((0, 0), |files| files.bytes())
    }

    /// How many have to make room and are not off the disk yet.
    pub fn leaving(&self) -> u64 {
        self.files.as_ref().map_or(0, |files| files.leaving())
    }

    async fn read_or_draw<E>(
        &self,
        key: &str,
        draw: impl Future<Output = Result<Bytes, E>>,
    ) -> Result<Bytes, E> {
        if let Some(files) = &self.files
            && let Some(image) = files.read(key).await
        {
            counts::get().derivatives_from_disk.increment(1);
            return Ok(image);
        }
        let image = draw.await?;
        counts::get().derivatives_drawn.increment(1);
        if let Some(files) = &self.files {
            files.keep(key, image.clone());
        }
        Ok(image)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        path::PathBuf,
        sync::atomic::{AtomicUsize, Ordering::SeqCst},
    };

    use tempfile::TempDir;
    use tokio::sync::Semaphore;

    use super::*;

    const IMAGE: Bytes = Bytes::from_static(b"an image");

    fn open(data: &TempDir, config: DerivativesConfig) -> Derivatives {
        Derivatives::open(&config, data.path()).unwrap()
    }

    /// The image, and whether it had to be drawn.
    async fn ask(derivatives: &Derivatives, key: &str) -> (Bytes, bool) {
        let mut drawn = false;
        let draw = async {
            drawn = true;
            Ok::<_, String>(IMAGE)
        };
        (derivatives.get_or_draw(key, draw).await.unwrap(), drawn)
    }

    fn files(data: &TempDir) -> Vec<PathBuf> {
        let shards = fs::read_dir(data.path().join("derivatives")).into_iter().flatten().flatten();
        let files = shards.flat_map(|shard| fs::read_dir(shard.path()).unwrap().flatten());
        files.map(|file| file.path()).collect()
    }

    #[tokio::test]
    async fn an_image_is_drawn_once() {
        let data = tempfile::tempdir().unwrap();
        let derivatives = open(&data, DerivativesConfig::default());
        assert_eq!(ask(&derivatives, "a").await, (IMAGE, true));
        assert_eq!(ask(&derivatives, "a").await, (IMAGE, false));
        assert_eq!(ask(&derivatives, "b").await, (IMAGE, true));
    }

    #[tokio::test]
    async fn it_survives_a_restart_and_a_full_memory() {
        let data = tempfile::tempdir().unwrap();
        let first = open(&data, DerivativesConfig::default());
        ask(&first, "a").await;
        first.settle().await;
        drop(first);
        let no_memory = DerivativesConfig { memory_bytes: 0, ..DerivativesConfig::default() };
        let second = open(&data, no_memory);
        assert_eq!(ask(&second, "a").await, (IMAGE, false));
        assert_eq!(ask(&second, "a").await, (IMAGE, false));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_stampede_is_one_drawing() {
        for memory_bytes in [0, 1 << 20] {
            let data = tempfile::tempdir().unwrap();
            let config = DerivativesConfig { memory_bytes, max_bytes: 0, ..Default::default() };
            let derivatives = open(&data, config);
            let (drawn, go) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
            let asks: Vec<_> = (0..100)
                .map(|_| {
                    let (derivatives, drawn, go) = (derivatives.clone(), drawn.clone(), go.clone());
                    tokio::spawn(async move {
                        let draw = async {
                            drawn.fetch_add(1, SeqCst);
                            let _ = go.acquire().await; // fails once it is closed, at once
                            Ok::<_, String>(IMAGE)
                        };
                        derivatives.get_or_draw("a", draw).await
                    })
                })
                .collect();
            while drawn.load(SeqCst) == 0 {
                tokio::task::yield_now().await;
            }
            go.close();
            for ask in asks {
                assert_eq!(ask.await.unwrap().unwrap(), IMAGE);
            }
            // Without memory, who comes after the drawing was done draws again.
            if memory_bytes > 0 {
                assert_eq!(drawn.load(SeqCst), 1);
            }
        }
    }

    #[tokio::test]
    async fn an_error_is_shared_and_not_kept() {
        let data = tempfile::tempdir().unwrap();
        let derivatives = open(&data, DerivativesConfig::default());
        let drawn = AtomicUsize::new(0);
        let draw = || async {
            drawn.fetch_add(1, SeqCst);
            tokio::task::yield_now().await;
            Err::<Bytes, _>("no paint".to_owned())
        };
        let asks = (0..10).map(|_| derivatives.get_or_draw("a", draw()));
        for error in futures_util::future::join_all(asks).await {
            assert_eq!(*error.unwrap_err(), "no paint");
        }
        assert_eq!(drawn.load(SeqCst), 1);
        assert_eq!(ask(&derivatives, "a").await, (IMAGE, true));
    }

    #[tokio::test]
    async fn when_the_one_who_draws_goes_away_another_draws() {
        let data = tempfile::tempdir().unwrap();
        let derivatives = open(&data, DerivativesConfig::default());
        let never = std::future::pending::<Result<Bytes, String>>();
        let mut first = Box::pin(derivatives.get_or_draw("a", never));
        // Past the look at the disk, into the drawing.
        let soon = std::time::Duration::from_millis(50);
        assert!(tokio::time::timeout(soon, &mut first).await.is_err());
        let mut second = Box::pin(ask(&derivatives, "a"));
        assert!(futures_util::poll!(&mut second).is_pending());
        drop(first);
        assert_eq!(second.await, (IMAGE, true));
    }

    #[tokio::test]
    async fn a_panic_strands_nobody() {
        let data = tempfile::tempdir().unwrap();
        let derivatives = open(&data, DerivativesConfig::default());
        let other = derivatives.clone();
        let panics = tokio::spawn(async move {
            let draw = async { panic!("the brush broke") };
            other.get_or_draw::<String>("a", draw).await
        });
        assert!(panics.await.is_err());
        assert_eq!(ask(&derivatives, "a").await, (IMAGE, true));
    }

    #[tokio::test]
    async fn what_is_corrupt_on_disk_is_dropped_and_drawn_again() {
        type Damage = fn(&mut Vec<u8>);
        let damages: [Damage; 4] = [
            |file| file[3] ^= 1,
            |file| file.truncate(20),
            |file| file.clear(),
            |file| *file.last_mut().unwrap() ^= 1,
        ];
        for damage in damages {
            let data = tempfile::tempdir().unwrap();
            let config = DerivativesConfig { memory_bytes: 0, ..DerivativesConfig::default() };
            let derivatives = open(&data, config);
            ask(&derivatives, "a").await;
            derivatives.settle().await;
            let file = files(&data).pop().unwrap();
            let mut bytes = fs::read(&file).unwrap();
            damage(&mut bytes);
            fs::write(&file, bytes).unwrap();
            assert_eq!(ask(&derivatives, "a").await, (IMAGE, true));
            derivatives.settle().await;
            assert_eq!(ask(&derivatives, "a").await, (IMAGE, false));
        }
    }

    #[tokio::test]
    async fn the_disk_is_bounded_and_what_is_used_stays() {
        let data = tempfile::tempdir().unwrap();
        let config = DerivativesConfig {
            memory_bytes: 0,
            max_bytes: 10 * 4096,
            ..DerivativesConfig::default()
        };
        let derivatives = open(&data, config.clone());
        for n in 0..50 {
            ask(&derivatives, &n.to_string()).await;
            derivatives.settle().await;
            assert_eq!(ask(&derivatives, "0").await, (IMAGE, false), "after {n}");
        }
        assert_eq!(files(&data).len(), 10);

        let smaller = DerivativesConfig { max_bytes: 3 * 4096, ..config };
        let _restarted = open(&data, smaller);
        while files(&data).len() > 3 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn the_folder_may_be_deleted_at_any_time() {
        let data = tempfile::tempdir().unwrap();
        let config = DerivativesConfig { memory_bytes: 0, ..DerivativesConfig::default() };
        let derivatives = open(&data, config);
        ask(&derivatives, "a").await;
        derivatives.settle().await;
        fs::remove_dir_all(data.path().join("derivatives")).unwrap();
        assert_eq!(ask(&derivatives, "a").await, (IMAGE, true));
        derivatives.settle().await;
        assert_eq!(ask(&derivatives, "a").await, (IMAGE, false));
    }

    #[tokio::test]
    async fn what_an_earlier_process_left_half_written_is_swept() {
        let data = tempfile::tempdir().unwrap();
        let shard = data.path().join("derivatives/ab");
        fs::create_dir_all(&shard).unwrap();
        fs::write(shard.join(".0123456789abcdef-7"), "half").unwrap();
        fs::write(shard.join("README"), "not ours").unwrap();
        let _derivatives = open(&data, DerivativesConfig::default());
        while files(&data).len() > 1 {
            tokio::task::yield_now().await;
        }
        assert!(shard.join("README").exists());
    }
}
