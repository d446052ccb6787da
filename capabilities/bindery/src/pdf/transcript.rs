use std::collections::BTreeSet;

use pdf_writer::{Content, Name, Str, types::TextRenderingMode};
use unicode_bidi::ParagraphBidiInfo;

use super::ghost::{Ghost, WIDTH};

/// What can be read in a picture, laid over it to be found, selected and copied, not to be seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Transcript {
    w: f32,
    h: f32,
    words: Vec<Word>,
    letters: BTreeSet<char>,
}

/// A word as it is read aloud, and the box around it, counted from the upper left corner.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    pub text: String,
    pub x: f32,
    pub y: f32,
    pub w: f32,
    pub h: f32,
}

/// More words than any page has.
const MOST_WORDS: usize = 50_000;
/// What PDF/A lets one string hold: 32,767 bytes, two for each letter.
const MOST_LETTERS: usize = 16_000;
/// How far below its line a letter reaches, in parts of its height.
const BELOW: f32 = 0.2;
/// In points: what is smaller nobody can point at, and readers lose their way in.
const SMALLEST: f32 = 0.01;

impl Transcript {
    /// Of what is so wide and so high, in what the boxes are measured in; `None` if no page has such words. Words that do
    /// not lie on the page are left out.
    pub fn new((w, h): (u32, u32), words: Vec<Word>) -> Option<Self> {
        let makes_sense = |word: &Word| word.text.chars().nth(MOST_LETTERS).is_none();
        if w == 0 || h == 0 || words.len() > MOST_WORDS || !words.iter().all(makes_sense) {
            return None;
        }
        let (w, h) = (w as f32, h as f32);
        let words: Vec<_> = words.into_iter().filter_map(|word| word.within(w, h)).collect();
        let letters: BTreeSet<_> = words.iter().flat_map(|word| word.text.chars()).collect();
        (letters.len() <= Ghost::MOST).then_some(Self { w, h, words, letters })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    pub(super) fn letters(&self) -> impl Iterator<Item = char> {
        self.letters.iter().copied()
    }

    /// Shows each word where it is on a page of so many points, in a font of which nothing is seen.
    pub(super) fn lay(
        &self,
        (w, h): (f32, f32),
        (font, ghost): (Name<'_>, &mut Ghost),
        drawing: &mut Content,
    ) {
        let scale = (w / self.w, h / self.h);
        drawing.begin_text().set_text_rendering_mode(TextRenderingMode::Invisible);
        for word in &self.words {
            let (left, bottom) = (word.x * scale.0, h - (word.y + word.h) * scale.1);
            let (wide, high) = (word.w * scale.0, word.h * scale.1);
            if wide < SMALLEST || high < SMALLEST {
                continue;
            }
            let shown = ghost.spell(&in_order_of_sight(&word.text));
            let letters = shown.len() as f32 / 2.0;
            let (size, length, matrix) = if word.climbs(scale) {
                (wide, high, [0.0, 1.0, -1.0, 0.0, left + (1.0 - BELOW) * wide, bottom])
            } else {
                (high, wide, [1.0, 0.0, 0.0, 1.0, left, bottom + BELOW * high])
            };
            drawing.set_font(font, size);
            drawing.set_horizontal_scaling(100.0 * length / (letters * size * WIDTH));
            drawing.set_text_matrix(matrix).show(Str(&shown));
        }
        drawing.end_text();
    }
}

impl Word {
    /// What of it lies on the page, and can be written; `None` if nothing does.
    fn within(self, w: f32, h: f32) -> Option<Self> {
        let is_sound = [self.x, self.y, self.w, self.h].iter().all(|side| side.is_finite());
        let (left, top) = (self.x.clamp(0.0, w), self.y.clamp(0.0, h));
        let (right, bottom) = ((self.x + self.w).clamp(0.0, w), (self.y + self.h).clamp(0.0, h));
        let text: String = self.text.chars().filter(|letter| is_written(*letter)).collect();
        let is_there = is_sound && right > left && bottom > top && !text.trim().is_empty();
        is_there.then_some(Self { text, x: left, y: top, w: right - left, h: bottom - top })
    }

    /// Is it so much higher than wide that it is read along its side?
    fn climbs(&self, scale: (f32, f32)) -> bool {
        self.h * scale.1 > 2.0 * self.w * scale.0 && self.text.chars().nth(2).is_some()
    }
}

/// Not what PDF/A forbids, and not what only orders letters: they are shown in order.
fn is_written(letter: char) -> bool {
    let is_order = matches!(letter,
        '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_none = letter == '\u{feff}' || u32::from(letter) & 0xfffe == 0xfffe;
    !(letter.is_control() || is_order || is_none)
}

/// From left to right, as readers of PDFs expect it and turn it round.
fn in_order_of_sight(text: &str) -> Vec<char> {
    let read = ParagraphBidiInfo::new(text, None);
    read.reorder_line(0..text.len()).chars().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, [x, y, w, h]: [f32; 4]) -> Word {
        Word { text: text.to_owned(), x, y, w, h }
    }

    #[test]
    fn what_no_page_has_is_refused() {
        let one = || word("a", [1.0, 1.0, 5.0, 5.0]);
        assert!(Transcript::new((100, 100), vec![one(); MOST_WORDS]).is_some());
        assert_eq!(Transcript::new((100, 100), vec![one(); MOST_WORDS + 1]), None);
        assert_eq!(Transcript::new((0, 100), vec![one()]), None);
        let long = |letters| vec![word(&"a".repeat(letters), [1.0, 1.0, 5.0, 5.0])];
        assert!(Transcript::new((100, 100), long(MOST_LETTERS)).is_some());
        assert_eq!(Transcript::new((100, 100), long(MOST_LETTERS + 1)), None);
        let all = (0x4e00..=0x3ffff).filter_map(char::from_u32).collect::<Vec<_>>();
        let all = all.chunks(MOST_LETTERS).map(String::from_iter);
        let all = all.map(|text| word(&text, [1.0, 1.0, 5.0, 5.0])).collect();
        assert_eq!(Transcript::new((100, 100), all), None);
    }

    #[test]
    fn only_what_lies_on_the_page_is_taken() {
        let nowhere = [
            [f32::NAN, 1.0, 5.0, 5.0],
            [1.0, f32::INFINITY, 5.0, 5.0],
            [f32::MAX, 1.0, f32::MAX, 5.0],
            [100.0, 1.0, 5.0, 5.0],
            [-9.0, 1.0, 5.0, 5.0],
            [1.0, 1.0, -5.0, 5.0],
            [1.0, 1.0, 5.0, 0.0],
        ];
        for place in nowhere {
            let taken = Transcript::new((100, 100), vec![word("a", place)]).unwrap();
            assert!(taken.is_empty(), "{place:?}");
        }
        for text in ["", " ", "\u{0}", "\u{feff}\u{ffff}", "\u{200f}"] {
            let taken = Transcript::new((9, 9), vec![word(text, [1.0, 1.0, 5.0, 5.0])]).unwrap();
            assert!(taken.is_empty(), "{text:?}");
        }
        let half = vec![word("a\u{0}\u{301}\u{10ffff}", [-3.0, 95.0, 5.0, 50.0])];
        let half = Transcript::new((100, 100), half).unwrap();
        assert_eq!(half.words, [word("a\u{301}", [0.0, 95.0, 2.0, 5.0])]);
    }

    #[test]
    fn letters_are_shown_from_left_to_right() {
        for (read, seen) in [
            ("Été 12", "Été 12"),
            ("שלום", "םולש"),
            ("ש2020", "2020ש"),
            ("(מרחב)", ")בחרמ("),
            ("a-אב", "a-בא"),
            ("漢字", "漢字"),
        ] {
            assert_eq!(in_order_of_sight(read), seen.chars().collect::<Vec<_>>(), "{read}");
        }
    }
}
