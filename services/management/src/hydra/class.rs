use serde_json::{Map, Value, json};

use super::HYDRA_CONTEXT;
use crate::urls::Urls;

/// What a resource can say, written down once: contexts and the vocabulary are made from it.
#[derive(Debug)]
pub(crate) struct Class {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) properties: &'static [Property],
}

#[derive(Debug)]
pub(crate) struct Property {
    pub(crate) name: &'static str,
    pub(crate) range: Range,
    pub(crate) writeable: bool,
    pub(crate) description: &'static str,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Range {
    Text,
    /// Several of them.
    Texts,
    Number,
    /// With a fraction.
    Decimal,
    /// Several of them.
    Numbers,
    Truth,
    Moment,
    Link,
    Structure,
}

impl Property {
    /// A property that clients may set.
    pub(crate) const fn settable(
        name: &'static str,
        range: Range,
        description: &'static str,
    ) -> Self {
        Self { name, range, writeable: true, description }
    }

    /// A property that the server alone sets.
    pub(crate) const fn given(name: &'static str, range: Range, description: &'static str) -> Self {
        Self { name, range, writeable: false, description }
    }
}

impl Range {
    /// Is a value of this kind?
    #[cfg(test)]
    pub(crate) fn holds(self, value: &Value) -> bool {
        let all = |is: fn(&Value) -> bool| value.as_array().is_some_and(|all| all.iter().all(is));
        match self {
            Self::Text | Self::Moment | Self::Link => value.is_string(),
            Self::Texts => all(Value::is_string),
            Self::Number => value.is_i64(),
            Self::Decimal => value.is_number(),
            Self::Numbers => all(Value::is_i64),
            Self::Truth => value.is_boolean(),
            Self::Structure => value.is_array() || value.is_object(),
        }
    }

    fn xsd(self) -> Option<&'static str> {
        match self {
            Self::Text | Self::Texts => Some("xsd:string"),
            Self::Number | Self::Numbers => Some("xsd:integer"),
            Self::Decimal => Some("xsd:decimal"),
            Self::Truth => Some("xsd:boolean"),
            Self::Moment => Some("xsd:dateTime"),
            Self::Link | Self::Structure => None,
        }
    }

    fn kind(self) -> &'static str {
        if matches!(self, Self::Link) { "Link" } else { "rdf:Property" }
    }

    fn coercion(self) -> Option<&'static str> {
        match self {
            Self::Link => Some("@id"),
            Self::Text
            | Self::Texts
            | Self::Number
            | Self::Numbers
            | Self::Decimal
            | Self::Truth
            | Self::Moment
            | Self::Structure => self.xsd(),
        }
    }
}

impl Class {
    /// The JSON-LD context that gives the resource's keys their meaning.
    pub(crate) fn context(&self, urls: &Urls) -> Value {
        let vocabulary = format!("{}#", urls.vocabulary());
        let mut terms = Map::new();
        terms.insert("vocab".to_owned(), vocabulary.into());
        terms.insert("xsd".to_owned(), "http://www.w3.org/2001/XMLSchema#".into());
        for property in self.properties {
            let mut term = json!({ "@id": format!("vocab:{}", property.name) });
            if let Some(coercion) = property.range.coercion() {
                term["@type"] = coercion.into();
            }
            terms.insert(property.name.to_owned(), term);
        }
        json!({ "@context": terms })
    }

    fn documentation(&self) -> Value {
        let property = |property: &Property| {
            json!({
                "@type": "SupportedProperty",
                "title": property.name,
                "description": property.description,
                "property": {
                    "@id": format!("vocab:{}", property.name),
                    "@type": property.range.kind(),
                },
                "readable": true,
                "writeable": property.writeable,
            })
        };
        json!({
            "@id": format!("vocab:{}", self.name),
            "@type": "Class",
            "title": self.name,
            "description": self.description,
            "supportedProperty": self.properties.iter().map(property).collect::<Vec<_>>(),
        })
    }
}

/// The Hydra description of the whole API.
pub(crate) fn api_documentation(urls: &Urls, classes: &[&Class]) -> Value {
    json!({
        "@context": [HYDRA_CONTEXT, {
            "vocab": format!("{}#", urls.vocabulary()),
            "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        }],
        "@id": urls.vocabulary(),
        "@type": "ApiDocumentation",
        "title": "Recto",
        "description": "Registers, arranges and describes the assets of a digital library.",
        "entrypoint": urls.entry_point(),
        "supportedClass": classes.iter().map(|class| class.documentation()).collect::<Vec<_>>(),
    })
}
