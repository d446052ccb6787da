//! Reads what somebody wrote in the words of Presentation 3, and points at what is wrong.

use std::fmt;

use serde_json::{Map, Value};

use super::{Agent, Content, ContentType, LabelledValue, LanguageMap, ViewingDirection};

/// What is wrong with a description, and where: `/provider/0/label`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {reason}")]
pub struct DescriptionFault {
    pub pointer: String,
    pub reason: String,
}

/// A value, and where it stands.
pub(super) struct Node<'a> {
    value: &'a Value,
    pointer: String,
}

pub(super) type Read<T> = Result<T, DescriptionFault>;

impl<'a> Node<'a> {
    pub(super) fn new(value: &'a Value) -> Self {
        Self { value, pointer: String::new() }
    }

    pub(super) fn fault<T>(&self, reason: impl fmt::Display) -> Read<T> {
        let pointer = if self.pointer.is_empty() { "/" } else { &self.pointer };
        Err(DescriptionFault { pointer: pointer.to_owned(), reason: reason.to_string() })
    }

    fn below(&self, name: impl fmt::Display, value: &'a Value) -> Self {
        Self { value, pointer: format!("{}/{name}", self.pointer) }
    }

    pub(super) fn object(&self) -> Read<Vec<(&'a str, Self)>> {
        let Value::Object(map) = self.value else { return self.fault("must be an object") };
        Ok(map.iter().map(|(name, value)| (name.as_str(), self.below(name, value))).collect())
    }

    /// An object of which only these properties are known.
    fn only(&self, known: &[&str]) -> Read<&'a Map<String, Value>> {
        for (name, node) in self.object()? {
            if !known.contains(&name) {
                return node.fault("there is no such property here");
            }
        }
        self.value.as_object().map_or_else(|| self.fault("must be an object"), Ok)
    }

    fn get(&self, name: &str) -> Option<Self> {
        self.value.get(name).map(|value| self.below(name, value))
    }

    fn required(&self, name: &str) -> Read<Self> {
        self.get(name).map_or_else(|| self.fault(format!("must have '{name}'")), Ok)
    }

    pub(super) fn list<T>(&self, read: impl Fn(&Self) -> Read<T>) -> Read<Vec<T>> {
        let Value::Array(values) = self.value else { return self.fault("must be a list") };
        values.iter().enumerate().map(|(n, value)| read(&self.below(n, value))).collect()
    }

    fn str(&self) -> Read<&'a str> {
        self.value.as_str().map_or_else(|| self.fault("must be a text"), Ok)
    }

    fn strings(&self) -> Read<Vec<String>> {
        self.list(|node| node.str().map(str::to_owned))
    }

    pub(super) fn uri(&self) -> Read<String> {
        let text = self.str()?;
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let is_uri = |rest: &str| {
            !rest.is_empty() && !rest.contains(|c: char| c.is_whitespace() || c.is_control())
        };
        match rest.is_some_and(is_uri) {
            true => Ok(text.to_owned()),
            false => self.fault("must be a URI that begins with http:// or https://"),
        }
    }

    /// With markup, if it begins and ends as such.
    pub(super) fn text(&self) -> Read<LanguageMap> {
        self.language_map(|map, language, text| {
            match text.starts_with('<') && text.ends_with('>') {
                true => map.and_html(language, text),
                false => map.and(language, text),
            }
        })
    }

    pub(super) fn plain_text(&self) -> Read<LanguageMap> {
        self.language_map(LanguageMap::and)
    }

    /// A text in no language, or an object of languages with lists of texts.
    fn language_map(
        &self,
        add: impl Fn(LanguageMap, &'a str, &'a str) -> LanguageMap,
    ) -> Read<LanguageMap> {
        let mut map = LanguageMap::default();
        if let Value::String(text) = self.value {
            return Ok(add(map, LanguageMap::NO_LANGUAGE, text));
        }
        for (language, values) in self.object()? {
            for text in values.list(Node::str)? {
                map = add(map, language, text);
            }
        }
        if map == LanguageMap::default() { self.fault("must not be empty") } else { Ok(map) }
    }

    pub(super) fn pair(&self) -> Read<LabelledValue> {
        self.only(&["label", "value"])?;
        let (label, value) = (self.required("label")?, self.required("value")?);
        Ok(LabelledValue::new(label.plain_text()?, value.text()?))
    }

    /// `xsd:dateTime` with a time zone.
    pub(super) fn moment(&self) -> Read<String> {
        let text = self.str()?;
        let shape: String =
            text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        let has_zone =
            matches!(shape.strip_prefix("0000-00-00T00:00:00"), Some("Z" | "+00:00" | "-00:00"));
        let within = |place: std::ops::Range<usize>, least: u8, most: u8| {
            let number = text.get(place).and_then(|digits| digits.parse().ok());
            number.is_some_and(|number: u8| (least..=most).contains(&number))
        };
        let is_moment = within(5..7, 1, 12)
            && within(8..10, 1, 31)
            && within(11..13, 0, 23)
            && within(14..16, 0, 59)
            && within(17..19, 0, 59);
        match has_zone && is_moment {
            true => Ok(text.to_owned()),
            false => self.fault("must be a moment with a time zone, such as 1450-01-01T00:00:00Z"),
        }
    }

    pub(super) fn places(&self) -> Read<Value> {
        match self.value.get("type").and_then(Value::as_str) {
            Some("FeatureCollection") => Ok(self.value.clone()),
            _ => self.fault("must be a GeoJSON FeatureCollection"),
        }
    }

    pub(super) fn behavior(&self) -> Read<Vec<String>> {
        const KNOWN: [&[&str]; 3] = [
            &["auto-advance", "no-auto-advance"],
            &["repeat", "no-repeat"],
            &["unordered", "individuals", "continuous", "paged"],
        ];
        let words = self.strings()?;
        if let Some(word) = words.iter().find(|word| !KNOWN.concat().contains(&word.as_str())) {
            return self.fault(format!("'{word}' is no behavior of manifests"));
        }
        for apart in KNOWN {
            let together: Vec<_> =
                words.iter().filter(|word| apart.contains(&word.as_str())).collect();
            if let [one, other, ..] = together[..] {
                return self.fault(format!("'{one}' and '{other}' exclude each other"));
            }
        }
        Ok(words)
    }

    pub(super) fn direction(&self) -> Read<ViewingDirection> {
        let ways = [
            ViewingDirection::LeftToRight,
            ViewingDirection::RightToLeft,
            ViewingDirection::TopToBottom,
            ViewingDirection::BottomToTop,
        ];
        let text = self.str()?;
        let found = ways.into_iter().find(|way| way.as_str() == text);
        let names = ways.map(ViewingDirection::as_str).join(", ");
        found.map_or_else(|| self.fault(format!("must be one of {names}")), Ok)
    }

    pub(super) fn agent(&self) -> Read<Agent> {
        self.only(&["id", "type", "label", "homepage", "logo"])?;
        let list = |name: &str, required: &[&str]| match self.get(name) {
            Some(node) => node.list(|it| it.link(required)),
            None => Ok(Vec::new()),
        };
        Ok(Agent {
            id: self.required("id")?.uri()?,
            label: self.required("label")?.plain_text()?,
            homepage: list("homepage", &["label"])?,
            logo: list("logo", &[])?,
        })
    }

    /// A file on the web; viewers need some more of some.
    pub(super) fn link(&self, required: &[&str]) -> Read<Content> {
        self.only(&["id", "type", "label", "format", "profile", "language"])?;
        for name in required {
            self.required(name)?;
        }
        let text =
            |name: &str| self.get(name).map(|node| node.str().map(str::to_owned)).transpose();
        let mut content = Content::new(self.required("id")?.uri()?, self.required("type")?.kind()?);
        content.label = self.get("label").map(|node| node.plain_text()).transpose()?;
        content.format = text("format")?;
        content.profile = text("profile")?;
        content.language =
            self.get("language").map(|node| node.strings()).transpose()?.unwrap_or_default();
        Ok(content)
    }

    fn kind(&self) -> Read<ContentType> {
        let kinds = [
            ContentType::Dataset,
            ContentType::Image,
            ContentType::Model,
            ContentType::Sound,
            ContentType::Text,
            ContentType::Video,
        ];
        let text = self.str()?;
        let found = kinds.into_iter().find(|kind| kind.as_str() == text);
        let names = kinds.map(ContentType::as_str).join(", ");
        found.map_or_else(|| self.fault(format!("must be one of {names}")), Ok)
    }
}
