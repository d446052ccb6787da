use serde_json::Value;

use super::{
    Agent, Content, LabelledValue, LanguageMap, Manifest, ViewingDirection,
    node::{DescriptionFault, Node},
};

/// What somebody says of manifests and collections to be made: some properties of version 3, written as in a manifest.
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

    /// What both say alike.
    #[must_use]
    pub fn in_common(self, other: &Self) -> Self {
        Self {
            label: if_same(self.label, &other.label),
            summary: if_same(self.summary, &other.summary),
            metadata: if_same(self.metadata, &other.metadata),
            required_statement: if_same(self.required_statement, &other.required_statement),
            rights: if_same(self.rights, &other.rights),
            nav_date: if_same(self.nav_date, &other.nav_date),
            nav_place: if_same(self.nav_place, &other.nav_place),
            behavior: if_same(self.behavior, &other.behavior),
            viewing_direction: if_same(self.viewing_direction, &other.viewing_direction),
            provider: if_same(self.provider, &other.provider),
            homepage: if_same(self.homepage, &other.homepage),
            rendering: if_same(self.rendering, &other.rendering),
            see_also: if_same(self.see_also, &other.see_also),
        }
    }

    /// The manifests' own name, if they have one.
    pub fn label(&self) -> Option<&LanguageMap> {
        self.label.as_ref()
    }
}

fn if_same<T: Default + PartialEq>(own: T, other: &T) -> T {
    if own == *other { own } else { T::default() }
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
    fn what_two_say_alike_is_what_neither_denies() {
        let said = |json: Value| Description::read(&json).unwrap();
        let rights = "http://creativecommons.org/publicdomain/mark/1.0/";
        let one = said(json!({"label": "Book 1", "rights": rights, "behavior": ["paged"]}));
        let other = said(json!({"label": "Book 2", "rights": rights}));
        assert_eq!(one.clone().in_common(&other), said(json!({"rights": rights})));
        assert_eq!(one.clone().in_common(&one), one);
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
