//! A list that somebody wrote: it is refused in words, or its lines and pages make sense.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lists::{Book, Table};

fuzz_target!(|data: &[u8]| {
    let lines = data.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    if let Ok(table) = Table::parse(data) {
        let mut last = 1;
        for row in table.rows {
            assert_eq!(row.cells.len(), table.headers.len());
            assert!(row.line >= last, "line {} after {last}", row.line);
            last = row.line;
        }
    }
    match Book::read(data, None) {
        Ok(book) => {
            assert!(!book.pages.is_empty());
            assert!(book.pages.is_sorted_by_key(|page| page.order));
            assert!(book.pages.iter().all(|page| page.line <= lines && !page.href.is_empty()));
        }
        Err(fault) => assert!(fault.line <= lines, "{fault}"),
    }
});
