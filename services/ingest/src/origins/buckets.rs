use std::path::Path;

use anyhow::Context;
use storage::Bucket;
use url::Url;

use super::{Asked, FetchError, Fetched, Marks, Objects};
use crate::config::{BucketOrigin, IngestConfig};

/// Fetches origins from the buckets that the operator lists; with what rights, the operator says, too.
pub(crate) struct BucketOrigins {
    /// The one whose address is longest comes first.
    places: Vec<Place>,
}

struct Place {
    /// `s3://bucket/prefix/`
    address: String,
    customers: Vec<u32>,
    objects: Objects,
}

impl BucketOrigins {
    pub(crate) fn new(config: &IngestConfig) -> anyhow::Result<Self> {
        let place = |origin: &BucketOrigin| {
            let url = &origin.storage.url;
            // Only an empty address would be a folder below it, and that is a fault of the settings.
            let bucket = Bucket::open(&origin.storage, Path::new(""))
                .with_context(|| format!("the bucket {url} of ingest.bucket_origins"))?;
            let connections = origin.storage.concurrent_reads;
            anyhow::Ok(Place {
                address: format!("{}/", url.trim_end_matches('/')),
                customers: origin.customers.clone(),
                objects: Objects::new(bucket, config.max_source_bytes, connections),
            })
        };
        let places = config.bucket_origins.iter().map(place);
        let mut places = places.collect::<anyhow::Result<Vec<_>>>()?;
        places.sort_by_key(|place| std::cmp::Reverse(place.address.len()));
        Ok(Self { places })
    }

    /// Fetches an object as `s3://bucket/key` into the file `into`.
    pub(crate) async fn fetch(
        &self,
        origin: &str,
        customer: u32,
        into: &Path,
    ) -> Result<Fetched, FetchError> {
        let may =
            |place: &&Place| place.customers.is_empty() || place.customers.contains(&customer);
        let found = self.places.iter().filter(may).find_map(|place| {
            let key = origin.strip_prefix(&place.address).filter(|key| !key.is_empty())?;
            Some((place, key))
        });
        // Whether such a bucket is there is told to nobody whom it is not listed for.
        let Some((place, key)) = found else {
            return Err(FetchError::Refused(format!(
                "{origin} is in no bucket that customer {customer} may read; the operator can list it in \
                 ingest.bucket_origins"
            )));
        };
        match place.objects.ask(key, &Marks::default(), into).await? {
            Asked::Came(fetched, _) => Ok(fetched),
            Asked::Gone(_) | Asked::Same => {
                Err(FetchError::Refused(format!("there is no object {origin}")))
            }
        }
    }
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

    fn origins(listed: &[(&str, &[u32])]) -> BucketOrigins {
        let origin = |(url, customers): &(&str, &[u32])| BucketOrigin {
            customers: customers.to_vec(),
            storage: StorageConfig { url: (*url).to_owned(), ..StorageConfig::default() },
        };
        let bucket_origins = listed.iter().map(origin).collect();
        BucketOrigins::new(&IngestConfig { bucket_origins, ..IngestConfig::default() }).unwrap()
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
