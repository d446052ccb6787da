//! A line with a template, then one with what stands behind a query's name in an address. Whatever they say: a fault points into the
//! template, and a question is the same however its arguments are spelled.

#![no_main]

use libfuzzer_sys::fuzz_target;
use model::named_query::{Template, canonical_arguments};

fuzz_target!(|text: &str| {
    let (template, path) = text.split_once('\n').unwrap_or((text, ""));
    let canonical = canonical_arguments(path);
    assert_eq!(canonical_arguments(&canonical), canonical);
    match template.parse::<Template>() {
        Ok(read) => {
            read.in_words();
            let question = read.ask(path);
            assert_eq!(read.ask(&canonical), question);
            if let Ok(question) = question {
                question.in_words();
                question.expand(template);
                question.expand_in_address(template);
            }
        }
        Err(fault) => {
            assert!((1..=template.chars().count() + 1).contains(&fault.character), "{fault}");
        }
    }
});
