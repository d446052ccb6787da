//! Which images a query asks for: one grammar for `q`, for a POSTed query, and for the shortcuts in an address.
//!
//! Each property is named with a value, a list of values of which one must be equal, or an object of comparisons. The
//! guide (`docs/guide/registering.md`) describes it for those who ask.

use catalogue::{
    AssetFilter, AssetTest, BatchScope, Comparison, LabelList, Literal, LiteralKind, Reach,
    Testable,
};
use serde_json::{Map, Value};
use time::{
    Date, OffsetDateTime, Time, format_description::well_known::Rfc3339, macros::format_description,
};

use crate::{
    error::Error,
    fields::{as_whole_number, scalar_text},
    query::Query,
};

const UNREADABLE: &str = "Could not parse query";
/// The most values that one property may be compared with.
const MAX_VALUES: usize = 500;
const MAX_TEXT: usize = 2000;
const COMPARISONS: [(&str, Comparison); 4] = [
    ("gt", Comparison::Above),
    ("gte", Comparison::AtLeast),
    ("lt", Comparison::Below),
    ("lte", Comparison::AtMost),
];

/// The part of the library in which images are looked for.
#[derive(Debug, Clone)]
pub(crate) struct Within {
    pub(crate) reach: Reach,
    pub(crate) space: Option<u32>,
    pub(crate) batch: Option<BatchScope>,
}

/// The JSON of `q`, if it is there.
pub(super) fn q_of(query: &Query) -> Result<Map<String, Value>, Error> {
    match query.get("q").map(serde_json::from_str) {
        None => Ok(Map::new()),
        Some(Ok(Value::Object(object))) => Ok(object),
        Some(_) => Err(Error::invalid(UNREADABLE)),
    }
}

/// What `q` and the shortcuts ask for; where both name a property, `q` counts. All faults are told at once.
pub(super) fn image_filter(
    mut q: Map<String, Value>,
    query: &Query,
    scope: &mut Within,
) -> Result<AssetFilter, Error> {
    for (name, shortcut) in shortcuts(query) {
        if !q.keys().any(|known| known.eq_ignore_ascii_case(name)) {
            q.insert(name.to_owned(), shortcut);
        }
    }
    let (mut tests, mut faults) = (Vec::new(), Vec::new());
    for (name, value) in q {
        match read(&name, value) {
            Ok(read) => tests.extend(read),
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    tests.extend(within_reach(&scope.reach));
    narrow(scope, &mut tests);
    Ok(AssetFilter { tests, batch: scope.batch })
}

/// What keeps a query to the spaces that the caller reaches.
fn within_reach(reach: &Reach) -> Option<AssetTest> {
    let space = Testable::ALL.into_iter().find(|(name, _)| *name == "space")?.1;
    let spaces = reach.spaces.as_ref()?;
    Some(AssetTest::OneOf(space, spaces.iter().map(|id| Literal::Number((*id).into())).collect()))
}

/// A query for one space is as good as the address of that space, whose images are counted already.
fn narrow(scope: &mut Within, tests: &mut Vec<AssetTest>) {
    let one_space = |test: &AssetTest| {
        let AssetTest::OneOf(property, literals) = test else { return None };
        let [Literal::Number(space)] = literals[..] else { return None };
        u32::try_from(space).ok().filter(|_| property.is("space"))
    };
    if let Some((at, space)) =
        tests.iter().enumerate().find_map(|(n, it)| Some((n, one_space(it)?)))
        && scope.space.is_none_or(|own| own == space)
    {
        scope.space = Some(space);
        tests.remove(at);
    }
}

fn shortcuts(query: &Query) -> impl Iterator<Item = (&'static str, Value)> {
    let single = Testable::ALL
        .into_iter()
        .filter_map(|(name, _)| Some((name, Value::from(query.get(name)?))));
    let lists = LabelList::ALL.into_iter().filter_map(|(name, _)| {
        let values = query.get(name)?.split(',').map(str::trim).filter(|value| !value.is_empty());
        Some((name, values.collect::<Value>()))
    });
    single.chain(lists)
}

fn read(name: &str, value: Value) -> Result<Vec<AssetTest>, String> {
    if value.is_null() {
        return Ok(Vec::new());
    }
    let list = LabelList::ALL.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    if let Some((name, list)) = list {
        return labels(name, list, value);
    }
    let property: Testable = name.parse().map_err(|error: catalogue::Error| error.to_string())?;
    let one_of = |value| Ok(one_of(name, property, value)?.into_iter().collect());
    match value {
        Value::Bool(exists) if property.is_optional => {
            Ok(vec![AssetTest::Exists(property, exists)])
        }
        Value::Object(comparisons) => {
            let read =
                comparisons.into_iter().map(|(key, value)| comparison(name, property, &key, value));
            Ok(read.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            one_of(value)
        }
    }
}

fn comparison(
    name: &str,
    property: Testable,
    key: &str,
    value: Value,
) -> Result<Option<AssetTest>, String> {
    let known = COMPARISONS.into_iter().find(|(known, _)| *known == key);
    match (key, known, value) {
        (_, Some((_, comparison)), value) => {
            Ok(Some(AssetTest::Compared(property, comparison, literal(name, property, &value)?)))
        }
        ("in", _, value) => one_of(name, property, value),
        ("exists", _, Value::Bool(exists)) => Ok(Some(AssetTest::Exists(property, exists))),
        ("exists", _, _) => Err(format!("'exists' of '{name}' must be true or false")),
        _ => Err(format!(
            "'{name}' cannot be compared by '{key}'; use gt, gte, lt, lte, in or exists"
        )),
    }
}

/// An empty list asks for nothing: clients send it for what they don't know.
fn one_of(name: &str, property: Testable, value: Value) -> Result<Option<AssetTest>, String> {
    let values = if let Value::Array(values) = value { values } else { vec![value] };
    check_count(name, values.len())?;
    let literals = values.iter().map(|value| literal(name, property, value));
    let literals = literals.collect::<Result<Vec<_>, _>>()?;
    Ok((!literals.is_empty()).then_some(AssetTest::OneOf(property, literals)))
}

fn labels(name: &str, list: LabelList, value: Value) -> Result<Vec<AssetTest>, String> {
    let pairs = if let Value::Object(object) = value {
        object.into_iter().collect()
    } else {
        vec![("any".to_owned(), value)]
    };
    let mut tests = Vec::new();
    for (key, value) in pairs {
        let values = if let Value::Array(values) = value { values } else { vec![value] };
        check_count(name, values.len())?;
        let values = values.iter().map(|value| text(name, value)).collect::<Result<Vec<_>, _>>()?;
        let test = match key.as_str() {
            "any" => AssetTest::HasAny(list, values.clone()),
            "all" => AssetTest::HasAll(list, values.clone()),
            _ => return Err(format!("'{name}' cannot be compared by '{key}'; use any or all")),
        };
        tests.extend((!values.is_empty()).then_some(test));
    }
    Ok(tests)
}

fn check_count(name: &str, count: usize) -> Result<(), String> {
    if count > MAX_VALUES {
        return Err(format!("'{name}' must not be compared with more than {MAX_VALUES} values"));
    }
    Ok(())
}

fn literal(name: &str, property: Testable, value: &Value) -> Result<Literal, String> {
    let expected = match property.kind {
        LiteralKind::Text => return text(name, value).map(Literal::Text),
        LiteralKind::Number => {
            let number = as_whole_number(value).and_then(|number| i64::try_from(number).ok());
            number.map(Literal::Number).ok_or("a whole number")
        }
        LiteralKind::Moment => moment(value)
            .map(Literal::Number)
            .ok_or("a date, or a time with its zone, as in RFC 3339"),
        LiteralKind::Truth => match value {
            Value::Bool(truth) => Ok(Literal::Truth(*truth)),
            Value::String(text) => text
                .trim()
                .to_ascii_lowercase()
                .parse()
                .map(Literal::Truth)
                .map_err(|_| "true or false"),
            Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                Err("true or false")
            }
        },
    };
    expected.map_err(|expected| format!("'{name}' must be {expected}"))
}

fn text(name: &str, value: &Value) -> Result<String, String> {
    let text = scalar_text(value).ok_or_else(|| format!("'{name}' must be compared with texts"))?;
    if text.len() > MAX_TEXT || text.contains('\0') {
        return Err(format!("'{name}' must be compared with texts of {MAX_TEXT} bytes at most"));
    }
    Ok(text)
}

/// In microseconds since 1970; a date alone is its beginning.
fn moment(value: &Value) -> Option<i64> {
    let text = value.as_str()?.trim();
    let date = Date::parse(text, format_description!("[year]-[month]-[day]"));
    let moment = match date {
        Ok(date) => date.with_time(Time::MIDNIGHT).assume_utc(),
        Err(_) => OffsetDateTime::parse(text, &Rfc3339).ok()?,
    };
    i64::try_from(moment.unix_timestamp_nanos() / 1000).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn filter(q: Value) -> Result<(Within, AssetFilter), String> {
        let mut scope = Within { reach: 2.into(), space: None, batch: None };
        let q = q.as_object().cloned().unwrap();
        let filter = image_filter(q, &Query::default(), &mut scope);
        Ok((scope, filter.map_err(|error| error.to_string())?))
    }

    #[test]
    fn what_says_nothing_asks_for_everything() {
        for q in
            [json!({}), json!({"string1": null, "tags": [], "number1": [], "roles": {"all": []}})]
        {
            assert!(filter(q.clone()).unwrap().1.is_empty(), "{q}");
        }
    }

    #[test]
    fn a_query_for_one_space_is_a_query_in_that_space() {
        let (scope, filter) = filter(json!({"Space": "4"})).unwrap();
        assert!(scope.space == Some(4) && filter.is_empty());
    }

    #[test]
    fn everything_that_makes_no_sense_is_told_at_once() {
        for (q, fault) in [
            (json!({"colour": "red"}), "Assets cannot be searched by 'colour'"),
            (json!({"number1": "x"}), "'number1' must be a whole number"),
            (json!({"number1": {"gt": []}}), "'number1' must be a whole number"),
            (json!({"created": {"gte": "yesterday"}}), "'created' must be a date, or a time"),
            (json!({"created": 7}), "'created' must be a date, or a time"),
            (json!({"ingesting": "maybe"}), "'ingesting' must be true or false"),
            (json!({"string1": {"like": "x"}}), "'string1' cannot be compared by 'like'; use gt"),
            (json!({"string1": [{}]}), "'string1' must be compared with texts"),
            (json!({"string1": "x".repeat(2001)}), "texts of 2000 bytes at most"),
            (
                json!({"tags": {"none": ["a"]}}),
                "'tags' cannot be compared by 'none'; use any or all",
            ),
            (json!({"id": vec!["a"; 501]}), "'id' must not be compared with more than 500 values"),
            (json!({"error": {"exists": 1}}), "'exists' of 'error' must be true or false"),
            (json!({"width": "x", "height": "y"}), "'width' must be a whole number"),
        ] {
            let told = filter(q.clone()).unwrap_err();
            assert!(told.to_lowercase().contains(&fault.to_lowercase()), "{q}: {told}");
        }
    }
}
