use std::{path::Path, sync::Arc};

use tokio::sync::Semaphore;

use crate::{Bucket, Error, Located, StorageConfig};

/// Somebody's buckets that the operator lists, and who may read which. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct ListedBuckets {
    /// The one whose address is longest comes first.
    places: Arc<[ListedBucket]>,
}

/// A bucket, or the part of one below a prefix.
#[derive(Debug)]
pub struct ListedBucket {
    /// `s3://bucket/prefix/`
    address: String,
    customers: Vec<u32>,
    pub bucket: Bucket,
    /// Of those who read all of an object at once.
    pub turns: Arc<Semaphore>,
}

impl ListedBuckets {
    /// Each with the numbers of those who may read it; none means all.
    pub fn open<'a>(
        listed: impl IntoIterator<Item = (&'a StorageConfig, &'a [u32])>,
    ) -> Result<Self, Error> {
        let place = |(config, customers): (&StorageConfig, &[u32])| {
            Ok::<_, Error>(ListedBucket {
                address: format!("{}/", config.url.trim_end_matches('/')),
                customers: customers.to_vec(),
                // Only an empty address would be a folder below it, and that is a fault of the settings.
                bucket: Bucket::open(config, Path::new(""))?,
                turns: Arc::new(Semaphore::new(config.concurrent_reads.max(1))),
            })
        };
        let mut places = listed.into_iter().map(place).collect::<Result<Vec<_>, _>>()?;
        places.sort_by_key(|place| std::cmp::Reverse(place.address.len()));
        Ok(Self { places: places.into() })
    }

    /// The bucket and the key of `s3://bucket/key`, if the customer may read it.
    pub fn find<'a>(&self, customer: u32, url: &'a str) -> Result<(&ListedBucket, &'a str), Error> {
        let may = |place: &&ListedBucket| {
            place.customers.is_empty() || place.customers.contains(&customer)
        };
        let found = self.places.iter().filter(may).find_map(|place| {
            let key = url.strip_prefix(&place.address).filter(|key| !key.is_empty())?;
            Some((place, key))
        });
        // Whether such a bucket is there is told to nobody whom it is not listed for.
        found.ok_or_else(|| Error::NotListed { url: url.to_owned(), customer })
    }

    /// The object `s3://bucket/key`, which had so many bytes and this entity tag when it was seen.
    pub fn locate(&self, customer: u32, url: &str, state: (u64, &str)) -> Result<Located, Error> {
        let (place, key) = self.find(customer, url)?;
        Ok(Located::in_state(place.bucket.clone(), key.to_owned(), state))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder stands for a bucket.
    #[tokio::test]
    async fn only_what_is_listed_for_a_customer_is_found() {
        let root = tempfile::tempdir().unwrap();
        let at = |part: &str| StorageConfig {
            url: format!("file://{}/{part}", root.path().display()),
            ..StorageConfig::default()
        };
        let (scans, part) = (at("scans"), at("scans/in/"));
        let listed = ListedBuckets::open([(&scans, &[2][..]), (&part, &[])]).unwrap();
        let url = |path: &str| format!("file://{}/{path}", root.path().display());
        for (path, customer, key) in [
            ("scans/a", 2, Some("a")),
            ("scans/in/b", 2, Some("b")),
            ("scans/in/b", 3, Some("b")),
            ("scans/a", 3, None),
            ("scans-2/c", 2, None),
            ("scans/", 2, None),
            ("scans", 2, None),
        ] {
            let url = url(path);
            let found = listed.find(customer, &url);
            assert_eq!(found.as_ref().map(|(_, key)| *key).ok(), key, "{path} {customer}");
            if let Err(error) = found {
                let words = format!("customer {customer} may read; the operator can list it");
                assert!(error.to_string().contains(&words), "{error}");
            }
        }
        std::fs::write(root.path().join("scans/a"), "pixels").unwrap();
        let address = url("scans/a");
        let (place, key) = listed.find(2, &address).unwrap();
        let seen = place.bucket.head(key).await.unwrap().unwrap();
        let state = seen.state().unwrap();
        assert_eq!(listed.locate(2, &url("scans/a"), state).unwrap().bytes().await.unwrap(), 6);
        let refused = listed.locate(3, &url("scans/a"), state).unwrap_err();
        assert!(matches!(refused, Error::NotListed { customer: 3, .. }), "{refused:?}");
    }
}
