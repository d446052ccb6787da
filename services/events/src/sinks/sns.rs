use std::time::Duration;

use catalogue::Event;
use url::form_urlencoded::Serializer;

use super::{
    NotTold,
    sqs::{attributes, group},
};
use crate::{aws::Aws, config::SinkConfig};

/// Tells a topic of SNS, as the DLCS does.
pub(crate) struct Sns {
    aws: Aws,
    topic: String,
}

impl Sns {
    pub(super) fn new(sink: &SinkConfig, timeout: Duration) -> anyhow::Result<Self> {
        let topic = sink.url.expose().to_owned();
        let region = topic.split(':').nth(3).filter(|region| !region.is_empty());
        Ok(Self { aws: Aws::new("sns", &sink.account(), region, timeout)?, topic })
    }

    pub(super) async fn tell(&self, event: &Event) -> Result<(), NotTold> {
        let headers =
            [("content-type", "application/x-www-form-urlencoded; charset=utf-8".to_owned())];
        self.aws.post(&headers, self.form(event)).await?;
        Ok(())
    }

    fn form(&self, event: &Event) -> String {
        let mut form = Serializer::new(String::new());
        form.append_pair("Action", "Publish").append_pair("Version", "2010-03-31");
        form.append_pair("TopicArn", &self.topic);
        form.append_pair("Message", &event.body().to_string());
        if self.topic.ends_with(".fifo") {
            form.append_pair("MessageGroupId", &group(event));
            form.append_pair("MessageDeduplicationId", &event.place.to_string());
        }
        for (n, (name, value)) in (1..).zip(attributes(event)) {
            let entry = format!("MessageAttributes.entry.{n}");
            form.append_pair(&format!("{entry}.Name"), name);
            form.append_pair(&format!("{entry}.Value.DataType"), "String");
            form.append_pair(&format!("{entry}.Value.StringValue"), &value);
        }
        form.finish()
    }
}
