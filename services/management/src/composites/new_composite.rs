use catalogue::{NewComposite, PageTemplate};
use model::{AssetId, NumberFormat, Origin};
use serde_json::json;

use crate::{
    ManagementConfig,
    error::Error,
    fields::Fields,
    images::{Subject, put_fields},
};

/// What a document may be said to be; what it is, its bytes tell.
const FORMATS: [&str; 5] = [
    "application/pdf",
    "image/tiff",
    "application/zip",
    "application/x-zip-compressed",
    "application/vnd.comicbook+zip",
];
/// What its pages are judged as.
const PAGE: &str = "image/jpeg";
/// Where the pages of the sample lie: they are judged before there are any.
const SAMPLE: &str = "https://pages.invalid/1.jpg";

const STRINGS: [&str; 3] = ["string1", "string2", "string3"];
const NUMBERS: [&str; 3] = ["number1", "number2", "number3"];

/// Reads a composite, and judges its first page as if it were registered now.
pub(super) fn new_composite(
    mut fields: Fields,
    customer: u32,
    config: &ManagementConfig,
) -> Result<NewComposite, Error> {
    let name = format(&mut fields, "id");
    match &name {
        None => fields.fault("'id' is required, with a place for the number: page-{:04d}"),
        Some(name) if !name.has_place() => {
            fields.fault("'id' must have a place for the number of the page: page-{:04d}");
        }
        Some(_) => (),
    }
    let strings = STRINGS.map(|property| format(&mut fields, property));
    let numbers = NUMBERS.map(|property| format(&mut fields, property));
    let space = required(&mut fields, "space", 1..=u32::MAX);
    let seed = required(&mut fields, "incrementSeed", i64::from(i32::MIN)..=i64::from(i32::MAX));
    let origin = origin(&mut fields);
    if fields.text("originFormat").is_some_and(|told| !FORMATS.contains(&&*told)) {
        fields.fault("'originFormat' must be application/pdf, image/tiff or application/zip");
    }
    // The place in the storage is ours, and what pages are we know.
    for ignored in ["compositeId", "mediaType", "family", "text", "textType", "@type"] {
        fields.take(ignored);
    }
    let (Some(name), Some(space), Some(seed), Some(origin)) = (name, space, seed, origin) else {
        fields.finish()?;
        return Err(Error::invalid(
            "A composite needs 'id', 'space', 'origin' and 'incrementSeed'",
        ));
    };
    let first = AssetId::new(customer, space, name.with(seed));
    let first = first.map_err(|fault| Error::invalid(fault.to_string()))?;
    fields.put("mediaType", json!(PAGE));
    fields.put("origin", json!(SAMPLE));
    let subject = Subject { id: &first, stored: None, config };
    let same = put_fields(fields, &subject, false)?;
    let texts = |formats: [Option<NumberFormat>; 3]| {
        formats.map(|format| format.map(|format| format.as_str().to_owned()))
    };
    let formats = (texts(strings), texts(numbers));
    let template = PageTemplate::new(name.as_str().to_owned(), formats, same);
    let page = template.page(first, seed, (Origin::Http(SAMPLE.to_owned()), PAGE));
    page.map_err(|fault| Error::invalid(fault.to_string()))?;
    Ok(NewComposite { space, origin, seed, template })
}

/// A text with places for the number of the page.
fn format(fields: &mut Fields, property: &str) -> Option<NumberFormat> {
    let text = fields.text(property)?;
    match text.parse() {
        Ok(format) => Some(format),
        Err(fault) => {
            fields.fault(format!("'{property}': {fault}"));
            None
        }
    }
}

fn required<T>(fields: &mut Fields, name: &str, within: std::ops::RangeInclusive<T>) -> Option<T>
where
    T: TryFrom<i128> + PartialOrd + std::fmt::Display + Copy,
{
    if !fields.has(name) {
        fields.fault(format!("'{name}' is required"));
        return None;
    }
    fields.whole_number(name, within)
}

fn origin(fields: &mut Fields) -> Option<Origin> {
    let Some(text) = fields.text_up_to("origin", 8 * 1024) else {
        fields.fault("'origin' is required");
        return None;
    };
    match text.parse() {
        Ok(Origin::Upload(_)) => {
            fields.fault("'origin' cannot name an upload");
            None
        }
        Ok(origin) => Some(origin),
        Err(fault) => {
            fields.fault(format!("'origin' is not usable: {fault}"));
            None
        }
    }
}
