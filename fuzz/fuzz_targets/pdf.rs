//! A PDF: what is drawn of its pages is no larger than was asked for, and what is read on them lies on them. Its reader is
//! somebody else's, and a child without rights has it: that it panics costs that document, and nothing here. That it takes
//! for ever, or all memory there is, is found.
#![no_main]

use std::{
    panic::{self, AssertUnwindSafe},
    sync::{
        Once,
        atomic::{AtomicBool, Ordering},
    },
};

use libfuzzer_sys::fuzz_target;
use pages::{Pdf, Resolution, Sheet, Word};

const RESOLUTION: Resolution = Resolution { dpi: 36.0, max_pixels: 250_000, max_edge: 1000 };
const MOST_PAGES: usize = 3;
/// As many as `pages` tells of one page.
const MOST_WORDS: usize = 50_000;

/// The fuzzer takes every panic for a find, but those in the reader are not ours.
static HOOKED: Once = Once::new();
static IN_READER: AtomicBool = AtomicBool::new(false);

fuzz_target!(|data: &[u8]| {
    HOOKED.call_once(|| {
        let fuzzers = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !IN_READER.load(Ordering::Relaxed) {
                fuzzers(panic);
            }
        }));
    });
    let Some(document) = caught(|| Pdf::open(data.to_vec()).ok()).flatten() else { return };
    let count = caught(|| document.pages()).unwrap_or_default();
    for number in 0..count.min(MOST_PAGES) {
        let drawn = caught(|| document.draw(number, &RESOLUTION).ok()).flatten();
        let read = caught(|| document.words(number, &RESOLUTION).ok()).flatten();
        let (Some(sheet), Some(words)) = (drawn, read) else { continue };
        check(&sheet, &words);
    }
});

fn caught<T>(act: impl FnOnce() -> T) -> Option<T> {
    IN_READER.store(true, Ordering::Relaxed);
    let ended = panic::catch_unwind(AssertUnwindSafe(act)).ok();
    IN_READER.store(false, Ordering::Relaxed);
    ended
}

fn check(sheet: &Sheet, words: &[Word]) {
    let (w, h) = (sheet.w, sheet.h);
    assert!((1..=1000).contains(&w) && (1..=1000).contains(&h), "{w} x {h}");
    let mut rows = 0;
    let counted = sheet.each_row(|row| {
        assert_eq!(row.len(), w as usize * 3);
        rows += 1;
        Ok::<_, ()>(())
    });
    assert!(counted.is_ok() && rows == h, "{rows} of {h} rows");
    assert!(words.len() <= MOST_WORDS);
    for word in words {
        let is_there = word.x >= 0.0 && word.y >= 0.0 && word.w >= 0.0 && word.h >= 0.0;
        let is_within = word.x + word.w <= w as f32 + 0.5 && word.y + word.h <= h as f32 + 0.5;
        assert!(is_there && is_within, "{word:?} on {w} x {h}");
        assert!(!word.text.is_empty() && !word.text.contains(char::is_control), "{word:?}");
    }
}
