use hayro::{
    hayro_interpret::{
        BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask,
        font::{Glyph, GlyphRun},
        hayro_cmap::BfString,
    },
    kurbo::{Affine, BezPath, Point, Rect},
};
use serde::{Deserialize, Serialize};
use unicode_bidi::{BidiClass, Level, ParagraphBidiInfo, bidi_class};

/// A word on a page, and the box around it, in pixels of what is drawn of the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    pub text: String,
    pub x: f32,
    pub y: f32,
    pub w: f32,
    pub h: f32,
}

/// Reads what others draw, also what is not to be seen: scanned pages have their words so.
pub(crate) struct Reader {
    sheet: Rect,
    words: Vec<Word>,
    begun: Option<Begun>,
}

/// A word that goes on.
struct Begun {
    text: String,
    area: Rect,
    last: Letter,
    /// What was drawn over the last letter, which may have moved on, or not.
    mark: Option<Letter>,
    run: Option<Run>,
}

/// Where a letter is drawn.
#[derive(Clone, Copy)]
struct Letter {
    start: Point,
    /// Where the next is expected.
    end: Point,
    size: f64,
    is_mirrored: bool,
}

/// How letters follow one another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Run {
    /// Each begins where the one before ends.
    Onwards,
    /// Each ends where the one before begins: so those that run from right to left are drawn as they are read.
    Back,
}

/// More words than any page has.
const MAX_WORDS: usize = 50_000;
/// What a glyph is measured in: so many are as high as a line.
const EM: f64 = 1000.0;
/// How far letters of a word may lie apart, in parts of their height.
const GAP: f64 = 0.2;
/// How far below and above its line a letter reaches, in parts of its height.
const BELOW: f64 = -0.2;
const ABOVE: f64 = 0.8;

impl Reader {
    pub(crate) fn new(sheet: Rect) -> Self {
        Self { sheet, words: Vec::new(), begun: None }
    }

    pub(crate) fn words(mut self) -> Vec<Word> {
        self.end_word();
        self.words
    }

    fn read(&mut self, glyph: &Glyph<'_>, place: Affine) {
        let Some(text) = text_of(glyph) else { return };
        let (em, wide) = match glyph {
            Glyph::Outline(outline) => (EM, outline.advance_width()),
            Glyph::Type3(drawn) => (1.0, drawn.advance_width()),
        };
        let wide = f64::from(wide.unwrap_or(500.0)) / EM * em;
        let area = place.transform_rect_bbox(Rect::new(0.0, BELOW * em, wide, ABOVE * em));
        let (start, end) = (place * Point::ORIGIN, place * Point::new(wide, 0.0));
        let up = place * Point::new(0.0, em) - start;
        let is_sound =
            [area.x0, area.y0, area.x1, area.y1, up.hypot()].iter().all(|n| n.is_finite());
        if !is_sound || !area.overlaps(self.sheet) {
            return self.end_word();
        }
        if text.trim().is_empty() {
            return self.end_word();
        }
        // Down a page is up in a PDF, so what is not mirrored is.
        let is_mirrored = place.determinant() > 0.0;
        let letter = Letter { start, end, size: up.hypot(), is_mirrored };
        let goes_on = self.begun.as_mut().is_some_and(|word| word.goes_on(letter, &text));
        if !goes_on {
            self.end_word();
        }
        let begun = || Begun { text: String::new(), area, last: letter, mark: None, run: None };
        let word = self.begun.get_or_insert_with(begun);
        word.text.push_str(&text);
        word.area = word.area.union(area);
        if goes_on && is_mark(&text) {
            word.mark = Some(letter);
        } else {
            (word.last, word.mark) = (letter, None);
        }
    }

    fn end_word(&mut self) {
        let Some(begun) = self.begun.take() else { return };
        if self.words.len() < MAX_WORDS {
            let (text, area) = (begun.as_read(), begun.area);
            let area = area.intersect(self.sheet);
            let (x, y) = (area.x0 as f32, area.y0 as f32);
            self.words.push(Word { text, x, y, w: area.width() as f32, h: area.height() as f32 });
        }
    }
}

impl Begun {
    /// Is this letter of the same word?
    fn goes_on(&mut self, letter: Letter, text: &str) -> bool {
        let follows = |last: Letter| letter.follows(&last);
        let run = if follows(self.last) || self.mark.is_some_and(follows) {
            Run::Onwards
        } else if text.chars().any(runs_left) && self.last.follows(&letter) {
            Run::Back
        } else {
            // A mark is drawn after its letter, or before.
            return is_mark(text) && self.last.is_under(letter.start)
                || is_mark(&self.text) && letter.is_under(self.last.start);
        };
        *self.run.get_or_insert(run) == run
    }

    /// The letters as they are read, not as they are seen from left to right.
    fn as_read(&self) -> String {
        let is_seen = self.run != Some(Run::Back) && !self.last.is_mirrored;
        if !is_seen || !self.text.chars().any(runs_left) {
            return self.text.clone();
        }
        let turned = ParagraphBidiInfo::new(&self.text, Some(Level::rtl()));
        turned.reorder_line(0..self.text.len()).into_owned()
    }
}

impl Letter {
    fn follows(&self, other: &Self) -> bool {
        (self.start - other.end).hypot() <= GAP * self.size.max(other.size)
    }

    fn is_under(&self, mark: Point) -> bool {
        let half = (self.end - self.start) / 2.0;
        (mark - (self.start + half)).hypot() <= half.hypot() + GAP * self.size
    }
}

/// Has it no place of its own in a line?
fn is_mark(text: &str) -> bool {
    text.chars().all(|letter| bidi_class(letter) == BidiClass::NSM)
}

/// Is it a letter that is read from right to left?
fn runs_left(letter: char) -> bool {
    matches!(bidi_class(letter), BidiClass::R | BidiClass::AL)
}

/// The letters of a glyph; control characters are none.
fn text_of(glyph: &Glyph<'_>) -> Option<String> {
    let text = match glyph.as_unicode()? {
        BfString::Char(letter) => letter.to_string(),
        BfString::String(letters) => letters,
    };
    let text: String = text.chars().filter(|letter| !letter.is_control()).collect();
    (!text.is_empty()).then_some(text)
}

impl<'a> Device<'a> for Reader {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        for glyph in run.glyphs() {
            self.read(glyph, props.transform * glyph.transform());
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
