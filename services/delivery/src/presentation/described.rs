use std::io;

use catalogue::AssetCard;
use iiif::presentation::Description;
use model::named_query::{Field, Question};
use serde_json::Value;

use super::asked::Asked;

/// What a named query says of its manifests, with `{s1}` and the like replaced by what was asked for.
///
/// It was read when it was saved; that it can't be now is nobody's fault who asks.
pub(super) fn description(asked: &Asked) -> io::Result<Description> {
    let Some(text) = &asked.query.presentation else { return Ok(Description::default()) };
    let mut said = serde_json::from_str(text).map_err(io::Error::other)?;
    expand(&mut said, &asked.question, false);
    Description::read(&said).map_err(io::Error::other)
}

fn expand(value: &mut Value, question: &Question, is_address: bool) {
    match value {
        Value::String(text) if is_address => *text = question.expand_in_address(text),
        Value::String(text) => *text = question.expand(text),
        Value::Array(values) => {
            values.iter_mut().for_each(|value| expand(value, question, is_address));
        }
        Value::Object(map) => {
            map.iter_mut().for_each(|(name, value)| expand(value, question, name == "id"));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => (),
    }
}

/// The text of an asset's property, if there is one; a number is always there.
pub(super) fn value_of(card: &AssetCard, field: Field) -> Option<String> {
    let text = match field {
        Field::String1 => card.string1.clone(),
        Field::String2 => card.string2.clone(),
        Field::String3 => card.string3.clone(),
        Field::Number1 => Some(card.number1.to_string()),
        Field::Number2 => Some(card.number2.to_string()),
        Field::Number3 => Some(card.number3.to_string()),
        // Templates can't name these for it.
        Field::Space | Field::SpaceName | Field::Batch | Field::Manifest => None,
    };
    text.filter(|text| !text.is_empty())
}
