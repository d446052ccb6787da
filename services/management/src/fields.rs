use std::{collections::HashMap, fmt::Display, ops::RangeInclusive};

use catalogue::Change;
use serde_json::{Map, Value};

use crate::error::Error;

/// The longest text that a property may hold, unless it has a rule of its own.
const MAX_TEXT: usize = 2000;
/// The most members that a list such as `tags` may have.
const MAX_LIST: usize = 1000;

/// The properties of a body, read as kindly as clients of the DLCS are used to.
///
/// Names match in any case, numbers may be texts and texts numbers, one value may stand for a list of one, `null` is
/// the same as nothing unless asked for. What can't be understood is collected, so that the sender hears of everything
/// that is wrong at once.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    fields: HashMap<String, Value>,
    faults: Vec<String>,
}

impl Fields {
    pub(crate) fn new(object: Map<String, Value>) -> Self {
        let fields = object.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value));
        Self { fields: fields.collect(), faults: Vec::new() }
    }

    /// Is there a value other than `null`?
    pub(crate) fn has(&self, name: &str) -> bool {
        self.fields.get(&name.to_ascii_lowercase()).is_some_and(|value| !value.is_null())
    }

    /// Says something in the place of the sender.
    pub(crate) fn put(&mut self, name: &str, value: Value) {
        self.fields.insert(name.to_ascii_lowercase(), value);
    }

    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        self.fields.remove(&name.to_ascii_lowercase()).filter(|value| !value.is_null())
    }

    /// A text or number that is to be read again.
    pub(crate) fn peek_text(&self, name: &str) -> Option<String> {
        scalar_text(self.fields.get(&name.to_ascii_lowercase())?)
    }

    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        self.text_up_to(name, MAX_TEXT)
    }

    pub(crate) fn text_up_to(&mut self, name: &str, max_bytes: usize) -> Option<String> {
        let value = self.take(name)?;
        self.read(name, "a text", as_text(value), |text| check_text(text, max_bytes))
    }

    pub(crate) fn whole_number<T>(&mut self, name: &str, within: RangeInclusive<T>) -> Option<T>
    where
        T: TryFrom<i128> + PartialOrd + Display + Copy,
    {
        let value = self.take(name)?;
        let (least, most) = (*within.start(), *within.end());
        let number = as_whole_number(&value).and_then(|number| T::try_from(number).ok());
        let number = number.filter(|number| within.contains(number));
        self.read(name, &format!("a whole number from {least} to {most}"), number, |_| Ok(()))
    }

    /// `true` and `"true"` are the same.
    pub(crate) fn truth(&mut self, name: &str) -> Option<bool> {
        let text = as_text(self.take(name)?);
        let truth = text.and_then(|text| text.trim().to_ascii_lowercase().parse().ok());
        self.read(name, "true or false", truth, |_| Ok(()))
    }

    pub(crate) fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        let value = self.take(name)?;
        let values = if let Value::Array(values) = value { values } else { vec![value] };
        let texts = values.into_iter().map(as_text).collect::<Option<Vec<_>>>();
        self.read(name, "a list of texts", texts, |texts| {
            if texts.len() > MAX_LIST {
                return Err(format!("must not have more than {MAX_LIST} members"));
            }
            texts.iter().try_for_each(|text| check_text(text, MAX_TEXT))
        })
    }

    /// A property that `null` empties.
    pub(crate) fn change<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self, &str) -> Option<T>,
    ) -> Change<T> {
        if self.is_null(name) {
            return Change::Clear;
        }
        read(self, name).map_or(Change::Keep, Change::Set)
    }

    pub(crate) fn fault(&mut self, fault: impl Into<String>) {
        self.faults.push(fault.into());
    }

    /// Says everything that was wrong with the body, if anything was.
    pub(crate) fn finish(self) -> Result<(), Error> {
        if self.faults.is_empty() { Ok(()) } else { Err(Error::Invalid(self.faults)) }
    }

    fn is_null(&self, name: &str) -> bool {
        self.fields.get(&name.to_ascii_lowercase()).is_some_and(Value::is_null)
    }

    fn read<T>(
        &mut self,
        name: &str,
        expected: &str,
        value: Option<T>,
        check: impl Fn(&T) -> Result<(), String>,
    ) -> Option<T> {
        let Some(value) = value else {
            self.fault(format!("'{name}' must be {expected}"));
            return None;
        };
        match check(&value) {
            Ok(()) => Some(value),
            Err(fault) => {
                self.fault(format!("'{name}' {fault}"));
                None
            }
        }
    }
}

/// A text that every database can keep and index.
fn check_text(text: &str, max_bytes: usize) -> Result<(), String> {
    if text.len() > max_bytes {
        return Err(format!("must not be longer than {max_bytes} bytes"));
    }
    if text.contains('\0') {
        return Err("must not contain the character NUL".to_owned());
    }
    Ok(())
}

/// A text, number or truth as a text.
pub(crate) fn scalar_text(value: &Value) -> Option<String> {
    as_text(value.clone())
}

fn as_text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// `5`, `5.0` and `"5"` are all five; `5.5` is none.
pub(crate) fn as_whole_number(value: &Value) -> Option<i128> {
    match value {
        Value::Number(number) => number
            .as_i64()
            .map(i128::from)
            .or_else(|| number.as_u64().map(i128::from))
            .or_else(|| number.as_f64().and_then(whole)),
        Value::String(text) => {
            text.trim().parse().ok().or_else(|| text.trim().parse().ok().and_then(whole))
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn whole(number: f64) -> Option<i128> {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i128)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(value: Value) -> Fields {
        Fields::new(value.as_object().cloned().unwrap())
    }

    fn faults(fields: Fields) -> String {
        match fields.finish() {
            Err(Error::Invalid(faults)) => faults.join(". "),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn names_match_in_any_case() {
        let mut fields = fields(json!({"Name": "maps", "MAXWIDTH": 9}));
        assert_eq!(fields.text("name").as_deref(), Some("maps"));
        assert_eq!(fields.whole_number("maxWidth", 0..=10), Some(9));
        fields.finish().unwrap();
    }

    #[test]
    fn numbers_may_be_texts_and_texts_numbers() {
        let mut fields = fields(json!({"a": "5", "b": 5.0, "c": " -5 ", "d": 5, "e": true}));
        for (name, number) in [("a", 5), ("b", 5), ("c", -5)] {
            assert_eq!(fields.whole_number::<i64>(name, -9..=9), Some(number), "{name}");
        }
        assert_eq!(fields.text("d").as_deref(), Some("5"));
        assert_eq!(fields.text("e").as_deref(), Some("true"));
    }

    #[test]
    fn numbers_that_are_none_or_too_large_are_named_with_what_is_accepted() {
        for value in
            [json!(1e300), json!("99999999999999999999999999999999999999999999"), json!([])]
        {
            let mut fields = fields(json!({"number1": value}));
            assert_eq!(fields.whole_number::<i64>("number1", -1..=100), None);
            assert_eq!(faults(fields), "'number1' must be a whole number from -1 to 100");
        }
    }

    #[test]
    fn one_value_stands_for_a_list_of_one() {
        let mut fields = fields(json!({"roles": "staff", "tags": ["a", 2]}));
        assert_eq!(fields.texts("roles").unwrap(), ["staff"]);
        assert_eq!(fields.texts("tags").unwrap(), ["a", "2"]);
    }

    #[test]
    fn null_is_nothing_unless_it_may_empty() {
        let mut fields = fields(json!({"a": null, "b": null, "c": "x"}));
        assert_eq!(fields.text("a"), None);
        assert_eq!(fields.change("b", Fields::text), Change::Clear);
        assert_eq!(fields.change("c", Fields::text), Change::Set("x".to_owned()));
        assert_eq!(fields.change("absent", Fields::text), Change::Keep);
        fields.finish().unwrap();
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let mut fields = fields(json!({"a": {}, "b": "x\0y", "c": ["ok", {}], "d": "x".repeat(9)}));
        fields.text("a");
        fields.text("b");
        fields.texts("c");
        fields.text_up_to("d", 8);
        assert_eq!(
            faults(fields),
            "'a' must be a text. 'b' must not contain the character NUL. \
             'c' must be a list of texts. 'd' must not be longer than 8 bytes"
        );
    }
}
