use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use storage::{AwsSigner, Secret, SignedHeaders, StorageConfig};
use web::{NotSent, Poster};

/// Asks a service of AWS, or what looks like it, by signed requests.
pub(crate) struct Aws {
    signer: AwsSigner,
    poster: Poster,
    service: &'static str,
    region: String,
    address: String,
}

/// Where an account is, and how it is opened; empty: as the platform says.
pub(crate) struct Account<'a> {
    pub(crate) region: &'a str,
    pub(crate) endpoint: &'a str,
    pub(crate) access_key_id: &'a str,
    pub(crate) secret_access_key: &'a Secret,
}

/// What went wrong, for the operator.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct AwsError(String);

impl Aws {
    /// `region` is what an address tells, if nothing is configured.
    pub(crate) fn new(
        service: &'static str,
        account: &Account<'_>,
        region: Option<&str>,
        timeout: Duration,
    ) -> anyhow::Result<Self> {
        let config = StorageConfig {
            access_key_id: account.access_key_id.to_owned(),
            secret_access_key: account.secret_access_key.clone(),
            ..StorageConfig::default()
        };
        let region = match account.region {
            "" => region.unwrap_or("us-east-1"),
            region => region,
        };
        let address = match account.endpoint {
            "" => format!("https://{service}.{region}.amazonaws.com/"),
            endpoint => format!("{}/", endpoint.trim_end_matches('/')),
        };
        let (signer, poster) = (AwsSigner::new(&config)?, Poster::trusting(timeout)?);
        Ok(Self { signer, poster, service, region: region.to_owned(), address })
    }

    /// Asks in the words of newer services, JSON; `action` is such as `AmazonSQS.SendMessage`.
    pub(crate) async fn ask(&self, action: &str, question: &Value) -> Result<Value, AwsError> {
        let headers = [
            ("content-type", "application/x-amz-json-1.0".to_owned()),
            ("x-amz-target", action.to_owned()),
        ];
        let answer = self.post(&headers, question.to_string()).await?;
        if answer.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&answer)
            .map_err(|fault| AwsError(format!("AWS answered what is no JSON: {fault}")))
    }

    pub(crate) async fn post(
        &self,
        headers: &[(&'static str, String)],
        body: impl Into<Bytes>,
    ) -> Result<Bytes, AwsError> {
        let body = body.into();
        let place = (self.service, self.region.as_str());
        let signed = self.signer.sign(place, &self.address, headers, &body).await;
        let SignedHeaders(signed) = signed.map_err(|error| {
            AwsError(format!("there are no credentials for AWS: {}", causes(&error)))
        })?;
        let signed: Vec<_> =
            signed.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        match self.poster.post(&self.address, &signed, body).await {
            Ok(answer) if answer.is_success() => Ok(answer.body),
            Ok(answer) => {
                let text = String::from_utf8_lossy(&answer.body);
                let text: String = text.chars().take(300).collect();
                Err(AwsError(format!("AWS answered {}: {text}", answer.status)))
            }
            Err(NotSent::Refused(reason) | NotSent::Failed(reason)) => Err(AwsError(reason)),
        }
    }
}

/// The region that the address of a queue tells.
pub(crate) fn region_of_queue(queue: &str) -> Option<String> {
    let url = url::Url::parse(queue).ok()?;
    let host = url.host_str()?.strip_prefix("sqs.")?;
    host.split('.').next().map(str::to_owned)
}

fn causes(error: &dyn std::error::Error) -> String {
    let texts = std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string);
    texts.collect::<Vec<_>>().join(": ")
}
