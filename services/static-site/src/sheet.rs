//! What a table says of objects: one row for each, or for each page, and any columns beside those that we know.

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
    /// A table with a header line, in UTF-8, UTF-16 or Windows-1252, its columns parted by `,`, `;` or tabs.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        let text = decode(bytes);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter(&text))
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let wrong = |error: csv::Error| Error::Input(format!("{name}: {}", explain(&error)));
        let headers = reader.headers().map_err(wrong)?.clone();
        let columns: Vec<Column> = headers.iter().map(Column::of).collect();
        if !columns.contains(&Column::Identifier) {
            let found = headers.iter().collect::<Vec<_>>().join(", ");
            return Err(Error::Input(format!(
                "{name}, line 1: there is no column `identifier`, but: {found}"
            )));
        }
        let mut sheet = Self {
            name: name.to_owned(),
            rows: Vec::new(),
            has_files: columns.contains(&Column::File),
        };
        for record in reader.records() {
            let record = record.map_err(wrong)?;
            let mut row =
                Row { line: record.position().map_or(0, |at| line(&text, at)), ..Row::default() };
            for ((column, header), value) in columns.iter().zip(&headers).zip(&record) {
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

/// Spreadsheets write what their system likes: marks at the start tell, and what is no UTF-8 is Windows-1252.
fn decode(bytes: &[u8]) -> String {
    let wide = |rest: &[u8], read: fn([u8; 2]) -> u16| {
        let (pairs, _) = rest.as_chunks::<2>();
        String::from_utf16_lossy(&pairs.iter().map(|pair| read(*pair)).collect::<Vec<_>>())
    };
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| windows_1252(*byte)).collect(),
        },
    }
}

/// Latin-1, but for the 32 places in which it has control characters.
fn windows_1252(byte: u8) -> char {
    const BEYOND: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => BEYOND[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// Whichever of the three the first line has most of.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |delimiter: u8| first.bytes().filter(|byte| *byte == delimiter).count();
    [b'\t', b';', b','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

/// The reader counts a row from the end of the one before: empty lines between them are to be added.
fn line(text: &str, at: &csv::Position) -> u64 {
    let rest = usize::try_from(at.byte()).ok().and_then(|at| text.get(at..)).unwrap_or_default();
    let empty = rest.bytes().take_while(|byte| matches!(byte, b'\n' | b'\r'));
    at.line() + empty.filter(|byte| *byte == b'\n').count() as u64
}

fn explain(error: &csv::Error) -> String {
    if let csv::ErrorKind::UnequalLengths { pos, expected_len, len } = error.kind() {
        let line = pos.as_ref().map_or(0, csv::Position::line);
        return format!("line {line}: it has {len} columns, and the header has {expected_len}");
    }
    match error.position() {
        Some(at) => format!("line {}: {error}", at.line()),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(bytes: &[u8]) -> Row {
        Sheet::parse("t.csv", bytes).unwrap().rows.remove(0)
    }

    #[test]
    fn a_table_is_read_in_the_encodings_and_dialects_of_spreadsheets() {
        let text = "Identifier;Title;Date\nms-1;\"Grüße; an \"\"alle\"\"\";1450\n";
        let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
        let marked = [&[0xef, 0xbb, 0xbf], text.as_bytes()].concat();
        let wide: Vec<u8> =
            [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        for bytes in [text.as_bytes(), &latin, &marked, &wide] {
            let row = row(bytes);
            assert_eq!(row.identifier, "ms-1");
            assert_eq!(row.title, "Grüße; an \"alle\"");
            assert_eq!(row.metadata, [("Date".to_owned(), "1450".to_owned())]);
        }
        assert_eq!(row(b"identifier\ttitle\n1\t\x93a\x94 \x80").title, "“a” €");
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
