use serde_json::Value;

use super::{LanguageMap, v2, v3};
use crate::Version;

/// A list of manifests, in an order that means something to people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collection {
    pub id: String,
    pub label: LanguageMap,
    pub manifests: Vec<Member>,
}

/// A manifest as a collection names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub id: String,
    pub label: LanguageMap,
}

impl Collection {
    pub fn to_json(&self, version: Version) -> Value {
        match version {
            Version::V2 => v2::collection(self),
            Version::V3 => v3::collection(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_collection_names_its_manifests_in_either_version() {
        let collection = Collection {
            id: "https://example.org/collection.json".to_owned(),
            label: LanguageMap::none("All"),
            manifests: vec![Member {
                id: "https://example.org/a/manifest.json".to_owned(),
                label: LanguageMap::new("en", "A"),
            }],
        };
        assert_eq!(
            collection.to_json(Version::V3),
            json!({
                "@context": "http://iiif.io/api/presentation/3/context.json",
                "id": "https://example.org/collection.json",
                "type": "Collection",
                "label": { "none": ["All"] },
                "items": [{
                    "id": "https://example.org/a/manifest.json",
                    "type": "Manifest",
                    "label": { "en": ["A"] },
                }],
            })
        );
        assert_eq!(
            collection.to_json(Version::V2),
            json!({
                "@context": "http://iiif.io/api/presentation/2/context.json",
                "@id": "https://example.org/collection.json",
                "@type": "sc:Collection",
                "label": "All",
                "manifests": [{
                    "@id": "https://example.org/a/manifest.json",
                    "@type": "sc:Manifest",
                    "label": { "@value": "A", "@language": "en" },
                }],
            })
        );
    }
}
