use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use pdf_writer::{
    Finish, Name, Ref, Str,
    types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap},
};
use ttf_parser::Face;

use super::objects::Objects;

/// The letters of Latin, Greek and Cyrillic.
const FILE: &[u8] = include_bytes!("../../fonts/DejaVuSans-part.ttf");
const NAME: &[u8] = b"DejaVuSans";
pub(super) const IDENTITY: SystemInfo<'static> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
pub(super) const UCS: SystemInfo<'static> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"UCS"), supplement: 0 };

/// A font, and what has been written in it.
pub(super) struct Font {
    face: Face<'static>,
    used: BTreeMap<u16, char>,
    pub(super) id: Ref,
}

impl Font {
    pub(super) fn open(id: Ref) -> Self {
        let face = Face::parse(FILE, 0).expect("the font that comes with the program is one");
        Self { face, used: BTreeMap::new(), id }
    }

    /// A text in the numbers of its letters, two bytes each.
    pub(super) fn spell(&mut self, text: &str) -> Vec<u8> {
        let mut spelled = Vec::with_capacity(text.len() * 2);
        for c in text.chars() {
            let (c, glyph) = self.glyph(c);
            self.used.insert(glyph, c);
            spelled.extend(glyph.to_be_bytes());
        }
        spelled
    }

    /// How wide a text is, in sizes of the font.
    pub(super) fn width(&self, text: &str) -> f32 {
        text.chars().map(|c| self.advance(self.glyph(c).1)).sum::<f32>() / 1000.0
    }

    /// A letter and its number; for one that the font lacks, the sign that says so, as PDF/A allows no letter without a picture.
    fn glyph(&self, c: char) -> (char, u16) {
        let number = |c| Some((c, self.face.glyph_index(c)?.0));
        number(c).or_else(|| number(char::REPLACEMENT_CHARACTER)).unwrap_or((c, 0))
    }

    fn advance(&self, glyph: u16) -> f32 {
        let advance = self.face.glyph_hor_advance(ttf_parser::GlyphId(glyph)).unwrap_or(0);
        self.scaled(advance.into())
    }

    /// In thousandths of the size.
    fn scaled(&self, length: i32) -> f32 {
        length as f32 * 1000.0 / f32::from(self.face.units_per_em())
    }

    /// Writes the font, when all is known that was written in it.
    pub(super) fn write<W: Write>(&self, objects: &mut Objects<W>) -> io::Result<()> {
        let [descendant, descriptor, file, unicode] = [(); 4].map(|()| objects.promise());
        objects.keep(self.id, |chunk| {
            let mut font = chunk.type0_font(self.id);
            font.base_font(Name(NAME)).encoding_predefined(Name(b"Identity-H"));
            font.descendant_font(descendant).to_unicode(unicode);
        })?;
        objects.keep(descendant, |chunk| {
            let mut font = chunk.cid_font(descendant);
            font.subtype(CidFontType::Type2).base_font(Name(NAME)).system_info(IDENTITY);
            font.font_descriptor(descriptor).cid_to_gid_map_predefined(Name(b"Identity"));
            font.default_width(self.advance(0));
            let mut widths = font.widths();
            for glyph in self.used.keys() {
                widths.consecutive(*glyph, [self.advance(*glyph)]);
            }
        })?;
        let bounds = self.face.global_bounding_box();
        let corners = [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max];
        let [left, bottom, right, top] = corners.map(|corner| self.scaled(corner.into()));
        objects.keep(descriptor, |chunk| {
            let mut told = chunk.font_descriptor(descriptor);
            told.name(Name(NAME)).flags(FontFlags::NON_SYMBOLIC).italic_angle(0.0).stem_v(80.0);
            told.bbox(pdf_writer::Rect::new(left, bottom, right, top));
            told.ascent(self.scaled(self.face.ascender().into()));
            told.descent(self.scaled(self.face.descender().into()));
            told.cap_height(self.scaled(self.face.capital_height().unwrap_or(1500).into()));
            told.font_file2(file);
            told.finish();
        })?;
        objects.packed(file, &format!("/Length1 {}", FILE.len()), FILE)?;
        let mut map = UnicodeCmap::<u16>::new(Name(b"Custom"), UCS);
        self.used.iter().for_each(|(glyph, c)| map.pair(*glyph, *c));
        let map = map.finish();
        objects.stream(unicode, "", map.as_slice())
    }
}
