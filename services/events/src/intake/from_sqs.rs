use std::time::Duration;

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::Intake;
use crate::{
    aws::{Aws, AwsError, region_of_queue},
    config::SourceConfig,
};

/// Hears from a queue of SQS, as S3 and SNS fill it.
pub(super) struct FromSqs {
    aws: Aws,
    queue: String,
    name: String,
}

/// How long a question waits for messages, and how long its answer may take beside.
const WAIT: u64 = 10;
const TIMEOUT: Duration = Duration::from_secs(WAIT + 20);

/// How long to wait before a queue is asked again after it failed.
const PAUSE: Duration = Duration::from_secs(5);

impl FromSqs {
    pub(super) fn new(source: &SourceConfig) -> anyhow::Result<Self> {
        let queue = source.url.expose().to_owned();
        let region = region_of_queue(&queue);
        let aws = Aws::new("sqs", &source.account(), region.as_deref(), TIMEOUT)?;
        Ok(Self { aws, queue, name: source.name.clone() })
    }

    pub(super) async fn listen(&self, intake: &Intake, stop: &CancellationToken) {
        while let Some(heard) = stop.run_until_cancelled(self.hear(intake)).await {
            if let Err(error) = heard {
                tracing::warn!(source = self.name, %error, "a queue can't be heard");
                stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
            }
        }
    }

    /// What is not deleted is heard again.
    async fn hear(&self, intake: &Intake) -> Result<(), AwsError> {
        let question = json!({"QueueUrl": self.queue, "MaxNumberOfMessages": 10,
            "WaitTimeSeconds": WAIT});
        let answer = self.aws.ask("AmazonSQS.ReceiveMessage", &question).await?;
        for message in answer["Messages"].as_array().into_iter().flatten() {
            let text = |name: &str| message[name].as_str().unwrap_or_default();
            if let Err(error) = intake.take(&self.name, text("Body").as_bytes()).await {
                tracing::warn!(source = self.name, ?error, "a message is left for later");
                continue;
            }
            let handle: Value = text("ReceiptHandle").into();
            let done = json!({"QueueUrl": self.queue, "ReceiptHandle": handle});
            self.aws.ask("AmazonSQS.DeleteMessage", &done).await?;
        }
        Ok(())
    }
}
