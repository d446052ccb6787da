use serde_json::Value;

use super::image_fields::Subject;
use crate::fields::Fields;

const MEASURES: [&str; 3] = ["width", "height", "duration"];
const RECORDS: [&str; 4] = ["batch", "finished", "created", "error"];
const OLD_POLICIES: [&str; 2] = ["imageOptimisationPolicy", "thumbnailPolicy"];
/// What .NET writes for a time that it doesn't know.
const NO_TIME: &str = "0001-01-01T00:00:00";

/// Refuses what only the server says of an asset.
pub(super) fn check_put(fields: &mut Fields, subject: &Subject<'_>) {
    check(fields, subject);
    for name in MEASURES {
        if says_something(fields, name) {
            fields.fault(format!("Should not include {name}"));
        }
    }
}

/// The same for a PATCH, which the DLCS words otherwise.
pub(super) fn check_patch(fields: &mut Fields, subject: &Subject<'_>) {
    check(fields, subject);
    for (name, title) in MEASURES.into_iter().zip(["Width", "Height", "Duration"]) {
        if says_something(fields, name) {
            fields.fault(format!("{title} cannot be edited."));
        }
    }
    if fields.has("file") {
        fields.fault("'file' can only be sent with PUT or POST");
    }
}

fn check(fields: &mut Fields, subject: &Subject<'_>) {
    for name in RECORDS {
        if says_something(fields, name) {
            fields.fault(format!("Should not include {name}"));
        }
    }
    for name in OLD_POLICIES {
        if fields.has(name) && !subject.is_legacy() {
            fields.fault(format!("'{name}' is deprecated. Use 'deliveryChannels' instead."));
        }
    }
    let family = fields.text("family").filter(|family| !family.is_empty());
    if let (Some(family), Some(stored)) = (family, subject.stored)
        && !family.eq_ignore_ascii_case(stored.family.as_str())
    {
        fields.fault("Family cannot be edited.");
    }
}

/// Clients send empty values for what they don't know.
fn says_something(fields: &mut Fields, name: &str) -> bool {
    match fields.take(name) {
        None | Some(Value::Null) => false,
        Some(Value::String(text)) => !(text.is_empty() || text == "0" || text.starts_with(NO_TIME)),
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => true,
    }
}
