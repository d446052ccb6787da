//! A desk at the tests' SQS and SNS.

use std::time::Duration;

use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use crate::{SinkConfig, aws::Aws};

pub(crate) struct Desk {
    endpoint: String,
    sqs: Aws,
    sns: Aws,
}

impl Desk {
    pub(crate) fn new(endpoint: &str) -> Self {
        let sink = sink(endpoint);
        let open =
            |service| Aws::new(service, &sink.account(), None, Duration::from_secs(20)).unwrap();
        Self { endpoint: endpoint.to_owned(), sqs: open("sqs"), sns: open("sns") }
    }

    pub(crate) fn sink(&self) -> SinkConfig {
        sink(&self.endpoint)
    }

    /// Makes a queue; returns its address.
    pub(crate) async fn queue(&self, name: &str) -> String {
        let made = self.ask("CreateQueue", &json!({"QueueName": name})).await;
        made["QueueUrl"].as_str().unwrap().to_owned()
    }

    /// Makes a topic that tells this queue; returns its ARN.
    pub(crate) async fn topic(&self, name: &str, queue: &str) -> String {
        let made = self.form(&[("Action", "CreateTopic"), ("Name", name)]).await;
        let (_, rest) = made.split_once("<TopicArn>").unwrap();
        let topic = rest.split_once("</TopicArn>").unwrap().0.to_owned();
        let queue = queue.rsplit('/').next().unwrap();
        let queue = format!("arn:aws:sqs:us-east-1:123456789012:{queue}");
        let endpoint = [("Protocol", "sqs"), ("Endpoint", &queue)];
        self.form(&[&[("Action", "Subscribe"), ("TopicArn", &topic)][..], &endpoint].concat())
            .await;
        topic
    }

    pub(crate) async fn receive(&self, queue: &str) -> Value {
        let question = json!({"QueueUrl": queue, "WaitTimeSeconds": 15, "MaxNumberOfMessages": 1,
            "MessageAttributeNames": ["All"]});
        self.ask("ReceiveMessage", &question).await["Messages"][0].clone()
    }

    pub(crate) async fn send(&self, queue: &str, message: &str) {
        self.ask("SendMessage", &json!({"QueueUrl": queue, "MessageBody": message})).await;
    }

    pub(crate) async fn ask(&self, action: &str, question: &Value) -> Value {
        self.sqs.ask(&format!("AmazonSQS.{action}"), question).await.unwrap()
    }

    async fn form(&self, pairs: &[(&str, &str)]) -> String {
        let form = Serializer::new(String::new()).extend_pairs(pairs).finish();
        let headers = [("content-type", "application/x-www-form-urlencoded".to_owned())];
        let answer = self.sns.post(&headers, form).await.unwrap();
        String::from_utf8(answer.to_vec()).unwrap()
    }
}

fn sink(endpoint: &str) -> SinkConfig {
    SinkConfig {
        endpoint: endpoint.to_owned(),
        access_key_id: "test".into(),
        secret_access_key: "test".into(),
        ..SinkConfig::default()
    }
}
