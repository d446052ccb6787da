//! What a table says of objects: one row for each, or for each page, and any columns beside those that we know.

use lists::Table;

use crate::Error;

/// The rows of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// How it is called, for messages.
    pub name: String,
    pub rows: Vec<Row>,
    /// Whether rows name files: then the table says which images there are.
    pub has_files: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    pub line: u64,
    pub identifier: String,
    pub file: String,
    pub title: String,
    pub description: String,
    /// How a page is called.
    pub page: String,
    /// The other columns that have a value, under their own names.
    pub metadata: Vec<(String, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Identifier,
    File,
    Title,
    Description,
    Page,
    Other,
}

impl Column {
    fn of(header: &str) -> Self {
        match header.trim().to_lowercase().as_str() {
            "identifier" | "id" => Self::Identifier,
            "file" | "filename" | "path" => Self::File,
            "title" | "label" => Self::Title,
            "description" | "summary" => Self::Description,
            "page" => Self::Page,
            _ => Self::Other,
        }
    }
}

impl Sheet {
    /// A table with a header line, as spreadsheets write it.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        let table =
            Table::parse(bytes).map_err(|fault| Error::Input(format!("{name}: {fault}")))?;
        let columns: Vec<Column> = table.headers.iter().map(|header| Column::of(header)).collect();
        if !columns.contains(&Column::Identifier) {
            let found = table.headers.join(", ");
            return Err(Error::Input(format!(
                "{name}, line 1: there is no column `identifier`, but: {found}"
            )));
        }
        let mut sheet = Self {
            name: name.to_owned(),
            rows: Vec::new(),
            has_files: columns.contains(&Column::File),
        };
        for said in table.rows {
            let mut row = Row { line: said.line, ..Row::default() };
            for ((column, header), value) in columns.iter().zip(&table.headers).zip(&said.cells) {
                row.take(*column, header, value);
            }
            sheet.keep(row)?;
        }
        Ok(sheet)
    }

    fn keep(&mut self, row: Row) -> Result<(), Error> {
        let place = format!("{}, line {}", self.name, row.line);
        if row.identifier.is_empty() {
            return Err(Error::Input(format!("{place}: the identifier is empty")));
        }
        if self.has_files && row.file.is_empty() {
            return Err(Error::Input(format!("{place}: the file is empty")));
        }
        self.rows.push(row);
        Ok(())
    }

    /// What is said of an object; the first row that has its identifier.
    pub fn of(&self, identifier: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.identifier == identifier)
    }
}

impl Row {
    fn take(&mut self, column: Column, header: &str, value: &str) {
        let place = match column {
            Column::Identifier => &mut self.identifier,
            Column::File => &mut self.file,
            Column::Title => &mut self.title,
            Column::Description => &mut self.description,
            Column::Page => &mut self.page,
            Column::Other => {
                if !value.is_empty() && !header.is_empty() {
                    self.metadata.push((header.to_owned(), value.to_owned()));
                }
                return;
            }
        };
        if place.is_empty() {
            value.clone_into(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_known_by_many_names_and_others_are_metadata() {
        let text = "Identifier;Label;Date;Place\nms-1;\"Grüße; an \"\"alle\"\"\";1450;\n";
        let row = Sheet::parse("t.csv", text.as_bytes()).unwrap().rows.remove(0);
        assert_eq!(row.identifier, "ms-1");
        assert_eq!(row.title, "Grüße; an \"alle\"");
        assert_eq!(row.metadata, [("Date".to_owned(), "1450".to_owned())], "without what is empty");
    }

    #[test]
    fn faults_are_told_with_their_line() {
        for (text, fault) in [
            ("title,description\na,b", "line 1: there is no column `identifier`"),
            ("identifier,title\na,b\nc", "line 3: it has 1 columns"),
            ("identifier,title\na,b\n\n,d", "line 4: the identifier is empty"),
            ("identifier,file\na,", "line 2: the file is empty"),
        ] {
            let error = Sheet::parse("t.csv", text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(fault) && error.starts_with("t.csv"), "{text:?}: {error}");
        }
    }
}
