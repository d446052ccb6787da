use std::{sync::Arc, time::Duration};

use object_store::{
    aws::AmazonS3Builder,
    path::Path as Location,
    signer::{Method, Signer},
};
use url::Url;

use crate::{Error, Secret};

/// Somebody else's rights in an S3 bucket. Nothing of our own goes with them: no settings, no variables.
#[derive(Debug, Clone, Default)]
pub struct SomebodysKeys {
    pub access_key_id: String,
    pub secret_access_key: Secret,
    /// Empty: the keys are no temporary ones.
    pub session_token: Secret,
    /// Empty: `us-east-1`.
    pub region: String,
    /// Empty: Amazon's own.
    pub endpoint: String,
}

impl SomebodysKeys {
    /// An address at which the object can be read for a while, by whoever has it. Nothing is asked of the service.
    pub async fn sign(&self, bucket: &str, key: &str, time: Duration) -> Result<Url, Error> {
        let invalid = || Error::InvalidKey(key.to_owned());
        let location = Location::parse(key).map_err(|_| invalid())?;
        if location.as_ref() != key || key.is_empty() {
            return Err(invalid());
        }
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(bucket)
            .with_access_key_id(&self.access_key_id)
            .with_secret_access_key(self.secret_access_key.expose());
        if !self.session_token.is_empty() {
            builder = builder.with_token(self.session_token.expose());
        }
        if !self.region.is_empty() {
            builder = builder.with_region(&self.region);
        }
        if !self.endpoint.is_empty() {
            builder = builder.with_endpoint(self.endpoint.trim_end_matches('/'));
        }
        let not_set_up = |error: object_store::Error| Error::Settings {
            reason: error.to_string(),
            source: Some(Arc::new(error)),
        };
        let store = builder.build().map_err(not_set_up)?;
        store.signed_url(Method::GET, &location, time).await.map_err(not_set_up)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> SomebodysKeys {
        let (access_key_id, secret_access_key) = ("AKID".to_owned(), "hush".into());
        SomebodysKeys { access_key_id, secret_access_key, ..SomebodysKeys::default() }
    }

    #[tokio::test]
    async fn an_address_names_the_object_and_who_asks_but_no_secret() {
        let theirs = SomebodysKeys {
            endpoint: "https://s3.example.org/".to_owned(),
            region: "eu-west-2".to_owned(),
            session_token: "token".into(),
            ..keys()
        };
        for (keys, beginning, scope) in [
            (keys(), "https://s3.us-east-1.amazonaws.com/scans/a/b%20c.tif?", "us-east-1"),
            (theirs, "https://s3.example.org/scans/a/b%20c.tif?", "eu-west-2"),
        ] {
            let url = keys.sign("scans", "a/b c.tif", Duration::from_secs(60)).await.unwrap();
            assert!(url.as_str().starts_with(beginning), "{url}");
            assert!(url.query().unwrap().contains(scope), "{url}");
            assert!(url.query().unwrap().contains("AKID") && !url.as_str().contains("hush"));
        }
    }

    #[tokio::test]
    async fn what_is_no_key_is_refused() {
        for key in ["", "a//b", "../a"] {
            let refused = keys().sign("scans", key, Duration::from_secs(60)).await;
            assert!(matches!(refused, Err(Error::InvalidKey(_))), "{key}: {refused:?}");
        }
    }
}
