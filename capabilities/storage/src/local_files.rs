use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};

use moka::future::Cache;

use crate::{bucket::Bucket, error::Error, located::Located};

/// Objects as open files, for those who can't read them range by range. Cheap to clone.
///
/// In a folder they are the objects themselves. Elsewhere, and of what is somebody else's, they are copies, which have
/// no name and take no more room than is allowed, but for those that are in use; the one that was used longest ago goes
/// first. Equal objects are copied once.
#[derive(Clone)]
pub struct LocalFiles {
    bucket: Bucket,
    folder: Arc<PathBuf>,
    copies: Cache<String, Arc<File>>,
}

/// Room is counted in steps of this many bytes, as a cache counts to 2^32 for each of its entries.
const STEP: u64 = 4096;

impl LocalFiles {
    /// Copies lie in `folder`.
    pub fn open(bucket: Bucket, folder: &Path, max_bytes: u64) -> Result<Self, Error> {
        let unusable =
            |error| Error::Source { path: folder.display().to_string(), source: Arc::new(error) };
        std::fs::create_dir_all(folder).map_err(unusable)?;
        let weigh = |_: &String, file: &Arc<File>| {
            let bytes = file.metadata().map_or(0, |metadata| metadata.len());
            u32::try_from(bytes.div_ceil(STEP)).unwrap_or(u32::MAX).max(1)
        };
        let copies = Cache::builder().max_capacity(max_bytes / STEP).weigher(weigh).build();
        let folder = Arc::new(folder.to_owned());
        Ok(Self { bucket, folder, copies })
    }

    /// The object, which never changes once it is written.
    pub async fn file(&self, key: &str) -> Result<Arc<File>, Error> {
        if self.bucket.is_folder() {
            return self.bucket.open_file(key, &self.folder).await.map(Arc::new);
        }
        self.copy(key, self.bucket.open_file(key, &self.folder)).await
    }

    /// A copy of an object that is not in the bucket, under a name that no other has.
    pub async fn copy_of(&self, name: &str, object: &Located) -> Result<Arc<File>, Error> {
        self.copy(name, object.copy(&self.folder)).await
    }

    async fn copy(
        &self,
        name: &str,
        copying: impl Future<Output = Result<File, Error>>,
    ) -> Result<Arc<File>, Error> {
        let copying = async { copying.await.map(Arc::new) };
        let file = self.copies.try_get_with_by_ref(name, copying).await;
        file.map_err(|error| Error::clone(&error))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::FileExt;

    use bytes::Bytes;

    use super::*;

    async fn content(files: &LocalFiles, key: &str) -> Vec<u8> {
        let file = files.file(key).await.unwrap();
        let mut bytes = vec![0; file.metadata().unwrap().len() as usize];
        file.read_exact_at(&mut bytes, 0).unwrap();
        bytes
    }

    #[tokio::test]
    async fn objects_are_files_wherever_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let own = Bucket::in_folder(&folder.path().join("own")).unwrap();
        for bucket in [own, Bucket::in_memory()] {
            let copies = folder.path().join("copies");
            let files = LocalFiles::open(bucket.clone(), &copies, 1 << 20).unwrap();
            bucket.put("a/original", Bytes::from_static(b"pixels")).await.unwrap();
            assert_eq!(content(&files, "a/original").await, b"pixels");
            assert_eq!(content(&files, "a/original").await, b"pixels");
            let missing = files.file("b/original").await.unwrap_err();
            assert!(matches!(missing, Error::NotFound(_)), "{missing:?}");
        }
        let named = std::fs::read_dir(folder.path().join("copies")).unwrap().count();
        assert_eq!(named, 0, "copies go when they are closed, whatever happens");
    }

    #[tokio::test]
    async fn copies_keep_to_their_room() {
        let folder = tempfile::tempdir().unwrap();
        let bucket = Bucket::in_memory();
        let files = LocalFiles::open(bucket.clone(), folder.path(), 10 * STEP).unwrap();
        for n in 0..20 {
            let key = format!("{n}/original");
            bucket.put(&key, vec![n; 3 * STEP as usize].into()).await.unwrap();
            assert_eq!(content(&files, &key).await.len(), 3 * STEP as usize);
        }
        files.copies.run_pending_tasks().await;
        assert!(files.copies.weighted_size() <= 10, "{}", files.copies.weighted_size());
    }
}
