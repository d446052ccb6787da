use catalogue::AssetFilter;
use serde_json::Value;

use crate::{error::Error, fields::Fields, query::Query};

const UNREADABLE: &str = "Could not parse query";

/// Which images a query asks for, in a space: by the JSON of `q`, and by `string1` to `number3` themselves.
///
/// `None` where the query asks for another space. Where both ways name a property, `q` counts.
pub(super) fn image_filter(query: &Query, space: u32) -> Result<Option<AssetFilter>, Error> {
    let mut fields = from_q(query)?;
    for name in ["manifests"] {
        if fields.has(name) || query.get(name).is_some() {
            return Err(Error::invalid(format!("Images cannot be searched by '{name}' yet")));
        }
    }
    let mut text = |name: &str| fields.text(name).or_else(|| query.get(name).map(str::to_owned));
    let (string1, string2, string3) = (text("string1"), text("string2"), text("string3"));
    let mut number = |name: &str| match fields.has(name) {
        true => Ok(fields.whole_number(name, i64::MIN..=i64::MAX)),
        false => query.whole_number(name),
    };
    let (number1, number2, number3) = (number("number1")?, number("number2")?, number("number3")?);
    let asked_space = fields.whole_number("space", 0..=u32::MAX);
    fields.finish()?;
    let filter = AssetFilter { string1, string2, string3, number1, number2, number3 };
    Ok(asked_space.is_none_or(|asked| asked == space).then_some(filter))
}

fn from_q(query: &Query) -> Result<Fields, Error> {
    match query.get("q").map(serde_json::from_str) {
        None => Ok(Fields::default()),
        Some(Ok(Value::Object(object))) => Ok(Fields::new(object)),
        Some(_) => Err(Error::invalid(UNREADABLE)),
    }
}
