use catalogue::{Change, Credentials, OriginStrategyFields};
use serde_json::Value;

use crate::{error::Error, fields::Fields, references::last_segment};

/// What credentials look like in every answer; sent back, it means those that are there.
const HIDDEN: &str = "xxx";
const MAX_REGEX: usize = 1000;

/// What a body says of an origin strategy.
pub(super) fn origin_strategy_fields(mut fields: Fields) -> Result<OriginStrategyFields, Error> {
    let read = OriginStrategyFields {
        regex: fields.change("regex", |fields, name| fields.text_up_to(name, MAX_REGEX)),
        strategy: fields.change("strategy", |fields, name| {
            fields.text(name).map(|text| last_segment(&text).unwrap_or_default())
        }),
        credentials: credentials(&mut fields),
        optimised: fields.change("optimised", Fields::truth),
        order: fields
            .change("order", |fields, name| fields.whole_number(name, i32::MIN..=i32::MAX)),
    };
    fields.finish()?;
    Ok(read)
}

/// `{"user": …, "password": …}`, in a text as the DLCS has it, or as it is. Whether it fits the strategy, the catalogue says.
fn credentials(fields: &mut Fields) -> Change<Credentials> {
    let change = fields.change("credentials", |fields, name| fields.take(name));
    let value = match change {
        Change::Keep => return Change::Keep,
        Change::Clear => return Change::Clear,
        Change::Set(Value::String(text)) => match text.trim() {
            HIDDEN => return Change::Keep,
            "" => return Change::Clear,
            text => serde_json::from_str(text).unwrap_or_default(),
        },
        Change::Set(value) => value,
    };
    if let Some(Ok(credentials)) = value.is_object().then(|| serde_json::from_value(value)) {
        return Change::Set(credentials);
    }
    // What is wrong is not repeated: it may be a secret in the wrong place.
    fields.fault(
        "'credentials' must be a text with {\"user\": \"…\", \"password\": \"…\"}, or with what else the \
         strategy needs",
    );
    Change::Keep
}
