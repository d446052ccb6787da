//! What a customer's own delivery channel policy may be called and say.

use iiif::image::{Size, SizeForm, Version};
use model::{AvPreset, DeliveryChannel};
use serde_json::Value;

use crate::Error;

const MAX_ENTRIES: usize = 100;

/// Customers have policies of their own for sizes and for transcodes; all others are the system's.
pub(crate) fn check_channel(channel: DeliveryChannel) -> Result<(), Error> {
    match channel {
        DeliveryChannel::Thumbs | DeliveryChannel::IiifAv => Ok(()),
        DeliveryChannel::IiifImg | DeliveryChannel::File | DeliveryChannel::None => {
            Err(Error::Invalid(format!(
                "'{channel}' is not a valid/permitted delivery channel; use thumbs or iiif-av"
            )))
        }
    }
}

/// A name stands in an address, where it must not need a second look.
pub(crate) fn check_name(name: &str) -> Result<(), Error> {
    let is_refused = |c: char| c.is_whitespace() || c.is_control() || c.is_ascii_uppercase();
    if name.is_empty() || name == "." || name == ".." || name.contains(['/', '\\']) {
        return Err(Error::Invalid("'name' is invalid".into()));
    }
    if name.len() > 100 || name.chars().any(is_refused) {
        let text = "'name' is invalid: it must have at most 100 bytes, no blanks and no capitals";
        return Err(Error::Invalid(text.into()));
    }
    Ok(())
}

/// `data` is a JSON array in a text, of sizes or of presets.
pub(crate) fn check_data(channel: DeliveryChannel, data: &str) -> Result<(), Error> {
    let bad = |reason: &str| {
        let text = format!("'policyData' contains bad JSON or invalid data: {reason}");
        Err(Error::Invalid(text))
    };
    let Ok(Value::Array(entries)) = serde_json::from_str(data) else {
        return bad("it must be a JSON array, as a text");
    };
    let entries: Option<Vec<_>> = entries.iter().map(Value::as_str).collect();
    let Some(entries) = entries.filter(|entries| !entries.is_empty()) else {
        return bad("it must be an array of texts, and not empty");
    };
    if entries.len() > MAX_ENTRIES {
        return bad(&format!("more than {MAX_ENTRIES} entries"));
    }
    for (n, entry) in entries.iter().enumerate() {
        match channel {
            DeliveryChannel::IiifAv if entry.parse::<AvPreset>().is_err() => {
                let known = AvPreset::ALL.map(AvPreset::as_str).join(", ");
                return bad(&format!("'{entry}' is none of {known}"));
            }
            DeliveryChannel::IiifAv if entries.iter().take(n).any(|other| other == entry) => {
                return bad(&format!("'{entry}' is there twice"));
            }
            DeliveryChannel::Thumbs if !is_thumbnail_size(entry) => {
                return bad(&format!("'{entry}' is none of w, or ,h or !w,h"));
            }
            DeliveryChannel::IiifAv
            | DeliveryChannel::Thumbs
            | DeliveryChannel::IiifImg
            | DeliveryChannel::File
            | DeliveryChannel::None => (),
        }
    }
    Ok(())
}

/// A size that no image can be distorted by.
fn is_thumbnail_size(text: &str) -> bool {
    let is_side = |side: u64| (1..=u64::from(u32::MAX)).contains(&side);
    Size::parse(text, Version::V3).is_some_and(|size| match size.form {
        SizeForm::Width(side) | SizeForm::Height(side) => is_side(side),
        SizeForm::Confined { w, h } => is_side(w) && is_side(h),
        SizeForm::Max | SizeForm::Percent(_) | SizeForm::Exact { .. } => false,
    })
}

/// Is this what a default delivery channel may name: `*`, `image/*`, `image/jpeg`?
pub(crate) fn check_pattern(pattern: &str, channel: DeliveryChannel) -> Result<(), Error> {
    if pattern.contains('?') {
        return Err(Error::Invalid("'?' is a forbidden character".into()));
    }
    if pattern == "*" {
        return Ok(());
    }
    // Any type that the pattern covers speaks for all.
    let example = pattern.strip_suffix("/*").map(|kind| format!("{kind}/any"));
    let example = example.as_deref().unwrap_or(pattern).parse::<model::MediaType>();
    let Some(example) = example.ok().filter(|_| !pattern.trim_end_matches("/*").contains('*'))
    else {
        return Err(Error::Invalid(format!(
            "'{pattern}' is not a media type such as image/jpeg, image/* or *"
        )));
    };
    if !example.suits(channel) {
        return Err(Error::Invalid(format!(
            "'{channel}' is not a valid delivery channel for asset of type '{pattern}'"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_that_keep_the_shape_of_an_image() {
        let check = |data: &str| check_data(DeliveryChannel::Thumbs, data);
        for data in [r#"["!1024,1024"]"#, r#"["400,", ",400", "^!10,20", "^400,", "^,400"]"#] {
            assert!(check(data).is_ok(), "{data}");
        }
        for data in [
            "",
            "[]",
            "{}",
            "null",
            "\"400,\"",
            "[400]",
            "[",
            "[\"\"]",
            "[\"max\"]",
            "[\"pct:50\"]",
            "[\"400,300\"]",
            "[\"!400,\"]",
            "[\"!,400\"]",
            "[\"0,\"]",
            "[\"400, \"]",
            "[\"full\"]",
            "[\"-1,\"]",
            "[\"99999999999,\"]",
            "[\"400,\", null]",
        ] {
            assert!(matches!(check(data), Err(Error::Invalid(_))), "{data}");
        }
        let long = serde_json::json!(vec!["400,"; 101]).to_string();
        assert!(check(&long).is_err());
    }

    #[test]
    fn presets_are_known_and_named_once() {
        let check = |data: &str| check_data(DeliveryChannel::IiifAv, data);
        assert!(check(r#"["video-mp4-720p", "audio-mp3-128"]"#).is_ok());
        for data in [r#"["mp4"]"#, r#"[""]"#, r#"["audio-mp3-128", "audio-mp3-128"]"#] {
            assert!(check(data).is_err(), "{data}");
        }
    }

    #[test]
    fn names_can_stand_in_an_address() {
        for name in ["default", "my-own_2.0", "größe", "a+b"] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        for name in ["", "a b", "Big", "a/b", "a\\b", "..", "a\n", "a\u{a0}b", &"x".repeat(101)] {
            assert!(check_name(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn patterns_are_types_or_begin_as_one() {
        use DeliveryChannel::{File, IiifAv, IiifImg};
        for (pattern, channel) in
            [("*", IiifImg), ("image/*", IiifImg), ("image/tiff", IiifImg), ("audio/*", IiifAv)]
        {
            assert!(check_pattern(pattern, channel).is_ok(), "{pattern}");
        }
        for (pattern, channel) in [
            ("", File),
            ("image", File),
            ("*/*", File),
            ("image/t*", File),
            ("im?ge/*", File),
            ("video/*", IiifImg),
            ("image/tiff", IiifAv),
            ("**", File),
        ] {
            assert!(check_pattern(pattern, channel).is_err(), "{pattern}");
        }
    }
}
