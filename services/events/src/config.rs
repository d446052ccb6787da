use std::{collections::HashSet, time::Duration};

use catalogue::EventKind;
use serde::{Deserialize, Serialize};
use storage::Secret;
use url::Url;

use crate::{
    aws::Account,
    intake::{self, RuleConfig},
};

/// Who is told what happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EventsConfig {
    /// For how many days events are kept: who is further behind has missed some.
    pub keep_days: u32,
    /// How many listeners are told something at the same time.
    pub senders: usize,
    /// How long a listener may take to answer, in seconds.
    pub timeout_seconds: u64,
    /// After how many failures in a row a webhook is told nothing more, until its owner enables it again.
    pub webhook_failures: u32,
    /// Hosts (names or addresses) that webhooks may name although they are not on the public internet.
    pub private_hosts: Vec<String>,
    /// Who is told of all customers' events: tables with `name` (keeps its place; permanent), `kind` (`nats`, `sns` or `sqs`), `url`
    /// (`nats://host:4222`, the topic's ARN or the queue's address), and for NATS `subject`, what its subjects begin with; `events` and
    /// `customers` choose among them (all, if none are named). SNS and SQS have `region`, `endpoint`, `access_key_id` and
    /// `secret_access_key`; empty: as the platform says.
    pub sinks: Vec<SinkConfig>,
    /// Buckets that tell what happens in them: tables with `name` (permanent), `kind` (`sqs`, `nats` or `webhook`), `url` (the queue's address,
    /// or `nats://host:4222`), for NATS `stream`, for a webhook `secret`, and `rules` that say which objects become which assets. See
    /// the guide on events.
    pub sources: Vec<SourceConfig>,
}

/// Somebody from whom is heard what happens in buckets.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SourceConfig {
    pub name: String,
    pub kind: SourceKind,
    pub url: Secret,
    pub stream: String,
    pub secret: Secret,
    pub region: String,
    pub endpoint: String,
    pub access_key_id: String,
    pub secret_access_key: Secret,
    pub rules: Vec<RuleConfig>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    #[default]
    Sqs,
    Nats,
    Webhook,
}

/// Somebody who is told of all customers' events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SinkConfig {
    pub name: String,
    pub kind: SinkKind,
    pub url: Secret,
    pub subject: String,
    pub events: Vec<String>,
    pub customers: Vec<u32>,
    pub region: String,
    pub endpoint: String,
    pub access_key_id: String,
    pub secret_access_key: Secret,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SinkKind {
    #[default]
    Nats,
    Sns,
    Sqs,
}

impl Default for SinkConfig {
    fn default() -> Self {
        Self {
            name: String::new(),
            kind: SinkKind::Nats,
            url: Secret::default(),
            subject: "recto".to_owned(),
            events: Vec::new(),
            customers: Vec::new(),
            region: String::new(),
            endpoint: String::new(),
            access_key_id: String::new(),
            secret_access_key: Secret::default(),
        }
    }
}

impl Default for EventsConfig {
    fn default() -> Self {
        Self {
            keep_days: 7,
            senders: 4,
            timeout_seconds: 10,
            webhook_failures: 20,
            private_hosts: Vec::new(),
            sinks: Vec::new(),
            sources: Vec::new(),
        }
    }
}

/// A century.
const MOST_DAYS: u32 = 36_500;

impl EventsConfig {
    /// Everything that is wrong with the section, for the operator.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (key, value) in [
            ("keep_days", u64::from(self.keep_days)),
            ("senders", self.senders as u64),
            ("timeout_seconds", self.timeout_seconds),
            ("webhook_failures", self.webhook_failures.into()),
        ] {
            if value == 0 {
                faults.push(format!("events.{key} is 0: use 1 or more"));
            }
        }
        if self.keep_days > MOST_DAYS {
            faults.push(format!("events.keep_days is {}: use {MOST_DAYS} at most", self.keep_days));
        }
        let mut names = HashSet::new();
        for sink in &self.sinks {
            faults.extend(sink.faults().into_iter().map(|fault| {
                let name = &sink.name;
                format!("events.sinks, '{name}': {fault}")
            }));
            if !names.insert(&sink.name) {
                faults.push(format!("events.sinks: there are two called '{}'", sink.name));
            }
        }
        faults.extend(intake::faults(&self.sources));
        faults
    }

    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }

    /// Long enough for one message and what has to be written down of it.
    pub(crate) fn lease(&self) -> Duration {
        self.timeout() * 2 + Duration::from_secs(30)
    }
}

impl SinkConfig {
    pub(crate) fn account(&self) -> Account<'_> {
        Account {
            region: &self.region,
            endpoint: &self.endpoint,
            access_key_id: &self.access_key_id,
            secret_access_key: &self.secret_access_key,
        }
    }

    fn faults(&self) -> Vec<String> {
        let url = self.url.expose();
        let scheme = Url::parse(url).map(|url| url.scheme().to_owned()).unwrap_or_default();
        let (is_address, shape) = match self.kind {
            SinkKind::Nats => {
                (["nats", "tls"].contains(&scheme.as_str()), "nats://host:4222 or tls://host:4222")
            }
            SinkKind::Sns => {
                (url.starts_with("arn:") && url.contains(":sns:"), "the ARN of a topic")
            }
            SinkKind::Sqs => {
                (["http", "https"].contains(&scheme.as_str()), "the https address of a queue")
            }
        };
        let is_subject = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let subject = !self.subject.is_empty()
            && self.subject.chars().all(is_subject)
            && self.subject.split('.').all(|token| !token.is_empty());
        let checks = [
            (is_name(&self.name), "name: use letters, digits, - and _, 50 at most".to_owned()),
            (is_address, format!("url: must be {shape}")),
            (
                subject,
                "subject: use words of letters, digits, - and _ with dots between".to_owned(),
            ),
            (
                self.access_key_id.is_empty() == self.secret_access_key.is_empty(),
                "access_key_id and secret_access_key belong together".to_owned(),
            ),
        ];
        let mut faults: Vec<_> =
            checks.into_iter().filter(|(is_well, _)| !is_well).map(|(_, fault)| fault).collect();
        let kinds = self.events.iter().filter_map(|kind| kind.parse::<EventKind>().err());
        faults.extend(kinds.map(|fault| format!("events: {fault}")));
        faults
    }
}

impl SourceConfig {
    pub(crate) fn account(&self) -> Account<'_> {
        Account {
            region: &self.region,
            endpoint: &self.endpoint,
            access_key_id: &self.access_key_id,
            secret_access_key: &self.secret_access_key,
        }
    }

    pub(crate) fn faults(&self) -> Vec<String> {
        let scheme = Url::parse(self.url.expose()).map(|url| url.scheme().to_owned());
        let is_one_of = |schemes: &[&str]| {
            scheme.as_ref().is_ok_and(|scheme| schemes.contains(&scheme.as_str()))
        };
        let (is_complete, shape) = match self.kind {
            SourceKind::Sqs => {
                (is_one_of(&["http", "https"]), "url: must be the https address of a queue")
            }
            SourceKind::Nats => (
                is_one_of(&["nats", "tls"]) && !self.stream.is_empty(),
                "url and stream: must be nats://host:4222 and the name of a stream",
            ),
            SourceKind::Webhook => {
                (self.secret.expose().len() >= 16, "secret: must have 16 characters or more")
            }
        };
        let checks = [
            (is_name(&self.name), "name: use letters, digits, - and _, 50 at most"),
            (is_complete, shape),
            (!self.rules.is_empty(), "rules: there are none"),
            (
                self.access_key_id.is_empty() == self.secret_access_key.is_empty(),
                "access_key_id and secret_access_key belong together",
            ),
        ];
        let faults = checks.into_iter().filter(|(is_well, _)| !is_well);
        faults.map(|(_, fault)| fault.to_owned()).collect()
    }
}

fn is_name(name: &str) -> bool {
    let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (1..=50).contains(&name.len()) && name.bytes().all(is_fine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_found_before_anything_is_sent() {
        assert!(EventsConfig::default().faults().is_empty());
        let sink = |name: &str, kind, url: &str| SinkConfig {
            name: name.to_owned(),
            kind,
            url: url.into(),
            ..SinkConfig::default()
        };
        let good = vec![
            sink("a", SinkKind::Nats, "nats://user:password@nats.example:4222"),
            sink("b", SinkKind::Sns, "arn:aws:sns:eu-west-1:123456789012:recto"),
            sink("c", SinkKind::Sqs, "https://sqs.eu-west-1.amazonaws.com/123456789012/recto"),
        ];
        let config = EventsConfig { sinks: good.clone(), ..EventsConfig::default() };
        assert!(config.faults().is_empty(), "{:?}", config.faults());
        assert!(!format!("{config:?}").contains("password"));
        for wrong in [
            sink("", SinkKind::Nats, "nats://a:1"),
            sink("x", SinkKind::Nats, "https://a"),
            sink("x", SinkKind::Sns, "https://a"),
            sink("x", SinkKind::Sqs, "arn:aws:sqs:x"),
            SinkConfig { subject: "a..b".into(), ..good[0].clone() },
            SinkConfig { events: vec!["asset.moved".into()], ..good[0].clone() },
            SinkConfig { access_key_id: "x".into(), ..good[2].clone() },
        ] {
            assert_eq!(wrong.faults().len(), 1, "{wrong:?}");
        }
        let twice = EventsConfig { sinks: [good.clone(), good].concat(), senders: 0, ..config };
        assert_eq!(twice.faults().len(), 4, "{:?}", twice.faults());
    }
}
