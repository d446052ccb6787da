use std::fmt;

use serde_json::{Map, Value};

use super::{Agent, Content, ContentType, LabelledValue, LanguageMap, Manifest, ViewingDirection};

/// What somebody says of manifests to be made: some properties of version 3, written as in a manifest.
///
/// It is read strictly: what viewers would stumble over is a fault, and so is a property that is not known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Description {
    label: Option<LanguageMap>,
    summary: Option<LanguageMap>,
    metadata: Vec<LabelledValue>,
    required_statement: Option<LabelledValue>,
    rights: Option<String>,
    nav_date: Option<String>,
    nav_place: Option<Value>,
    behavior: Vec<String>,
    viewing_direction: Option<ViewingDirection>,
    provider: Vec<Agent>,
    homepage: Vec<Content>,
    rendering: Vec<Content>,
    see_also: Vec<Content>,
}

/// What is wrong with a description, and where: `/provider/0/label`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {reason}")]
pub struct DescriptionFault {
    pub pointer: String,
    pub reason: String,
}

impl Description {
    pub fn read(json: &Value) -> Result<Self, DescriptionFault> {
        let mut description = Self::default();
        for (name, node) in Node::new(json).object()? {
            match name {
                "label" => description.label = Some(node.plain_text()?),
                "summary" => description.summary = Some(node.text()?),
                "metadata" => description.metadata = node.list(Node::pair)?,
                "requiredStatement" => description.required_statement = Some(node.pair()?),
                "rights" => description.rights = Some(node.uri()?),
                "navDate" => description.nav_date = Some(node.moment()?),
                "navPlace" => description.nav_place = Some(node.places()?),
                "behavior" => description.behavior = node.behavior()?,
                "viewingDirection" => description.viewing_direction = Some(node.direction()?),
                "provider" => description.provider = node.list(Node::agent)?,
                "homepage" => description.homepage = node.list(|it| it.link(&["label"]))?,
                "rendering" => description.rendering = node.list(|it| it.link(&["label"]))?,
                "seeAlso" => description.see_also = node.list(|it| it.link(&["profile"]))?,
                _ => return node.fault("there is no such property here"),
            }
        }
        Ok(description)
    }

    /// Says it of a manifest, in the place of what that said; metadata comes first, and the rest stays.
    pub fn describe(self, manifest: &mut Manifest) {
        if let Some(label) = self.label {
            manifest.label = label;
        }
        manifest.metadata.splice(0..0, self.metadata);
        manifest.summary = self.summary;
        manifest.required_statement = self.required_statement;
        manifest.rights = self.rights;
        manifest.nav_date = self.nav_date;
        manifest.nav_place = self.nav_place;
        manifest.behavior = self.behavior;
        manifest.viewing_direction = self.viewing_direction;
        manifest.provider = self.provider;
        manifest.homepage = self.homepage;
        manifest.rendering = self.rendering;
        manifest.see_also = self.see_also;
    }

    /// The manifests' own name, if they have one.
    pub fn label(&self) -> Option<&LanguageMap> {
        self.label.as_ref()
    }
}

/// A value, and where it stands.
struct Node<'a> {
    value: &'a Value,
    pointer: String,
}

type Read<T> = Result<T, DescriptionFault>;

impl<'a> Node<'a> {
    fn new(value: &'a Value) -> Self {
        Self { value, pointer: String::new() }
    }

    fn fault<T>(&self, reason: impl fmt::Display) -> Read<T> {
        let pointer = if self.pointer.is_empty() { "/" } else { &self.pointer };
        Err(DescriptionFault { pointer: pointer.to_owned(), reason: reason.to_string() })
    }

    fn below(&self, name: impl fmt::Display, value: &'a Value) -> Self {
        Self { value, pointer: format!("{}/{name}", self.pointer) }
    }

    fn object(&self) -> Read<Vec<(&'a str, Self)>> {
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

    fn list<T>(&self, read: impl Fn(&Self) -> Read<T>) -> Read<Vec<T>> {
        let Value::Array(values) = self.value else { return self.fault("must be a list") };
        values.iter().enumerate().map(|(n, value)| read(&self.below(n, value))).collect()
    }

    fn str(&self) -> Read<&'a str> {
        self.value.as_str().map_or_else(|| self.fault("must be a text"), Ok)
    }

    fn strings(&self) -> Read<Vec<String>> {
        self.list(|node| node.str().map(str::to_owned))
    }

    fn uri(&self) -> Read<String> {
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
    fn text(&self) -> Read<LanguageMap> {
        self.language_map(|map, language, text| {
            match text.starts_with('<') && text.ends_with('>') {
                true => map.and_html(language, text),
                false => map.and(language, text),
            }
        })
    }

    fn plain_text(&self) -> Read<LanguageMap> {
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

    fn pair(&self) -> Read<LabelledValue> {
        self.only(&["label", "value"])?;
        let (label, value) = (self.required("label")?, self.required("value")?);
        Ok(LabelledValue::new(label.plain_text()?, value.text()?))
    }

    /// `xsd:dateTime` with a time zone.
    fn moment(&self) -> Read<String> {
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

    fn places(&self) -> Read<Value> {
        match self.value.get("type").and_then(Value::as_str) {
            Some("FeatureCollection") => Ok(self.value.clone()),
            _ => self.fault("must be a GeoJSON FeatureCollection"),
        }
    }

    fn behavior(&self) -> Read<Vec<String>> {
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

    fn direction(&self) -> Read<ViewingDirection> {
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

    fn agent(&self) -> Read<Agent> {
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
    fn link(&self, required: &[&str]) -> Read<Content> {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Version, presentation::samples};

    #[test]
    fn what_a_manifest_says_can_be_read_back() {
        let manifest =
            Manifest { service: Vec::new(), services: Vec::new(), ..samples::described() };
        let written = manifest.to_json(Version::V3);
        let mut said = written.as_object().unwrap().clone();
        for name in ["@context", "id", "type", "items"] {
            said.shift_remove(name);
        }
        // A logo's extent is nothing that has to be said.
        let logo = &mut said["provider"][0]["logo"][0];
        for name in ["width", "height"] {
            logo.as_object_mut().unwrap().shift_remove(name);
        }
        let description = Description::read(&said.clone().into()).unwrap();
        let mut described = samples::asset();
        description.describe(&mut described);
        let described = described.to_json(Version::V3);
        for (name, value) in &said {
            let (own, expected) = (&described[name], value);
            match name.as_str() {
                "metadata" => assert_eq!(own[0], expected[0]),
                _ => assert_eq!(own, expected, "{name}"),
            }
        }
    }

    #[test]
    fn texts_may_stand_alone_and_places_bring_their_context() {
        let json = json!({
            "label": "Volume <1>",
            "summary": {"en": ["<p>Old.</p>"]},
            "navPlace": {"type": "FeatureCollection", "features": []},
        });
        let mut manifest = samples::asset();
        Description::read(&json).unwrap().describe(&mut manifest);
        let written = manifest.to_json(Version::V3);
        assert_eq!(written["label"], json!({"none": ["Volume <1>"]}));
        assert_eq!(written["summary"], json!({"en": ["<p>Old.</p>"]}));
        assert_eq!(written["navPlace"], json["navPlace"]);
        let contexts = written["@context"].as_array().unwrap();
        assert_eq!(contexts[0], "http://iiif.io/api/extension/navplace/context.json");
        assert_eq!(contexts[1], "http://iiif.io/api/presentation/3/context.json");
    }

    #[test]
    fn every_fault_is_pointed_at() {
        for (json, pointer, reason) in [
            (json!([]), "/", "must be an object"),
            (json!({"lable": "x"}), "/lable", "no such property"),
            (json!({"label": {}}), "/label", "must not be empty"),
            (json!({"label": {"en": "x"}}), "/label/en", "must be a list"),
            (json!({"label": {"en": [7]}}), "/label/en/0", "must be a text"),
            (json!({"rights": "mine"}), "/rights", "must be a URI"),
            (json!({"rights": "https:// x"}), "/rights", "must be a URI"),
            (json!({"navDate": "1450"}), "/navDate", "a moment with a time zone"),
            (json!({"navDate": "1450-01-01T00:00:00"}), "/navDate", "a time zone"),
            (json!({"navDate": "1450-13-01T00:00:00Z"}), "/navDate", "a time zone"),
            (json!({"navPlace": {"type": "Point"}}), "/navPlace", "FeatureCollection"),
            (json!({"behavior": ["sideways"]}), "/behavior", "'sideways' is no behavior"),
            (json!({"behavior": ["paged", "continuous"]}), "/behavior", "exclude each other"),
            (
                json!({"viewingDirection": "up"}),
                "/viewingDirection",
                "left-to-right, right-to-left",
            ),
            (json!({"requiredStatement": {"label": "x"}}), "/requiredStatement", "'value'"),
            (
                json!({"metadata": [{"label": "x", "value": 7}]}),
                "/metadata/0/value",
                "must be an object",
            ),
            (json!({"provider": [{"id": "https://a.org"}]}), "/provider/0", "must have 'label'"),
            (
                json!({"provider": [{"id": "https://a.org", "label": "A", "logo": [{"id": "https://a.org/l"}]}]}),
                "/provider/0/logo/0",
                "must have 'type'",
            ),
            (
                json!({"homepage": [{"id": "https://a.org", "type": "Text"}]}),
                "/homepage/0",
                "'label'",
            ),
            (
                json!({"seeAlso": [{"id": "https://a.org", "type": "Dataset"}]}),
                "/seeAlso/0",
                "'profile'",
            ),
            (
                json!({"seeAlso": [{"id": "https://a.org", "type": "Thing", "profile": "p"}]}),
                "/seeAlso/0/type",
                "Dataset, Image",
            ),
        ] {
            let fault = Description::read(&json).unwrap_err();
            assert_eq!(fault.pointer, pointer, "{json}: {fault}");
            assert!(fault.reason.contains(reason), "{json}: {fault}");
        }
    }
}
