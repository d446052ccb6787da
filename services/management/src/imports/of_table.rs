use lists::{Fault, Row, Table};
use model::MediaType;
use serde_json::Value;

use super::entry::Entry;

/// What a column says of an asset, by the API's name for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Text(&'static str),
    /// Several values, parted by commas.
    List(&'static str),
    /// The old portal's kind of asset: images, and nothing else.
    Kind,
    /// For people.
    Ignored,
}

/// The names of columns: those of both portals, and those of the API; in any case, spaces left out.
const COLUMNS: [(&str, Column); 27] = [
    ("type", Column::Kind),
    ("line", Column::Ignored),
    ("space", Column::Text("space")),
    ("id", Column::Text("id")),
    ("origin", Column::Text("origin")),
    ("mediatype", Column::Text("mediaType")),
    ("reference1", Column::Text("string1")),
    ("reference2", Column::Text("string2")),
    ("reference3", Column::Text("string3")),
    ("string1", Column::Text("string1")),
    ("string2", Column::Text("string2")),
    ("string3", Column::Text("string3")),
    ("numberreference1", Column::Text("number1")),
    ("numberreference2", Column::Text("number2")),
    ("numberreference3", Column::Text("number3")),
    ("number1", Column::Text("number1")),
    ("number2", Column::Text("number2")),
    ("number3", Column::Text("number3")),
    ("tags", Column::List("tags")),
    ("roles", Column::List("roles")),
    ("manifests", Column::List("manifests")),
    ("deliverychannels", Column::List("deliveryChannels")),
    ("channels", Column::List("deliveryChannels")),
    ("maxunauthorised", Column::Text("maxUnauthorised")),
    ("openfullmax", Column::Text("openFullMax")),
    ("maxwidth", Column::Text("maxWidth")),
    ("error", Column::Ignored),
];

/// The rows of a table as members of a queue; `space` is for rows that name none.
pub fn of_table(table: &Table, space: Option<u32>) -> Result<Vec<Entry>, Vec<Fault>> {
    let columns = columns(table, space.is_some())?;
    let (mut entries, mut faults) = (Vec::with_capacity(table.rows.len()), Vec::new());
    for row in &table.rows {
        match entry(row, &columns, space) {
            Ok(entry) => entries.push(entry),
            Err(fault) => faults.push(fault),
        }
    }
    if entries.is_empty() && faults.is_empty() {
        faults.push(Fault::new(1, "there are no rows below the header"));
    }
    if faults.is_empty() { Ok(entries) } else { Err(faults) }
}

fn columns(table: &Table, has_space: bool) -> Result<Vec<Column>, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut columns = Vec::new();
    for header in &table.headers {
        let name: String = header.split_whitespace().collect::<String>().to_lowercase();
        match COLUMNS.iter().find(|(known, _)| *known == name) {
            Some((_, column)) => {
                if *column != Column::Ignored && columns.contains(column) {
                    faults.push(Fault::new(1, format!("two columns fill the same as '{header}'")));
                }
                columns.push(*column);
            }
            None => faults.push(Fault::new(1, format!("there is no column called '{header}'"))),
        }
    }
    let needed = [("ID", "id"), ("Origin", "origin")];
    for (title, name) in needed.into_iter().chain((!has_space).then_some(("Space", "space"))) {
        if !columns.contains(&Column::Text(name)) {
            faults.push(Fault::new(1, format!("the column '{title}' is missing")));
        }
    }
    if faults.is_empty() { Ok(columns) } else { Err(faults) }
}

fn entry(row: &Row, columns: &[Column], space: Option<u32>) -> Result<Entry, Fault> {
    let mut entry = Entry::new(row.line);
    if let Some(space) = space {
        entry.set("space", space);
    }
    let cells = columns.iter().zip(&row.cells);
    for (column, cell) in cells.filter(|(_, cell)| !cell.is_empty()) {
        match column {
            Column::Text(name) => entry.set(name, cell.as_str()),
            Column::List(name) => {
                let values = cell.split(',').map(str::trim).filter(|value| !value.is_empty());
                entry.set(name, values.collect::<Vec<_>>());
            }
            Column::Kind if ["image", "i"].contains(&cell.to_lowercase().as_str()) => {}
            Column::Kind => {
                let what =
                    format!("the type {cell:?} is not known: write Image, or name a mediaType");
                return Err(Fault::new(row.line, what));
            }
            Column::Ignored => {}
        }
    }
    // Tables from before media types name none.
    let origin = entry.fields.get("origin").and_then(Value::as_str).unwrap_or_default();
    let path = origin.split(['?', '#']).next().unwrap_or_default();
    if !entry.fields.contains_key("mediaType")
        && let Some(media_type) = MediaType::from_extension(path)
    {
        entry.set("mediaType", media_type.to_string());
    }
    Ok(entry)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(csv: &str, space: Option<u32>) -> Result<Vec<Entry>, String> {
        let faults =
            |faults: Vec<Fault>| faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("; ");
        of_table(&Table::parse(csv.as_bytes()).unwrap(), space).map_err(faults)
    }

    #[test]
    fn the_headers_of_both_portals_are_understood() {
        let old = "Type,Line,Space,ID,Origin,Reference1,Reference2,Reference3,Tags,Roles,\
                   MaxUnauthorised,NumberReference1,NumberReference2,NumberReference3\n\
                   Image,1,5,a.jpg,https://x.example.org/a.jpg,b1,,,\"one, two\",,-1,0,7,\n";
        let entries = read(old, None).unwrap();
        assert_eq!(entries[0].line, 2);
        assert_eq!(
            json!(entries[0].fields),
            json!({"space": "5", "id": "a.jpg", "origin": "https://x.example.org/a.jpg",
                "mediaType": "image/jpeg", "string1": "b1", "tags": ["one", "two"], "maxUnauthorised": "-1",
                "number1": "0", "number2": "7"})
        );
        let new = "Line,ID,Media Type,Space,Origin,Reference 1,Number1,MaxUnauthorised\n\
                   1,v,video/mp4,6,https://x.example.org/v.mp4,b2,3,\n";
        assert_eq!(
            json!(read(new, Some(5)).unwrap()[0].fields),
            json!({"space": "6", "id": "v", "mediaType": "video/mp4",
                "origin": "https://x.example.org/v.mp4", "string1": "b2", "number1": "3"}),
            "a row's own space comes first"
        );
    }

    #[test]
    fn what_is_wrong_is_told_by_line() {
        for (csv, space, faults) in [
            ("id,origin\na,b\n", None, "line 1: the column 'Space' is missing"),
            (
                "space\n1\n",
                None,
                "line 1: the column 'ID' is missing; line 1: the column 'Origin' is missing",
            ),
            ("id,ID,origin\na,a,b\n", Some(1), "line 1: two columns fill the same as 'ID'"),
            (
                "id,string1,reference1,origin\na,b,c,d\n",
                Some(1),
                "line 1: two columns fill the same as 'reference1'",
            ),
            ("id,origin\n", Some(1), "line 1: there are no rows below the header"),
            (
                "type,id,origin\nI,a,b\nFilm,c,d\nT,e,f\n",
                Some(1),
                "line 3: the type \"Film\" is not known: \
              write Image, or name a mediaType; line 4: the type \"T\" is not known: write Image, or name a mediaType",
            ),
        ] {
            assert_eq!(read(csv, space).unwrap_err(), faults, "{csv}");
        }
        let fault = read("id,origin,titel\na,b,c\n", Some(1)).unwrap_err();
        assert_eq!(fault, "line 1: there is no column called 'titel'");
    }
}
