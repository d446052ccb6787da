//! What every bucket owes its callers. A new backend is done when this passes.

use std::{
    io::{Read, Write},
    sync::atomic::Ordering::SeqCst,
};

use bytes::Bytes;
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};

use crate::{
    Bucket, Error, Located, Object, StorageConfig,
    fake_store::FakeStore,
    stand_ins::{Azurite, google, s3},
};

const DIGITS: Bytes = Bytes::from_static(b"0123456789");

#[tokio::test]
async fn memory_keeps_the_promises() {
    keeps_the_promises(Bucket::in_memory()).await;
}

#[tokio::test]
async fn a_folder_keeps_the_promises() {
    let folder = tempfile::tempdir().unwrap();
    keeps_the_promises(Bucket::in_folder(folder.path()).unwrap()).await;
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert!(left.is_empty(), "emptied folders are gone: {left:?}");
}

#[tokio::test]
async fn s3_keeps_the_promises() {
    if let Some(config) = s3("promises") {
        keeps_the_promises(Bucket::open(&config, "/nowhere".as_ref()).unwrap()).await;
    }
}

#[tokio::test]
async fn google_keeps_the_promises() {
    let folder = tempfile::tempdir().unwrap();
    if let Some(config) = google("google", folder.path()) {
        keeps_the_promises(Bucket::open(&config, "/nowhere".as_ref()).unwrap()).await;
    }
}

#[tokio::test]
async fn azure_keeps_the_promises() {
    if let Some(azurite) = Azurite::start().await {
        let config = azurite.config();
        keeps_the_promises(Bucket::open(&config, "/nowhere".as_ref()).unwrap()).await;
        let config = StorageConfig { url: "az://no-such-container".to_owned(), ..config };
        let bucket = Bucket::open(&config, "/nowhere".as_ref()).unwrap();
        let error = bucket.read("a").await.unwrap_err();
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
        let config = StorageConfig { azure_access_key: "d3Jvbmc=".into(), ..azurite.config() };
        let bucket = Bucket::open(&config, "/nowhere".as_ref()).unwrap();
        let error = bucket.read("a").await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
    }
}

#[tokio::test]
async fn a_store_that_compares_nothing_is_asked_what_it_has() {
    let store = FakeStore::new();
    let bucket = store.bucket();
    bucket.put("whole", DIGITS).await.unwrap();
    store.loses_bytes.store(true, SeqCst);
    let torn = bucket.put("torn", DIGITS).await.unwrap_err();
    assert!(matches!(torn, Error::Torn { bytes: 10, found: 9, .. }), "{torn:?}");
}

#[tokio::test]
async fn s3_is_told_the_checksum_of_what_it_is_sent() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let heard = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        while !request.ends_with(&DIGITS) {
            let mut some = [0; 4096];
            let read = stream.read(&mut some).unwrap();
            assert!(read > 0, "{}", String::from_utf8_lossy(&request));
            request.extend(&some[..read]);
        }
        let answer = "HTTP/1.1 200 OK\r\netag: \"x\"\r\ncontent-length: 0\r\n\r\n";
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8(request).unwrap()
    });
    let config = StorageConfig {
        url: "s3://recto".to_owned(),
        endpoint,
        access_key_id: "recto".to_owned(),
        secret_access_key: "recto".into(),
        allow_http: true,
        ..StorageConfig::default()
    };
    let bucket = Bucket::open(&config, "/nowhere".as_ref()).unwrap();
    bucket.put("a", DIGITS).await.unwrap();
    let request = heard.join().unwrap();
    let told = "x-amz-checksum-sha256: hNiYd/DUBB77a/kaFvAkjy/Vc+avBcGflr7bn4gveII=";
    assert!(request.lines().any(|line| line == told), "{request}");
}

async fn keeps_the_promises(bucket: Bucket) {
    bucket.check().await.unwrap();
    objects_are_read_as_they_were_written(&bucket).await;
    ranges_are_exact(&bucket).await;
    what_is_missing_is_not_found(&bucket).await;
    a_write_replaces_the_whole(&bucket).await;
    files_are_taken(&bucket, 0).await;
    files_are_taken(&bucket, 1000).await;
    files_are_taken(&bucket, 12 * 1024 * 1024 + 7).await;
    keys_are_taken_literally(&bucket).await;
    prefixes_end_at_slashes(&bucket).await;
    an_object_is_read_in_the_state_in_which_it_was_seen(&bucket).await;
}

async fn objects_are_read_as_they_were_written(bucket: &Bucket) {
    let stored = bucket.put("2/5/a/v1/original", DIGITS).await.unwrap();
    assert_eq!(stored.bytes, 10);
    assert_eq!(stored.sha256, <[u8; 32]>::from(Sha256::digest(DIGITS)));
    assert_eq!(bucket.read("2/5/a/v1/original").await.unwrap(), DIGITS);

    let meta = bucket.head("2/5/a/v1/original").await.unwrap().unwrap();
    assert_eq!(meta.bytes, 10);
    assert!(meta.modified.year() > 2000, "{meta:?}");

    let (meta, stream) = bucket.stream("2/5/a/v1/original", Some(2..5)).await.unwrap();
    let parts: Vec<Bytes> = stream.try_collect().await.unwrap();
    assert_eq!((meta.bytes, parts.concat().as_slice()), (10, &b"234"[..]));

    let scratch = tempfile::tempdir().unwrap();
    let mut file = bucket.open_file("2/5/a/v1/original", scratch.path()).await.unwrap();
    let mut text = String::new();
    file.read_to_string(&mut text).unwrap();
    assert_eq!(text.as_bytes(), DIGITS);
    assert_eq!(scratch.path().read_dir().unwrap().count(), 0);
}

async fn ranges_are_exact(bucket: &Bucket) {
    let key = "2/5/a/v1/original";
    assert_eq!(bucket.read_range(key, 3..6).await.unwrap(), "345");
    assert_eq!(bucket.read_range(key, 0..10).await.unwrap(), DIGITS);
    assert_eq!(bucket.read_range(key, 4..4).await.unwrap(), "");
    for range in [5..11, 10..11, 100..200] {
        let error = bucket.read_range(key, range.clone()).await.unwrap_err();
        assert!(matches!(error, Error::TooShort { .. }), "{range:?}: {error:?}");
    }
}

async fn what_is_missing_is_not_found(bucket: &Bucket) {
    let key = "2/5/missing";
    assert_eq!(bucket.head(key).await.unwrap(), None);
    bucket.delete(key).await.unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let errors = [
        bucket.read(key).await.map(drop).unwrap_err(),
        bucket.read_range(key, 0..1).await.map(drop).unwrap_err(),
        bucket.stream(key, None).await.map(drop).unwrap_err(),
        bucket.open_file(key, scratch.path()).await.map(drop).unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(&error, Error::NotFound(at) if at == key), "{error:?}");
    }
}

async fn a_write_replaces_the_whole(bucket: &Bucket) {
    let key = "2/5/a/v1/original";
    bucket.put(key, Bytes::from_static(b"shorter")).await.unwrap();
    assert_eq!(bucket.read(key).await.unwrap(), "shorter");
    bucket.delete(key).await.unwrap();
    assert_eq!(bucket.head(key).await.unwrap(), None);
}

async fn files_are_taken(bucket: &Bucket, size: usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pyramid");
    let bytes: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
    std::fs::write(&path, &bytes).unwrap();
    let stored = bucket.put_file("2/5/b/v1/pyramid.tif", &path).await.unwrap();
    assert_eq!(stored.bytes, size as u64);
    assert_eq!(stored.sha256, <[u8; 32]>::from(Sha256::digest(&bytes)));
    assert!(!path.exists(), "the file is taken");
    assert!(bucket.read("2/5/b/v1/pyramid.tif").await.unwrap() == bytes);

    let gone = bucket.put_file("2/5/b/v1/pyramid.tif", &path).await.unwrap_err();
    assert!(matches!(gone, Error::Source { .. }), "{gone:?}");
    assert!(bucket.read("2/5/b/v1/pyramid.tif").await.unwrap() == bytes, "the old one stays");
}

async fn keys_are_taken_literally(bucket: &Bucket) {
    let key = "2/5/%2E.%20%C3%A9~0/v1/original";
    bucket.put(key, DIGITS).await.unwrap();
    assert_eq!(bucket.read(key).await.unwrap(), DIGITS);
    let listed: Vec<Object> = bucket.list("2/5/%2E.%20%C3%A9~0").try_collect().await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].key.as_str(), listed[0].bytes), (key, 10));
    assert!(listed[0].modified.year() > 2000, "{listed:?}");
    for key in ["", "/a", "a/", "a//b", "../a", "a/../b", "a/./b", "a\0b", "a\\b", "a#1"] {
        let refused = bucket.put(key, DIGITS).await.unwrap_err();
        assert!(matches!(refused, Error::InvalidKey(_)), "{key:?}: {refused:?}");
        assert!(matches!(bucket.read(key).await, Err(Error::InvalidKey(_))), "{key:?}");
    }
}

async fn prefixes_end_at_slashes(bucket: &Bucket) {
    for key in ["9/1/a/v1/x", "9/1/a/v2/x", "9/1/ab/v1/x"] {
        bucket.put(key, DIGITS).await.unwrap();
    }
    assert_eq!(bucket.delete_prefix("9/1/a").await.unwrap(), 2);
    let left: Vec<Object> = bucket.list("9").try_collect().await.unwrap();
    let left: Vec<_> = left.iter().map(|object| object.key.as_str()).collect();
    assert_eq!(left, ["9/1/ab/v1/x"]);
    assert_eq!(bucket.delete_prefix("9/1/nobody").await.unwrap(), 0);

    let all: Vec<Object> = bucket.list("").try_collect().await.unwrap();
    assert_eq!(bucket.delete_prefix("9").await.unwrap(), 1);
    assert_eq!(all.len(), 3, "{all:?}");
    bucket.delete_prefix("2").await.unwrap();
    assert!(bucket.list("").try_collect::<Vec<_>>().await.unwrap().is_empty());
}

async fn an_object_is_read_in_the_state_in_which_it_was_seen(bucket: &Bucket) {
    let key = "2/5/é/seen";
    bucket.put(key, DIGITS).await.unwrap();
    let seen = bucket.head(key).await.unwrap().unwrap();
    let state = seen.state().expect("every store tells a tag");
    let object = Located::in_state(bucket.clone(), key.to_owned(), state);
    assert_eq!(object.bytes().await.unwrap(), 10);
    for (range, text) in [(None, "0123456789"), (Some(3..5), "34"), (Some(9..10), "9")] {
        let stream = object.stream(range.clone()).await.unwrap();
        let parts: Vec<Bytes> = stream.try_collect().await.unwrap();
        assert_eq!(parts.concat(), text.as_bytes(), "{range:?}");
    }
    let scratch = tempfile::tempdir().unwrap();
    let mut copy = String::new();
    object.copy(scratch.path()).await.unwrap().read_to_string(&mut copy).unwrap();
    assert_eq!(copy.as_bytes(), DIGITS);

    for other in ["9876543210", "shorter"] {
        bucket.put(key, other.into()).await.unwrap();
        let errors = [
            object.bytes().await.map(drop).unwrap_err(),
            object.stream(None).await.map(drop).unwrap_err(),
            object.stream(Some(3..5)).await.map(drop).unwrap_err(),
            object.copy(scratch.path()).await.map(drop).unwrap_err(),
        ];
        for error in errors {
            assert!(matches!(&error, Error::Changed(at) if at == key), "{other}: {error:?}");
        }
    }
    bucket.delete(key).await.unwrap();
    for error in [
        object.bytes().await.map(drop).unwrap_err(),
        object.stream(None).await.map(drop).unwrap_err(),
    ] {
        assert!(matches!(&error, Error::NotFound(at) if at == key), "{error:?}");
    }
}

#[tokio::test]
async fn a_file_moves_into_a_folder_across_disks() {
    let Ok(elsewhere) = tempfile::tempdir_in("/dev/shm") else {
        println!("there is no /dev/shm: moving across disks was left out");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let bucket = Bucket::in_folder(folder.path()).unwrap();
    let path = elsewhere.path().join("file");
    std::fs::write(&path, DIGITS).unwrap();
    bucket.put_file("2/5/a", &path).await.unwrap();
    assert_eq!(bucket.read("2/5/a").await.unwrap(), DIGITS);
    assert!(!path.exists());
}

#[tokio::test]
async fn what_a_crash_left_goes_with_its_asset() {
    let folder = tempfile::tempdir().unwrap();
    let bucket = Bucket::in_folder(folder.path()).unwrap();
    bucket.put("2/5/a/v1/original", DIGITS).await.unwrap();
    std::fs::write(folder.path().join("2/5/a/v1/original#1"), "half").unwrap();
    assert_eq!(bucket.delete_prefix("2/5/a").await.unwrap(), 1);
    assert!(!folder.path().join("2/5/a").exists());
}

#[tokio::test]
async fn an_upload_that_fails_is_aborted() {
    let store = FakeStore::new();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&vec![7; 12 * 1024 * 1024]).unwrap();
    store.is_down.store(true, SeqCst);
    let failed = store.bucket().put_file("a", file.path()).await.unwrap_err();
    assert!(matches!(failed, Error::Unavailable(_)), "{failed:?}");
    assert!(file.path().exists(), "what was not stored is not taken");
    // Aborting happens in a task of its own.
    while !store.was_aborted.load(SeqCst) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn failures_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let bucket = Bucket::in_folder(folder.path()).unwrap();
    bucket.put("a", DIGITS).await.unwrap();
    let below_a_file = bucket.put("a/b", DIGITS).await.unwrap_err();
    assert!(matches!(below_a_file, Error::Unavailable(_)), "{below_a_file:?}");

    let store = FakeStore::new();
    store.is_down.store(true, SeqCst);
    let error = store.bucket().read("a").await.unwrap_err();
    assert_eq!(error.to_string(), "the storage is not available");
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("it is down"), "{cause}");

    if let Some(config) = s3("none") {
        let config = StorageConfig { url: "s3://no-such-bucket".to_owned(), ..config };
        let bucket = Bucket::open(&config, folder.path()).unwrap();
        let error = bucket.put("a", DIGITS).await.unwrap_err();
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
        let error = bucket.read("a").await.unwrap_err();
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    }
}
