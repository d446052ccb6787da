use super::{Manifest, v2, v3};
use crate::{Version, json::Object};

/// The text of a manifest around its canvases, for those with so many that they are written one at a time, with commas
/// between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    pub before: String,
    pub after: String,
}

impl Manifest {
    /// Its own canvases are left out.
    pub fn envelope(&self, version: Version) -> Envelope {
        match version {
            Version::V3 => {
                let before = format!("{},\"items\":[", open(v3::start(self, "Manifest")));
                Envelope { before, after: format!("]{}}}", structures(v3::structures(self))) }
            }
            Version::V2 => {
                let (manifest, sequence) =
                    (open(v2::start(self, "sc:Manifest")), open(v2::start_of_sequence(self)));
                let before = format!("{manifest},\"sequences\":[{sequence},\"canvases\":[");
                Envelope { before, after: format!("]}}]{}}}", structures(v2::structures(self))) }
            }
        }
    }
}

fn structures(ranges: Vec<serde_json::Value>) -> String {
    match ranges.is_empty() {
        true => String::new(),
        false => format!(",\"structures\":{}", serde_json::Value::from(ranges)),
    }
}

/// An object to which something can be added.
fn open(object: Object) -> String {
    let mut text = serde_json::Value::from(object).to_string();
    text.pop();
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presentation::{LanguageMap, Range, samples};

    #[test]
    fn a_manifest_written_in_pieces_is_the_same() {
        let pages = [samples::page(), samples::page()];
        let range = Range {
            id: "https://example.org/m#range-1".to_owned(),
            label: LanguageMap::none("1r"),
            canvases: vec![pages[0].id.clone()],
        };
        for manifest in [
            Manifest { ranges: vec![range], ..samples::asset() },
            Manifest { canvases: pages.to_vec(), ..samples::described() },
            Manifest { canvases: Vec::new(), ..samples::asset() },
            samples::asset(),
        ] {
            for version in Version::ALL {
                let canvases = manifest.canvases.iter().filter_map(|it| it.to_json(version));
                let canvases: Vec<_> = canvases.map(|canvas| canvas.to_string()).collect();
                let Envelope { before, after } = manifest.envelope(version);
                let whole = format!("{before}{}{after}", canvases.join(","));
                assert_eq!(whole, manifest.to_json(version).to_string());
            }
        }
    }
}
