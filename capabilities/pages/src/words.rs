use hayro::{
    hayro_interpret::{
        BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask,
        font::{Glyph, GlyphRun},
        hayro_cmap::BfString,
    },
    kurbo::{Affine, BezPath, Point, Rect, Vec2},
};
use serde::{Deserialize, Serialize};

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
    /// Where the next letter is expected, and how large a letter is.
    end: Point,
    size: f64,
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
        let goes_on =
            self.begun.as_ref().is_some_and(|word| word.is_followed_by(start, up.hypot()));
        if !goes_on {
            self.end_word();
        }
        let word = self.begun.get_or_insert_with(|| Begun {
            text: String::new(),
            area,
            end,
            size: up.hypot(),
        });
        word.text.push_str(&text);
        word.area = word.area.union(area);
        word.end = end;
    }

    fn end_word(&mut self) {
        let Some(Begun { text, area, .. }) = self.begun.take() else { return };
        if self.words.len() < MAX_WORDS {
            let area = area.intersect(self.sheet);
            let (x, y) = (area.x0 as f32, area.y0 as f32);
            self.words.push(Word { text, x, y, w: area.width() as f32, h: area.height() as f32 });
        }
    }
}

impl Begun {
    fn is_followed_by(&self, start: Point, size: f64) -> bool {
        let step: Vec2 = start - self.end;
        step.hypot() <= GAP * self.size.max(size)
    }
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
