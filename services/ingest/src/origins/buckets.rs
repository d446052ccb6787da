use std::{path::Path, sync::Arc};

use catalogue::AtOrigin;
use storage::ListedBuckets;
use url::Url;

use super::{Asked, FetchError, Fetched, Marks, Objects};

/// Fetches origins from the buckets that the operator lists; with what rights, the operator says, too.
pub(crate) struct BucketOrigins {
    listed: ListedBuckets,
    max_bytes: u64,
}

impl BucketOrigins {
    pub(crate) fn new(listed: ListedBuckets, max_bytes: u64) -> Self {
        Self { listed, max_bytes }
    }

    pub(crate) fn listed(&self) -> &ListedBuckets {
        &self.listed
    }

    /// Fetches an object as `s3://bucket/key` into the file `into`.
    pub(crate) async fn fetch(
        &self,
        origin: &str,
        customer: u32,
        into: &Path,
    ) -> Result<Fetched, FetchError> {
        let (objects, key) = self.find(origin, customer)?;
        match objects.ask(key, &Marks::default(), into).await? {
            Asked::Came(fetched, _) => Ok(fetched),
            Asked::Gone(_) | Asked::Same => Err(no_object(origin)),
        }
    }

    /// The state of an object that is to stay where it is.
    pub(crate) async fn look(&self, origin: &str, customer: u32) -> Result<AtOrigin, FetchError> {
        let (objects, key) = self.find(origin, customer)?;
        let found = objects.look(key).await?.ok_or_else(|| no_object(origin))?;
        let (bytes, etag) = found.state().ok_or_else(|| {
            FetchError::Refused(format!(
                "the bucket tells no entity tag of {origin} by which a change would be noticed: set 'optimised' of its \
                 origin strategy to false"
            ))
        })?;
        Ok(AtOrigin { url: origin.to_owned(), bytes, etag: etag.to_owned() })
    }

    /// Fetches an object in the state in which it was seen.
    pub(crate) async fn fetch_as_seen(
        &self,
        seen: &AtOrigin,
        customer: u32,
        into: &Path,
    ) -> Result<Fetched, FetchError> {
        let (objects, key) = self.find(&seen.url, customer)?;
        objects.fetch_as_seen(key, seen.state(), into).await
    }

    fn find<'a>(&self, origin: &'a str, customer: u32) -> Result<(Objects, &'a str), FetchError> {
        let found = self.listed.find(customer, origin);
        let (place, key) = found.map_err(|error| FetchError::Refused(error.to_string()))?;
        let turns = Arc::clone(&place.turns);
        Ok((Objects::new(place.bucket.clone(), self.max_bytes, turns), key))
    }
}

fn no_object(origin: &str) -> FetchError {
    FetchError::Refused(format!("there is no object {origin}"))
}

/// `s3://bucket/key` for the addresses by which Amazon hands out objects over https.
pub(crate) fn address_in_bucket(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?.strip_suffix(".amazonaws.com")?;
    let path = url.path().strip_prefix('/')?;
    let path = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
    let is_s3 = |part: &str| part == "s3" || part.starts_with("s3-") || part.starts_with("s3.");
    if is_s3(host) {
        return Some(format!("s3://{path}"));
    }
    // The name of a bucket may have dots, but none that looks like the service.
    let (bucket, service) = host.split_once(".s3")?;
    let is_service = service.is_empty() || service.starts_with(['.', '-']);
    (is_service && !bucket.is_empty()).then(|| format!("s3://{bucket}/{path}"))
}

#[cfg(test)]
mod tests {
    use storage::StorageConfig;

    use super::*;
    use crate::config::{BucketOrigin, IngestConfig};

    fn origins(listed: &[(&str, &[u32])]) -> BucketOrigins {
        let origin = |(url, customers): &(&str, &[u32])| BucketOrigin {
            customers: customers.to_vec(),
            storage: StorageConfig { url: (*url).to_owned(), ..StorageConfig::default() },
        };
        let bucket_origins = listed.iter().map(origin).collect();
        let config = IngestConfig { bucket_origins, ..IngestConfig::default() };
        BucketOrigins::new(config.listed_buckets().unwrap(), config.max_source_bytes)
    }

    async fn fetch(origins: &BucketOrigins, origin: &str, customer: u32) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let fetched = origins.fetch(origin, customer, &folder.path().join("origin")).await;
        let fetched = fetched.map_err(|error| error.to_string())?;
        Ok(std::fs::read_to_string(fetched.path).unwrap())
    }

    /// A folder stands for a bucket: who may read what is the same.
    #[tokio::test]
    async fn only_what_is_listed_for_a_customer_is_read() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("scans/in")).unwrap();
        std::fs::create_dir_all(root.path().join("scans-2")).unwrap();
        for (path, text) in [("scans/a", "a"), ("scans/in/b", "b"), ("scans-2/c", "c")] {
            std::fs::write(root.path().join(path), text).unwrap();
        }
        let url = format!("file://{}", root.path().join("scans").display());
        let part = format!("{url}/in/");
        let origins = origins(&[(&url, &[2]), (&part, &[])]);
        assert_eq!(fetch(&origins, &format!("{url}/a"), 2).await.unwrap(), "a");
        assert_eq!(fetch(&origins, &format!("{url}/in/b"), 2).await.unwrap(), "b");
        assert_eq!(fetch(&origins, &format!("{url}/in/b"), 3).await.unwrap(), "b");
        for (origin, customer, words) in [
            (format!("{url}/a"), 3, "customer 3 may read"),
            (format!("{url}-2/c"), 2, "no bucket that"),
            (format!("{url}/"), 2, "no bucket that"),
            (format!("{url}/gone"), 2, "there is no object"),
            (format!("{url}/../scans-2/c"), 2, "there is no object"),
        ] {
            let error = fetch(&origins, &origin, customer).await.unwrap_err();
            assert!(error.contains(words), "{origin}: {error}");
        }
    }

    #[tokio::test]
    async fn what_is_to_stay_is_fetched_as_it_was_seen_or_not_at_all() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a");
        std::fs::write(&path, "first").unwrap();
        let url = format!("file://{}", root.path().display());
        let (origins, origin) = (origins(&[(&url, &[2])]), format!("{url}/a"));
        let seen = origins.look(&origin, 2).await.unwrap();
        assert_eq!((&seen.url, seen.bytes), (&origin, 5));
        let into = root.path().join("into");
        let fetched = origins.fetch_as_seen(&seen, 2, &into).await.unwrap();
        assert_eq!(std::fs::read_to_string(fetched.path).unwrap(), "first");

        std::fs::write(&path, "second").unwrap();
        let changed = origins.fetch_as_seen(&seen, 2, &root.path().join("again")).await;
        let changed = changed.unwrap_err();
        assert!(matches!(&changed, FetchError::Unavailable(text) if text.contains("was changed")));
        for (origin, customer, words) in [
            (format!("{url}/gone"), 2, "there is no object"),
            (origin.clone(), 3, "in no bucket that customer 3 may read"),
        ] {
            let error = origins.look(&origin, customer).await.unwrap_err();
            assert!(matches!(&error, FetchError::Refused(text) if text.contains(words)), "{error}");
        }
    }

    #[test]
    fn amazons_addresses_name_buckets_and_keys() {
        for (url, expected) in [
            ("https://s3.amazonaws.com/scans/a/b.tif", Some("s3://scans/a/b.tif")),
            ("https://s3-eu-west-1.amazonaws.com/scans/a.tif", Some("s3://scans/a.tif")),
            ("https://s3.eu-west-1.amazonaws.com/scans/a%20b.tif", Some("s3://scans/a b.tif")),
            ("https://scans.s3.amazonaws.com/a.tif", Some("s3://scans/a.tif")),
            ("https://my.scans.s3-eu-west-1.amazonaws.com/a.tif", Some("s3://my.scans/a.tif")),
            ("https://scans.s3.eu-west-1.amazonaws.com/a.tif", Some("s3://scans/a.tif")),
            ("https://scans.s3evil.amazonaws.com/a.tif", None),
            ("https://sqs.amazonaws.com/scans/a.tif", None),
            ("https://s3.amazonaws.com.example.org/scans/a.tif", None),
            ("nonsense", None),
        ] {
            assert_eq!(address_in_bucket(url).as_deref(), expected, "{url}");
        }
    }
}
