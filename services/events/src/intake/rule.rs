use std::str::FromStr;

use catalogue::{AssetFields, Change, ChannelChoice, NewAsset, WantedChannel};
use model::{AssetId, DeliveryChannel, MediaType};
use regex::{Captures, Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

use super::{ObjectEvent, template::Template};

/// Which objects become which assets.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RuleConfig {
    pub bucket: String,
    pub key: String,
    pub task: bool,
    pub customer: u32,
    pub space: String,
    pub id: String,
    pub origin: String,
    pub media_type: String,
    pub string1: String,
    pub string2: String,
    pub string3: String,
    pub number1: String,
    pub number2: String,
    pub number3: String,
    pub tags: Vec<String>,
    pub roles: Vec<String>,
    pub channels: Vec<String>,
    pub removed: Removed,
}

/// What becomes of an asset whose object went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Removed {
    /// It stays as it is.
    #[default]
    Ignore,
    /// It gets the tag `origin-removed`.
    Flag,
    Delete,
}

/// A rule that was understood.
pub(crate) struct Rule {
    bucket: String,
    key: Regex,
    pub(crate) purpose: Purpose,
}

/// What becomes of the objects that a rule is for.
pub(crate) enum Purpose {
    Asset(Box<AssetRule>),
    /// They are task files, which say what site is to be written.
    Task,
}

/// How an object becomes an asset.
pub(crate) struct AssetRule {
    customer: u32,
    space: Template,
    id: Template,
    origin: Template,
    media_type: Option<Template>,
    texts: [Option<Template>; 3],
    numbers: [Option<Template>; 3],
    tags: Vec<Template>,
    roles: Vec<Template>,
    channels: Vec<WantedChannel>,
    pub(crate) removed: Removed,
}

/// Why an object that a rule is for becomes no asset.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NoAsset(String);

impl Rule {
    pub(crate) fn new(config: &RuleConfig) -> Result<Self, String> {
        let key = RegexBuilder::new(&config.key).size_limit(1 << 20).build();
        let key = key.map_err(|fault| format!("key: {fault}"))?;
        if config.bucket.is_empty() || config.key.is_empty() {
            return Err("bucket and key are required".to_owned());
        }
        let (bucket, names) = (config.bucket.clone(), config.key.clone());
        let alone = RuleConfig { bucket, key: names, task: true, ..RuleConfig::default() };
        let purpose = match config.task {
            true if *config != alone => {
                return Err("a task says itself what is to be done: with `task`, only bucket and key are said".to_owned());
            }
            true => Purpose::Task,
            false => Purpose::Asset(Box::new(AssetRule::new(config, &key)?)),
        };
        Ok(Self { bucket: config.bucket.clone(), key, purpose })
    }

    /// What the rule finds in the object's name; `None` if it is not for it.
    pub(crate) fn matches<'a>(&self, event: &'a ObjectEvent) -> Option<Found<'a>> {
        let captures = self.key.captures(&event.key).filter(|_| self.bucket == event.bucket)?;
        Some(Found { event, captures })
    }
}

impl AssetRule {
    fn new(config: &RuleConfig, key: &Regex) -> Result<Self, String> {
        let names: Vec<_> =
            key.capture_names().flatten().chain(["bucket", "key"]).map(str::to_owned).collect();
        let template = |field: &str, text: &str| {
            Template::new(text, &names).map_err(|fault| format!("{field}: {fault}"))
        };
        let optional =
            |field: &str, text: &str| (!text.is_empty()).then(|| template(field, text)).transpose();
        let each = |field: &str, texts: &[String]| {
            texts.iter().map(|text| template(field, text)).collect::<Result<Vec<_>, _>>()
        };
        if config.customer == 0 || config.space.is_empty() || config.id.is_empty() {
            return Err("customer, space and id are required".to_owned());
        }
        let origin = if config.origin.is_empty() { "s3://{bucket}/{key}" } else { &config.origin };
        let channels = config.channels.iter().map(|text| channel(text));
        Ok(Self {
            customer: config.customer,
            space: template("space", &config.space)?,
            id: template("id", &config.id)?,
            origin: template("origin", origin)?,
            media_type: optional("media_type", &config.media_type)?,
            texts: [
                optional("string1", &config.string1)?,
                optional("string2", &config.string2)?,
                optional("string3", &config.string3)?,
            ],
            numbers: [
                optional("number1", &config.number1)?,
                optional("number2", &config.number2)?,
                optional("number3", &config.number3)?,
            ],
            tags: each("tags", &config.tags)?,
            roles: each("roles", &config.roles)?,
            channels: channels.collect::<Result<_, _>>()?,
            removed: config.removed,
        })
    }

    pub(crate) fn id(&self, found: &Found<'_>) -> Result<AssetId, NoAsset> {
        let space = self.space.fill(|name| found.value(name));
        let space = space.parse().map_err(|_| NoAsset(format!("'{space}' is no space")))?;
        let name = self.id.fill(|name| found.value(name));
        AssetId::new(self.customer, space, name).map_err(|fault| NoAsset(fault.to_string()))
    }

    pub(crate) fn asset(&self, found: &Found<'_>) -> Result<NewAsset, NoAsset> {
        let fill = |template: &Template| template.fill(|name| found.value(name));
        let media_type = match &self.media_type {
            Some(template) => parsed(&fill(template))?,
            None => MediaType::from_extension(&found.event.key).ok_or_else(|| {
                NoAsset(format!("what kind of file '{}' is can't be told", found.event.key))
            })?,
        };
        let text =
            |n: usize| self.texts[n].as_ref().map_or(Change::Keep, |it| Change::Set(fill(it)));
        let number = |n: usize| match &self.numbers[n] {
            Some(template) => parsed(&fill(template)).map(Change::Set),
            None => Ok(Change::Keep),
        };
        let list = |templates: &[Template]| match templates {
            [] => Change::Keep,
            templates => Change::Set(templates.iter().map(fill).collect()),
        };
        let channels = match self.channels.as_slice() {
            [] => Change::Keep,
            channels => Change::Set(ChannelChoice::These(channels.to_vec())),
        };
        let fields = AssetFields {
            origin: Change::Set(parsed(&self.origin.fill_address(|name| found.value(name)))?),
            media_type: Change::Set(media_type),
            channels,
            roles: list(&self.roles),
            tags: list(&self.tags),
            string1: text(0),
            string2: text(1),
            string3: text(2),
            number1: number(0)?,
            number2: number(1)?,
            number3: number(2)?,
            ..AssetFields::default()
        };
        Ok(NewAsset { id: self.id(found)?, fields })
    }
}

/// An object that a rule is for.
pub(crate) struct Found<'a> {
    event: &'a ObjectEvent,
    captures: Captures<'a>,
}

impl Found<'_> {
    fn value(&self, name: &str) -> String {
        match name {
            "bucket" => self.event.bucket.clone(),
            "key" => self.event.key.clone(),
            name => self.captures.name(name).map_or("", |found| found.as_str()).to_owned(),
        }
    }
}

fn parsed<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, NoAsset> {
    text.trim().parse().map_err(|fault| NoAsset(format!("'{text}': {fault}")))
}

/// `iiif-img`, or `thumbs:policy`.
fn channel(text: &str) -> Result<WantedChannel, String> {
    let (name, policy) = text.split_once(':').map_or((text, None), |(name, it)| (name, Some(it)));
    let channel = name.parse::<DeliveryChannel>();
    let channel = channel.map_err(|fault| format!("channels: '{name}': {fault}"))?;
    Ok(WantedChannel { channel, policy: policy.map(str::to_owned) })
}
