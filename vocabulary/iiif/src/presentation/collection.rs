use serde_json::Value;

use super::{Description, LanguageMap, Manifest, v2, v3};
use crate::Version;

/// A list of manifests, or of further collections, in an order that means something to people.
#[derive(Clone, Debug, PartialEq)]
pub struct Collection {
    pub id: String,
    pub label: LanguageMap,
    /// What is said of it besides.
    pub about: Description,
    /// The id of the collection that has it among its members.
    pub part_of: Option<String>,
    pub members: Vec<Member>,
}

/// A manifest or a collection as another one names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub id: String,
    pub kind: MemberKind,
    pub label: LanguageMap,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberKind {
    Manifest,
    Collection,
}

impl Member {
    pub fn manifest(id: String, label: LanguageMap) -> Self {
        Self { id, kind: MemberKind::Manifest, label }
    }

    pub fn collection(id: String, label: LanguageMap) -> Self {
        Self { id, kind: MemberKind::Collection, label }
    }
}

impl Collection {
    pub fn to_json(&self, version: Version) -> Value {
        match version {
            Version::V2 => v2::collection(self),
            Version::V3 => v3::collection(self),
        }
    }

    /// A manifest of which the same is said.
    pub(super) fn described(&self) -> Manifest {
        let mut manifest = Manifest::new(self.id.as_str(), self.label.clone());
        self.about.clone().describe(&mut manifest);
        Manifest { label: self.label.clone(), ..manifest }
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
            about: Description::default(),
            part_of: None,
            members: vec![Member::manifest(
                "https://example.org/a/manifest.json".to_owned(),
                LanguageMap::new("en", "A"),
            )],
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

    #[test]
    fn what_is_said_of_a_collection_is_told_in_either_version() {
        let rights = "http://creativecommons.org/publicdomain/mark/1.0/";
        let about = json!({
            "label": "One of them",
            "rights": rights,
            "requiredStatement": {"label": "By", "value": "The library"},
            "behavior": ["paged"],
            "viewingDirection": "right-to-left",
        });
        let collection = Collection {
            id: "https://example.org/all".to_owned(),
            label: LanguageMap::none("All"),
            about: Description::read(&about).unwrap(),
            part_of: None,
            members: Vec::new(),
        };
        let third = collection.to_json(Version::V3);
        assert_eq!(third["label"], json!({"none": ["All"]}), "its own");
        assert_eq!(third["requiredStatement"]["value"], json!({"none": ["The library"]}));
        assert_eq!(
            (&third["rights"], &third["behavior"], &third["viewingDirection"]),
            (&json!(rights), &json!(["paged"]), &json!("right-to-left"))
        );
        let second = collection.to_json(Version::V2);
        assert_eq!(
            (&second["license"], &second["attribution"]),
            (&json!(rights), &json!("The library"))
        );
        for name in ["viewingHint", "viewingDirection"] {
            assert_eq!(second.get(name), None);
        }
    }

    #[test]
    fn collections_may_be_parts_of_one_another() {
        let (whole, part) = ("https://example.org/all", "https://example.org/all?from=a");
        let member = Member::collection(part.to_owned(), LanguageMap::none("a – b"));
        let collection = Collection {
            id: whole.to_owned(),
            label: LanguageMap::none("All"),
            about: Description::default(),
            part_of: None,
            members: vec![member],
        };
        let nested = Collection {
            id: part.to_owned(),
            part_of: Some(whole.to_owned()),
            ..collection.clone()
        };
        assert_eq!(
            collection.to_json(Version::V3)["items"],
            json!([{"id": part, "type": "Collection", "label": {"none": ["a – b"]}}])
        );
        let part_of = json!([{"id": whole, "type": "Collection"}]);
        assert_eq!(nested.to_json(Version::V3)["partOf"], part_of);
        let second = nested.to_json(Version::V2);
        assert_eq!(second["within"], whole);
        assert_eq!(
            second["collections"],
            json!([{"@id": part, "@type": "sc:Collection", "label": "a – b"}])
        );
        assert_eq!(second.get("manifests"), None);
    }
}
