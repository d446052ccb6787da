use crate::{Fault, encoding::decode, formula::unguarded};

/// A header, and rows with as many cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub headers: Vec<String>,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// As an editor counts; the header is in line 1.
    pub line: u64,
    pub cells: Vec<String>,
}

impl Table {
    /// Reads UTF-8, UTF-16 or Windows-1252, columns parted by `,`, `;` or tabs.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let text = decode(bytes);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter(&text))
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let headers = reader.headers().map_err(|error| fault(&error))?;
        let headers = headers.iter().map(str::to_owned).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| fault(&error))?;
            let line = record.position().map_or(0, |at| line(&text, at));
            rows.push(Row {
                line,
                cells: record.iter().map(|cell| unguarded(cell).to_owned()).collect(),
            });
        }
        Ok(Self { headers, rows })
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

fn fault(error: &csv::Error) -> Fault {
    let line = error.position().map_or(0, csv::Position::line);
    if let csv::ErrorKind::UnequalLengths { expected_len, len, .. } = error.kind() {
        return Fault::new(
            line,
            format!("it has {len} columns, and the header has {expected_len}"),
        );
    }
    Fault::new(line, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(bytes: &[u8]) -> Vec<String> {
        Table::parse(bytes).unwrap().rows.remove(0).cells
    }

    #[test]
    fn a_table_is_read_in_the_encodings_and_dialects_of_spreadsheets() {
        let text = "Identifier;Title;Date\nms-1;\"Grüße; an \"\"alle\"\"\";1450\n";
        let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
        let marked = [&[0xef, 0xbb, 0xbf], text.as_bytes()].concat();
        let units = || [0xfeff].into_iter().chain(text.encode_utf16());
        let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
        for bytes in [text.as_bytes(), &latin, &marked, &little, &big] {
            assert_eq!(first(bytes), ["ms-1", "Grüße; an \"alle\"", "1450"]);
        }
        assert_eq!(first(b"identifier\ttitle\n1\t\x93a\x94 \x80")[1], "“a” €");
    }

    #[test]
    fn rows_know_their_line() {
        let table = Table::parse(b"a,b\n1,2\n\n\n\"3\n4\",5\n6,7\n").unwrap();
        assert_eq!(table.headers, ["a", "b"]);
        assert_eq!(table.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 5, 7]);
    }

    #[test]
    fn a_row_of_another_length_is_a_fault_with_its_line() {
        let fault = Table::parse(b"a,b\n1,2\n3\n").unwrap_err();
        assert_eq!(fault.to_string(), "line 3: it has 1 columns, and the header has 2");
    }

    #[test]
    fn nothing_is_a_table_without_rows() {
        assert_eq!(Table::parse(b"").unwrap(), Table { headers: Vec::new(), rows: Vec::new() });
    }
}
