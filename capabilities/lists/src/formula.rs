//! Texts that a spreadsheet would take for a formula, and run.

use std::borrow::Cow;

/// The text with an apostrophe before it, if a spreadsheet would run it. Numbers are left as they are.
pub(crate) fn guarded(cell: &str) -> Cow<'_, str> {
    match is_formula(cell) && cell.parse::<f64>().is_err() {
        true => format!("'{cell}").into(),
        false => cell.into(),
    }
}

/// The text as it was before it was guarded.
pub(crate) fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_formula(text) => text,
        Some(_) | None => cell,
    }
}

/// Apostrophes before it count as a part of it, so that each text has one way back.
fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_a_text_and_comes_back_as_it_was() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("-x", "'-x"),
            ("'=1", "''=1"),
            ("\t=1", "'\t=1"),
            ("-1", "-1"),
            ("+2.5", "+2.5"),
            ("'tis", "'tis"),
            ("a=b", "a=b"),
            ("", ""),
        ] {
            assert_eq!(guarded(text), written);
            assert_eq!(unguarded(written), text);
        }
    }
}
