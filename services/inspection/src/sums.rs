use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use storage::Bucket;

use crate::Error;

/// The checksum of an object as it is now, in hexadecimal digits, and its length; `None` if it is not there.
pub(crate) async fn sum_of(bucket: &Bucket, key: &str) -> Result<Option<(String, u64)>, Error> {
    let (_, mut bytes) = match bucket.stream(key, None).await {
        Ok(opened) => opened,
        Err(storage::Error::NotFound(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let (mut hash, mut length) = (Sha256::new(), 0);
    while let Some(part) = bytes.try_next().await? {
        hash.update(&part);
        length += part.len() as u64;
    }
    let digits = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Some((digits, length)))
}
