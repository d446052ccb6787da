//! Drawn images as files: sharded folders, names that are hashes, and a checksum at the end.
//!
//! The files are the truth, the [`Shelf`] only counts them. Anyone may delete any of it at any
//! time, another process too.

use std::{
    fs, io,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    thread,
};

use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::{
    bucket::blocking,
    counts,
    shelf::{Hash, Shelf},
};

/// Drawings that wait to be written; more are not kept, as they would pile up in memory.
const PENDING_WRITES: u32 = 64;
const MAGIC: &[u8; 8] = b"recto d1";
/// Magic, length and checksum.
const FOOTER_BYTES: usize = 8 + 8 + 16;

pub(crate) struct KeptFiles {
    folder: PathBuf,
    shelf: Mutex<Shelf>,
    writes: Arc<Semaphore>,
    /// Sets apart what is being written from what an earlier process left half written.
    process: u64,
    next_write: AtomicU64,
    is_complaining: AtomicBool,
    /// Files that are counted no longer, and not removed yet.
    leaving: AtomicU64,
}

impl KeptFiles {
    /// Counts in the background what is there already; it can be read before it is counted.
    pub(crate) fn open(folder: PathBuf, max_bytes: u64) -> io::Result<Arc<Self>> {
        fs::create_dir_all(&folder)?;
        let files = Arc::new(Self {
            folder,
            shelf: Mutex::new(Shelf::new(max_bytes)),
            writes: Arc::new(Semaphore::new(PENDING_WRITES as usize)),
            process: random(),
            next_write: AtomicU64::new(0),
            is_complaining: AtomicBool::new(false),
            leaving: AtomicU64::new(0),
        });
        let counted = Arc::downgrade(&files);
        thread::Builder::new().name("derivatives".to_owned()).spawn(move || count(&counted))?;
        Ok(files)
    }

    pub(crate) async fn read(self: &Arc<Self>, key: &str) -> Option<Bytes> {
        let (files, key) = (self.clone(), key.to_owned());
        blocking(move || files.read_now(&key)).await.ok().flatten()
    }

    /// Writes in the background.
    pub(crate) fn keep(self: &Arc<Self>, key: &str, drawn: Bytes) {
        let Ok(permit) = self.writes.clone().try_acquire_owned() else {
            counts::get().derivatives_not_kept.increment(1);
            return;
        };
        let (files, key) = (self.clone(), key.to_owned());
        tokio::task::spawn_blocking(move || {
            let hash = hash(&key);
            match files.write(&key, &hash, &drawn) {
                Ok(()) => files.make_room_for(hash, drawn.len() + FOOTER_BYTES),
                Err(error) => files.complain(&error),
            }
            drop(permit);
        });
    }

    /// How much there is, and how much there may be.
    pub(crate) fn bytes(&self) -> (u64, u64) {
        let shelf = self.shelf();
        (shelf.bytes(), shelf.max_bytes())
    }

    /// Until all that is being written is written.
    pub(crate) async fn settle(&self) {
        drop(self.writes.acquire_many(PENDING_WRITES).await);
    }

    fn read_now(&self, key: &str) -> Option<Bytes> {
        let hash = hash(key);
        let path = self.path(&hash);
        let file = match fs::read(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.shelf().remove(&hash);
                return None;
            }
            Err(error) => {
                self.complain(&error);
                return None;
            }
        };
        if let Some(drawn) = check(key, file) {
            self.shelf().touch(&hash);
            return Some(drawn);
        }
        tracing::warn!(path = %path.display(), "a drawn image was corrupt on disk and is dropped");
        counts::get().derivatives_corrupt.increment(1);
        self.remove(&hash);
        self.shelf().remove(&hash);
        None
    }

    fn write(&self, key: &str, hash: &Hash, drawn: &[u8]) -> io::Result<()> {
        let path = self.path(hash);
        let number = self.next_write.fetch_add(1, Relaxed);
        let draft = path.with_file_name(format!(".{:016x}-{number}", self.process));
        let sealed = [drawn, &footer(key, drawn)].concat();
        let written = match fs::write(&draft, &sealed) {
            // The first of its shard, or somebody deleted the folder.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(draft.parent().unwrap_or(&self.folder))?;
                fs::write(&draft, &sealed)
            }
            written => written,
        };
        let in_place = written.and_then(|()| fs::rename(&draft, &path));
        if in_place.is_err() {
            let _ = fs::remove_file(&draft);
        }
        self.is_complaining.fetch_and(in_place.is_err(), Relaxed);
        in_place
    }

    fn make_room_for(&self, hash: Hash, bytes: usize) {
        let gone = {
            let mut shelf = self.shelf();
            let gone = shelf.put(hash, bytes as u64);
            counts::get().derivatives_bytes.set(shelf.bytes() as f64);
            gone
        };
        self.evict(&gone);
    }

    fn evict(&self, gone: &[Hash]) {
        counts::get().derivatives_evicted.increment(gone.len() as u64);
        self.leaving.fetch_add(gone.len() as u64, Relaxed);
        for hash in gone {
            self.remove(hash);
            self.leaving.fetch_sub(1, Relaxed);
        }
    }

    pub(crate) fn leaving(&self) -> u64 {
        self.leaving.load(Relaxed)
    }

    /// A file that is gone already is as good as removed; one that stays will be met again.
    fn remove(&self, hash: &Hash) {
        let _ = fs::remove_file(self.path(hash));
    }

    /// Once, until it works again: a full disk must not fill the log too.
    fn complain(&self, error: &io::Error) {
        counts::get().derivatives_not_kept.increment(1);
        if !self.is_complaining.swap(true, Relaxed) {
            tracing::warn!(folder = %self.folder.display(), %error, "drawn images are not kept");
        }
        if error.kind() == io::ErrorKind::StorageFull {
            let gone = {
                let mut shelf = self.shelf();
                let bytes = shelf.bytes();
                shelf.shrink_to(bytes - bytes / 20)
            };
            self.evict(&gone);
        }
    }

    fn path(&self, hash: &Hash) -> PathBuf {
        let name = hex(hash);
        self.folder.join(&name[..2]).join(name)
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts onto the shelf what lies in the folder, and sweeps what an earlier process left unfinished.
fn count(files: &Weak<KeptFiles>) {
    let Some(folder) = files.upgrade().map(|files| files.folder.clone()) else { return };
    for shard in fs::read_dir(folder).into_iter().flatten().flatten() {
        for file in fs::read_dir(shard.path()).into_iter().flatten().flatten() {
            let Some(files) = files.upgrade() else { return };
            files.count_one(&file);
        }
    }
}

impl KeptFiles {
    fn count_one(&self, file: &fs::DirEntry) {
        let name = file.file_name();
        let Some(name) = name.to_str() else { return };
        if let Some(draft) = name.strip_prefix('.') {
            if !draft.starts_with(&format!("{:016x}-", self.process)) {
                let _ = fs::remove_file(file.path());
            }
        } else if let (Some(hash), Ok(found)) = (unhex(name), file.metadata())
            && found.is_file()
        {
            self.make_room_for(hash, usize::try_from(found.len()).unwrap_or(usize::MAX));
        }
    }
}

fn hash(key: &str) -> Hash {
    let digest: [u8; 32] = Sha256::digest(key).into();
    *digest.first_chunk().expect("a half of it is shorter")
}

fn footer(key: &str, drawn: &[u8]) -> [u8; FOOTER_BYTES] {
    let mut footer = [0; FOOTER_BYTES];
    footer[..8].copy_from_slice(MAGIC);
    footer[8..16].copy_from_slice(&(drawn.len() as u64).to_le_bytes());
    footer[16..].copy_from_slice(&checksum(key, drawn));
    footer
}

/// Over the key too: a file under a wrong name is as wrong as one with wrong bytes.
fn checksum(key: &str, drawn: &[u8]) -> Hash {
    let digest: [u8; 32] =
        Sha256::new().chain_update(key).chain_update([0]).chain_update(drawn).finalize().into();
    *digest.first_chunk().expect("a half of it is shorter")
}

/// The drawn image out of its file, if it is whole.
fn check(key: &str, file: Vec<u8>) -> Option<Bytes> {
    let file = Bytes::from(file);
    let length = file.len().checked_sub(FOOTER_BYTES)?;
    let drawn = file.slice(..length);
    (file[length..] == footer(key, &drawn)).then_some(drawn)
}

fn hex(hash: &Hash) -> String {
    format!("{:032x}", u128::from_be_bytes(*hash))
}

fn unhex(name: &str) -> Option<Hash> {
    let number = u128::from_str_radix(name, 16).ok()?;
    let hash = number.to_be_bytes();
    (hex(&hash) == name).then_some(hash)
}

/// Different in every process, also where all have the same number, as in containers.
pub(crate) fn random() -> u64 {
    use std::hash::{BuildHasher, RandomState};

    RandomState::new().hash_one(std::process::id())
}
