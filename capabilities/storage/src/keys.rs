//! Where each kind of byte lives; nobody else spells a key.
//!
//! Keys of derivatives carry the asset's version, so what is at a key never changes.

use std::fmt::Write;

use model::AssetId;
use sha2::{Digest, Sha256};

/// Escaped names longer than this are cut, and end in a hash of the whole.
const MAX_NAME_BYTES: usize = 200;

/// The bytes as the origin had them.
pub fn original(id: &AssetId, version: u64) -> String {
    format!("{}/original", version_prefix(id, version))
}

/// What delivery has to know of an original that it serves in place.
pub fn outline(id: &AssetId, version: u64) -> String {
    format!("{}/outline.json", version_prefix(id, version))
}

/// The access copy that tiles are read from.
pub fn pyramid(id: &AssetId, version: u64) -> String {
    format!("{}/pyramid.tif", version_prefix(id, version))
}

/// A ready image of the `thumbs` channel.
pub fn thumbnail(id: &AssetId, version: u64, (w, h): (u32, u32)) -> String {
    format!("{}/thumbnail-{w}x{h}.jpg", version_prefix(id, version))
}

/// The picture that stands for a video, among its transcodes.
pub const POSTER: &str = "poster.jpg";

/// A file that audio or video was transcoded to, by what follows the asset's name in its public address, which we chose.
pub fn recording(id: &AssetId, version: u64, address: &str) -> String {
    let segments: Vec<_> = address.split('/').map(escape).collect();
    format!("{}/av/{}", version_prefix(id, version), segments.join("/"))
}

/// What is known of an image of a profile whose version is complete; written last.
pub fn profile_card(id: &AssetId, version: u64) -> String {
    format!("{}/card.json", version_prefix(id, version))
}

/// What a remote profile said of an image when it was asked last.
pub fn profile_sighting(id: &AssetId) -> String {
    format!("{}/sighting.json", asset_prefix(id))
}

/// Everything that belongs to the asset, in all versions.
pub fn asset_prefix(id: &AssetId) -> String {
    format!("{}/{}/{}", id.customer, id.space, escape(id.name()))
}

/// Everything that belongs to one version of the asset.
pub fn version_prefix(id: &AssetId, version: u64) -> String {
    format!("{}/v{version}", asset_prefix(id))
}

/// Bytes that were handed over with the registration of an asset; `token` makes them unique.
pub fn upload(id: &AssetId, token: &str) -> String {
    format!("uploads/{}/{}", asset_prefix(id), escape(token))
}

/// Some bytes of an upload that came in parts; `token` is the upload's, `own` makes the part unique.
pub fn upload_part(id: &AssetId, token: &str, start: u64, own: &str) -> String {
    format!("{}/{start:020}-{}", upload(id, token), escape(own))
}

/// The list of an upload's parts, which stands for all of them.
pub fn upload_parts(id: &AssetId, token: &str) -> String {
    format!("{}{PARTS}", upload(id, token))
}

/// Below which everything of an upload lies that came in parts, if the key is the list of them.
pub fn folder_of_parts(key: &str) -> Option<&str> {
    key.strip_suffix(PARTS)
}

const PARTS: &str = "/parts.json";

const WORDS: &str = ".words.json";

/// What can be read on a page that was taken from a document, beside the page.
pub fn words_of_upload(upload: &str) -> String {
    format!("{upload}{WORDS}")
}

/// What can be read on an image that was a page of a document.
pub fn words(id: &AssetId, version: u64) -> String {
    format!("{}/words.json", version_prefix(id, version))
}

/// What is kept of a version, by its name in it.
pub fn in_version(id: &AssetId, version: u64, name: &str) -> String {
    format!("{}/{name}", version_prefix(id, version))
}

/// The name that an object has in its version; of a key of something else, all of it.
pub fn name_in_version<'a>(key: &'a str, id: &AssetId, version: u64) -> &'a str {
    let name = key.strip_prefix(&version_prefix(id, version));
    name.and_then(|name| name.strip_prefix('/')).unwrap_or(key)
}

/// The file that was made of what a named query finds; `id` is the projection's, of digits and letters.
pub fn projection(customer: u32, id: &str, version: u64, ending: &str) -> String {
    format!("{}/v{version}.{ending}", projection_prefix(customer, id))
}

/// Every version of such a file.
pub fn projection_prefix(customer: u32, id: &str) -> String {
    format!("projections/{customer}/{}", escape(id))
}

/// A drawn image among the [`Derivatives`](crate::Derivatives), which take any text.
pub fn drawn(id: &AssetId, version: u64, iiif_major: u32, canonical: &str) -> String {
    format!("{}/iiif{iiif_major}/{canonical}", version_prefix(id, version))
}

/// An object that is written, read and deleted to see whether that works.
pub(crate) fn trial(number: u64) -> String {
    format!("{TRIAL}{number:016x}")
}

const TRIAL: &str = "recto-was-here-";

/// Whose an object is, as far as its key tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// An asset's version, whether or not there is such an asset.
    Version {
        id: AssetId,
        version: u64,
    },
    /// The same of an asset whose name is too long to stand in a key.
    LongName,
    /// An upload, by its own key, or its token where it came in parts.
    Upload {
        key: String,
        token: String,
    },
    Projection {
        id: String,
        version: u64,
    },
    /// Nobody: a trial that was broken off.
    Trial,
    /// We would not have written it.
    Stranger,
}

/// Reads a key backwards.
pub fn owner(key: &str) -> Owner {
    if key.starts_with(TRIAL) {
        return Owner::Trial;
    }
    let segments: Vec<&str> = key.split('/').collect();
    let found = match segments[..] {
        ["uploads", customer, space, name, token, ..] => {
            let own = format!("uploads/{customer}/{space}/{name}/{token}");
            let whole = own.strip_suffix(WORDS).unwrap_or(&own);
            let key = match segments.len() {
                5 => whole.to_owned(),
                _ => format!("{own}{PARTS}"),
            };
            Some(Owner::Upload { key, token: token.to_owned() })
        }
        ["projections", _, id, file] => {
            let version = file.split('.').next().and_then(version);
            version.map(|version| Owner::Projection { id: id.to_owned(), version })
        }
        [_, _, name, _, _, ..] if name.contains('~') => Some(Owner::LongName),
        [customer, space, name, folder, _, ..] => {
            let id = customer.parse().ok().zip(space.parse().ok()).zip(unescape(name));
            let id =
                id.and_then(|((customer, space), name)| AssetId::new(customer, space, name).ok());
            id.zip(version(folder)).map(|(id, version)| Owner::Version { id, version })
        }
        _ => None,
    };
    found.unwrap_or(Owner::Stranger)
}

fn version(segment: &str) -> Option<u64> {
    segment.strip_prefix('v')?.parse().ok()
}

/// What [`escape`] made a segment of.
fn unescape(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        if *byte != b'%' {
            bytes.push(*byte);
            continue;
        }
        let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &rest[2..];
    }
    let name = String::from_utf8(bytes).ok()?;
    (escape(&name) == segment).then_some(name)
}

/// One segment of a key, which no text can leave: `..`, `.x`, `%` and `~` are escaped like `/`.
///
/// `~` is kept for the hashes of long names, so that no short name can look like one.
fn escape(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for (at, byte) in name.bytes().enumerate() {
        match byte {
            b'.' if at > 0 => escaped.push('.'),
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'_' => escaped.push(char::from(byte)),
            _ => push_escaped(&mut escaped, byte),
        }
    }
    if escaped.len() > MAX_NAME_BYTES {
        escaped.truncate(MAX_NAME_BYTES - 33);
        escaped.push('~');
        for byte in &Sha256::digest(name)[..16] {
            push_hex(&mut escaped, *byte);
        }
    }
    escaped
}

fn push_escaped(text: &mut String, byte: u8) {
    text.push('%');
    write!(text, "{byte:02X}").expect("a String takes everything");
}

fn push_hex(text: &mut String, byte: u8) {
    write!(text, "{byte:02x}").expect("a String takes everything");
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn id(name: &str) -> AssetId {
        AssetId::new(2, 5, name).unwrap()
    }

    #[test]
    fn keys_are_readable_for_ordinary_names() {
        let id = id("ms-1234_f.1r");
        assert_eq!(asset_prefix(&id), "2/5/ms-1234_f.1r");
        assert_eq!(original(&id, 7), "2/5/ms-1234_f.1r/v7/original");
        assert_eq!(outline(&id, 7), "2/5/ms-1234_f.1r/v7/outline.json");
        assert_eq!(pyramid(&id, 7), "2/5/ms-1234_f.1r/v7/pyramid.tif");
        assert_eq!(thumbnail(&id, 7, (300, 400)), "2/5/ms-1234_f.1r/v7/thumbnail-300x400.jpg");
        assert_eq!(
            recording(&id, 7, "full/max/default.mp3"),
            "2/5/ms-1234_f.1r/v7/av/full/max/default.mp3"
        );
        assert_eq!(name_in_version(&original(&id, 7), &id, 7), "original");
        assert_eq!(in_version(&id, 7, "original"), original(&id, 7));
        assert_eq!(name_in_version(&original(&id, 71), &id, 7), original(&id, 71));
        assert_eq!(upload(&id, "7"), "uploads/2/5/ms-1234_f.1r/7");
        assert_eq!(projection(2, "a1", 7, "pdf"), "projections/2/a1/v7.pdf");
        assert_eq!(
            drawn(&id, 7, 3, "full/max/0/default.jpg"),
            "2/5/ms-1234_f.1r/v7/iiif3/full/max/0/default.jpg"
        );
    }

    #[test]
    fn a_key_tells_whose_its_object_is() {
        for name in ["ms-1", "ark:/1 2/é.x", "%41"] {
            let id = id(name);
            let of_version = Owner::Version { id: id.clone(), version: 7 };
            for key in [original(&id, 7), thumbnail(&id, 7, (1, 2)), recording(&id, 7, "a/b.mp4")] {
                assert_eq!(owner(&key), of_version, "{key}");
            }
            let upload = |key: String| Owner::Upload { key, token: "t".to_owned() };
            let own = super::upload(&id, "t");
            assert_eq!(owner(&own), upload(own.clone()));
            assert_eq!(owner(&upload_part(&id, "t", 5, "x")), upload(upload_parts(&id, "t")));
            assert_eq!(owner(&upload_parts(&id, "t")), upload(upload_parts(&id, "t")));
            let Owner::Upload { key, .. } = owner(&words_of_upload(&own)) else { panic!("{own}") };
            assert_eq!(key, own);
        }
        let made = Owner::Projection { id: "a1".to_owned(), version: 7 };
        assert_eq!(owner(&projection(2, "a1", 7, "pdf")), made);
        assert_eq!(owner(&trial(7)), Owner::Trial);
        assert_eq!(owner(&original(&id(&"x".repeat(300)), 7)), Owner::LongName);
        for key in ["", "a", "2/5/a/v7", "2/5/a/x7/original", "2/5/%2e/v7/original", "x/5/a/v7/b"] {
            assert_eq!(owner(key), Owner::Stranger, "{key}");
        }
    }

    #[test]
    fn no_name_leaves_its_folder() {
        for (name, escaped) in [
            ("..", "%2E."),
            (".", "%2E"),
            (".hidden", "%2Ehidden"),
            ("a/b", "a%2Fb"),
            ("a\\b", "a%5Cb"),
            ("a\0b", "a%00b"),
            ("%2E%2E", "%252E%252E"),
            ("a b#1", "a%20b%231"),
            ("é", "%C3%A9"),
            ("~", "%7E"),
        ] {
            assert_eq!(escape(name), escaped, "{name:?}");
        }
    }

    #[test]
    fn long_names_are_cut_and_stay_different() {
        let long = "é".repeat(250);
        let longer = format!("{long}x");
        assert!(escape(&long).len() <= MAX_NAME_BYTES);
        assert_ne!(escape(&long), escape(&longer));
        assert_ne!(escape(&escape(&long)), escape(&long), "a name that looks like a cut one");
    }

    #[test]
    fn different_names_have_different_keys() {
        let names = ["a", "A", "a.", ".a", "%61", "a%", "a~", "a_", "a-", "a b", "a+b", "a%20b"];
        let keys: HashSet<_> = names.iter().map(|name| asset_prefix(&id(name))).collect();
        assert_eq!(keys.len(), names.len());
    }
}
