//! A table of assets, with the columns of the DLCS's portals, old and new.

use lists::{Row, Table};
use model::MediaType;
use serde_json::{Map, Value};

use crate::{error::Error, fields::Fields, members::Member};

/// The most lines of one table.
const MAX_LINES: usize = 10_000;

/// What a column is called, and which property it fills; without one, it is the reader's own affair.
const COLUMNS: [(&str, Option<&str>); 22] = [
    ("type", None),
    ("line", None),
    ("space", Some("space")),
    ("id", Some("id")),
    ("origin", Some("origin")),
    ("mediatype", Some("mediaType")),
    ("reference1", Some("string1")),
    ("reference2", Some("string2")),
    ("reference3", Some("string3")),
    ("string1", Some("string1")),
    ("string2", Some("string2")),
    ("string3", Some("string3")),
    ("tags", Some("tags")),
    ("roles", Some("roles")),
    ("maxunauthorised", Some("maxUnauthorised")),
    ("numberreference1", Some("number1")),
    ("numberreference2", Some("number2")),
    ("numberreference3", Some("number3")),
    ("number1", Some("number1")),
    ("number2", Some("number2")),
    ("number3", Some("number3")),
    ("manifests", Some("manifests")),
];

const LISTS: [&str; 3] = ["tags", "roles", "manifests"];

/// The members that a table describes, or everything that is wrong with its shape.
pub(super) fn members(bytes: &[u8]) -> Result<Vec<Member>, Error> {
    let table = Table::parse(bytes).map_err(|fault| Error::invalid(fault.to_string()))?;
    let properties = properties(&table.headers)?;
    if table.rows.is_empty() {
        return Err(Error::invalid("Members cannot be empty"));
    }
    if table.rows.len() > MAX_LINES {
        return Err(Error::invalid(format!("A table must not have more than {MAX_LINES} lines")));
    }
    let member = |row: Row| {
        let place = format!("Line {}", row.line);
        Member { fields: fields(&properties, &row.cells), place }
    };
    Ok(table.rows.into_iter().map(member).collect())
}

/// What each column fills.
fn properties(headers: &[String]) -> Result<Vec<Option<&'static str>>, Error> {
    let (mut properties, mut faults): (Vec<Option<&str>>, _) = (Vec::new(), Vec::new());
    for header in headers {
        let name = header.replace(' ', "").to_lowercase();
        let known = COLUMNS.into_iter().find(|(known, _)| *known == name);
        let Some((_, property)) = known else {
            faults.push(format!("Line 1: there is no column called '{header}'"));
            continue;
        };
        if property.is_some() && properties.contains(&property) {
            faults.push(format!("Line 1: two columns fill the same as '{header}'"));
        }
        properties.push(property);
    }
    for (title, needed) in [("ID", "id"), ("Space", "space"), ("Origin", "origin")] {
        if !properties.contains(&Some(needed)) {
            faults.push(format!("Line 1: the column '{title}' is missing"));
        }
    }
    if faults.is_empty() { Ok(properties) } else { Err(Error::Invalid(faults)) }
}

/// Empty cells say nothing; lists are separated by commas; a missing media type follows from the origin's extension.
fn fields(properties: &[Option<&'static str>], cells: &[String]) -> Fields {
    let mut object = Map::new();
    let cells = properties.iter().zip(cells).map(|(property, cell)| (property, cell.trim()));
    for (property, cell) in cells.filter(|(_, cell)| !cell.is_empty()) {
        let Some(property) = property else { continue };
        let value = if LISTS.contains(property) {
            cell.split(',').map(str::trim).filter(|it| !it.is_empty()).collect()
        } else {
            Value::from(cell)
        };
        object.insert((*property).to_owned(), value);
    }
    let path = object.get("origin").and_then(Value::as_str).unwrap_or_default();
    let path = path.split(['?', '#']).next().unwrap_or_default();
    if let (false, Some(media_type)) =
        (object.contains_key("mediaType"), MediaType::from_extension(path))
    {
        object.insert("mediaType".to_owned(), media_type.to_string().into());
    }
    Fields::new(object)
}
