use crate::formula::guarded;

/// One row of a table as RFC 4180 has it, its end included. What a spreadsheet would run as a formula has an apostrophe
/// before it, which [`Table`](crate::Table) takes away again.
pub fn row<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut row = String::new();
    for (place, cell) in cells.into_iter().enumerate() {
        if place > 0 {
            row.push(',');
        }
        let cell = guarded(cell);
        // Blanks at either end would be lost by many who read it.
        let is_plain = !cell.contains([',', '"', '\r', '\n']) && cell.trim() == cell;
        match is_plain {
            true => row.push_str(&cell),
            false => {
                row.push('"');
                row.push_str(&cell.replace('"', "\"\""));
                row.push('"');
            }
        }
    }
    row + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Table;

    #[test]
    fn what_is_written_can_be_read_again() {
        let header = ["id", "string1", "number1"];
        let cells = ["a, \"b\"", "=two\nlines; ü", "-1"];
        let text = row(header) + &row(cells);
        assert_eq!(text, "id,string1,number1\r\n\"a, \"\"b\"\"\",\"'=two\nlines; ü\",-1\r\n");
        let table = Table::parse(text.as_bytes()).unwrap();
        assert_eq!(table.headers, header);
        assert_eq!(table.rows[0].cells, cells);
    }
}
