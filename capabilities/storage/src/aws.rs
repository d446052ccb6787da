use std::sync::Arc;

use bytes::Bytes;
use object_store::{
    aws::{AmazonS3, AwsAuthorizer},
    client::{HttpRequest, HttpRequestBody},
};

use crate::{Error, StorageConfig, connect};

/// Signs requests to other services of AWS with the credentials that its buckets are opened with: those that are
/// configured, else the platform's own.
#[derive(Debug)]
pub struct AwsSigner {
    store: AmazonS3,
}

/// A request that may be sent for some minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHeaders(pub Vec<(String, String)>);

impl AwsSigner {
    /// Asks nobody yet.
    pub fn new(config: &StorageConfig) -> Result<Self, Error> {
        // The bucket is never asked.
        let store = connect::s3(config, "signatures").map_err(not_signed)?;
        Ok(Self { store })
    }

    /// The headers with which a POST of this body is sent: those given, and the signature's.
    pub async fn sign(
        &self,
        (service, region): (&str, &str),
        address: &str,
        headers: &[(&'static str, String)],
        body: &Bytes,
    ) -> Result<SignedHeaders, Error> {
        let credentials = self.store.credentials().get_credential().await;
        let credentials = credentials.map_err(not_signed)?;
        let mut request = HttpRequest::new(HttpRequestBody::from(body.clone()));
        *request.method_mut() = "POST".parse().map_err(not_signed)?;
        *request.uri_mut() = address.parse().map_err(not_signed)?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().map_err(not_signed)?);
        }
        let authorizer = AwsAuthorizer::new(&credentials, service, region);
        authorizer.try_authorize(&mut request, None).map_err(not_signed)?;
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let signed = request.headers().iter();
        let signed = signed.map(|(name, value)| (name.to_string(), text(value.as_bytes())));
        Ok(SignedHeaders(signed.collect()))
    }
}

fn not_signed(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Unavailable(Arc::new(cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_request_is_signed_for_its_service_and_region_with_the_configured_key() {
        let config = StorageConfig {
            access_key_id: "AKIAEXAMPLE".into(),
            secret_access_key: "secret".into(),
            ..StorageConfig::default()
        };
        let signer = AwsSigner::new(&config).unwrap();
        let headers = [("content-type", "application/x-amz-json-1.0".to_owned())];
        let place = ("sqs", "eu-west-1");
        let url = "https://sqs.eu-west-1.amazonaws.com/";
        let SignedHeaders(signed) =
            signer.sign(place, url, &headers, &Bytes::from_static(b"{}")).await.unwrap();
        let value = |name: &str| &signed.iter().find(|(own, _)| own == name).unwrap().1;
        let authorization = value("authorization");
        assert!(authorization.contains("Credential=AKIAEXAMPLE/"), "{authorization}");
        assert!(authorization.contains("/eu-west-1/sqs/aws4_request"), "{authorization}");
        assert!(authorization.contains("SignedHeaders=content-type;host;"), "{authorization}");
        assert_eq!(value("x-amz-content-sha256").len(), 64);
    }
}
