use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use pdf_writer::{
    Finish, Name, Ref,
    types::{CidFontType, FontFlags, UnicodeCmap},
};

use super::{
    font::{IDENTITY, UCS},
    objects::Objects,
};

/// A font of which nothing is seen. Every letter is as wide as any other, and what it means is said, not drawn: so it has
/// all letters that there are.
pub(super) struct Ghost {
    pub(super) id: Ref,
    /// What each letter is called in it, from 1 on: 0 is called what is missing.
    names: BTreeMap<char, u16>,
}

const NAME: Name<'static> = Name(b"Ghost");
/// In parts of the height.
pub(super) const WIDTH: f32 = 0.5;
const UNITS: u16 = 1000;
const ADVANCE: u16 = 500;
const ASCENT: i16 = 800;
const DESCENT: i16 = -200;

impl Ghost {
    /// So many letters can be called by two bytes.
    pub(super) const MOST: usize = u16::MAX as usize;

    pub(super) fn new(id: Ref) -> Self {
        Self { id, names: BTreeMap::new() }
    }

    pub(super) fn has_room_for(&self, letters: impl Iterator<Item = char>) -> bool {
        let new = letters.filter(|letter| !self.names.contains_key(letter)).count();
        self.names.len() + new <= Self::MOST
    }

    /// Letters by their names, two bytes each. There has to be room for them.
    pub(super) fn spell(&mut self, letters: &[char]) -> Vec<u8> {
        let mut spelled = Vec::with_capacity(letters.len() * 2);
        for letter in letters {
            let next = self.names.len() + 1;
            let name = *self.names.entry(*letter).or_insert_with(|| {
                u16::try_from(next).expect("who spells has looked whether there is room")
            });
            spelled.extend(name.to_be_bytes());
        }
        spelled
    }

    /// Writes the font, when all is known that was written in it.
    pub(super) fn write<W: Write>(&self, objects: &mut Objects<W>) -> io::Result<()> {
        let [descendant, descriptor, file, glyphs, unicode] = [(); 5].map(|()| objects.promise());
        objects.keep(self.id, |chunk| {
            let mut font = chunk.type0_font(self.id);
            font.base_font(NAME).encoding_predefined(Name(b"Identity-H"));
            font.descendant_font(descendant).to_unicode(unicode);
        })?;
        objects.keep(descendant, |chunk| {
            let mut font = chunk.cid_font(descendant);
            font.subtype(CidFontType::Type2).base_font(NAME).system_info(IDENTITY);
            font.font_descriptor(descriptor).cid_to_gid_map_stream(glyphs);
            font.default_width(ADVANCE.into());
        })?;
        objects.keep(descriptor, |chunk| {
            let mut told = chunk.font_descriptor(descriptor);
            told.name(NAME).flags(FontFlags::FIXED_PITCH | FontFlags::SYMBOLIC);
            let (top, bottom) = (f32::from(ASCENT), f32::from(DESCENT));
            told.bbox(pdf_writer::Rect::new(0.0, 0.0, ADVANCE.into(), top));
            told.italic_angle(0.0).stem_v(80.0).ascent(top).descent(bottom).cap_height(top);
            told.font_file2(file);
            told.finish();
        })?;
        let font = font_file();
        objects.packed(file, &format!("/Length1 {}", font.len()), &font)?;
        objects.packed(glyphs, "", &self.glyphs())?;
        let mut letters: Vec<_> =
            self.names.iter().map(|(letter, name)| (*name, *letter)).collect();
        letters.sort_unstable();
        let mut map = UnicodeCmap::<u16>::new(Name(b"Ghost-UCS"), UCS);
        letters.into_iter().for_each(|(name, letter)| map.pair(name, letter));
        objects.packed(unicode, "", map.finish().as_slice())
    }

    /// All letters look the same; PDF/A wants none to look as if it were missing.
    fn glyphs(&self) -> Vec<u8> {
        let shown = std::iter::repeat_n(1_u16, self.names.len());
        std::iter::once(0).chain(shown).flat_map(u16::to_be_bytes).collect()
    }
}

/// A TrueType font of two glyphs: a box for what is missing, and nothing at all; the tables are those that a PDF asks for.
fn font_file() -> Vec<u8> {
    let (wide, [ascent, descent]) = (ADVANCE, [ASCENT, DESCENT].map(i16::cast_unsigned));
    let glyph = missing();
    let end = (glyph.len() / 2) as u16;
    let long = |number: u32| [(number >> 16) as u16, number as u16];
    let (one, magic) = (long(0x0001_0000), long(0x5f0f_3cf5));
    let head = [one, one, [0, 0], magic, [0, UNITS]].concat();
    let head = [head, vec![0; 8], vec![0, 0, wide, ascent, 0, 8, 2, 0, 0]].concat();
    let hhea = [one.to_vec(), vec![ascent, descent, 0, wide, 0, 0, wide, 1], vec![0; 7], vec![2]];
    let maxp = [one.to_vec(), vec![2, 4, 1, 0, 0, 1], vec![0; 8]].concat();
    bound([
        (b"glyf", glyph),
        (b"head", bytes(&head)),
        (b"hhea", bytes(&hhea.concat())),
        (b"hmtx", bytes(&[wide, 0, wide, 0])),
        (b"loca", bytes(&[0, end, end])),
        (b"maxp", bytes(&maxp)),
    ])
}

/// A box, as high and as wide as any letter.
fn missing() -> Vec<u8> {
    let (w, h) = (ADVANCE, ASCENT.cast_unsigned());
    let (contours, corners, hints) = (1, 4, 0);
    let mut glyph = bytes(&[contours, 0, 0, w, h, corners - 1, hints]);
    // Each lies on the outline, and is told as steps from the one before: up, to the right, down.
    glyph.extend([1; 4]);
    glyph.extend(bytes(&[0, 0, w, 0, 0, h, 0, h.wrapping_neg()]));
    glyph
}

/// Tables as one file: in front what lies where, and in `head` what all adds up to.
fn bound<const N: usize>(tables: [(&[u8; 4], Vec<u8>); N]) -> Vec<u8> {
    let count = N as u16;
    let (steps, range) = (count.ilog2() as u16, 16 << count.ilog2());
    let mut directory = bytes(&[1, 0, count, range, steps, count * 16 - range]);
    let mut body = Vec::new();
    let mut head = 0;
    for (tag, table) in tables {
        let at = 12 + 16 * N + body.len();
        if tag == b"head" {
            head = at;
        }
        directory.extend(tag);
        for number in [sum(&table), at as u32, table.len() as u32] {
            directory.extend(number.to_be_bytes());
        }
        body.extend(table);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    let mut file = [directory, body].concat();
    let adjustment = 0xb1b0_afba_u32.wrapping_sub(sum(&file));
    file[head + 8..head + 12].copy_from_slice(&adjustment.to_be_bytes());
    file
}

fn sum(table: &[u8]) -> u32 {
    let word = |four: &[u8]| {
        let mut word = [0; 4];
        word[..four.len()].copy_from_slice(four);
        u32::from_be_bytes(word)
    };
    table.chunks(4).map(word).fold(0, u32::wrapping_add)
}

fn bytes(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use ttf_parser::{Face, GlyphId};

    use super::*;

    #[test]
    fn the_font_is_one() {
        let file = font_file();
        assert_eq!(sum(&file), 0xb1b0_afba, "what all adds up to");
        let face = Face::parse(&file, 0).unwrap();
        assert_eq!((face.number_of_glyphs(), face.units_per_em()), (2, UNITS));
        assert_eq!((face.ascender(), face.descender()), (ASCENT, DESCENT));
        for glyph in [0, 1] {
            assert_eq!(face.glyph_hor_advance(GlyphId(glyph)), Some(ADVANCE));
        }
        let area = face.glyph_bounding_box(GlyphId(0)).unwrap();
        assert_eq!((area.x_max, area.y_max), (500, 800));
        assert_eq!(face.glyph_bounding_box(GlyphId(1)), None, "nothing is seen");
    }

    #[test]
    fn a_letter_keeps_its_name_until_there_are_no_more() {
        let mut ghost = Ghost::new(Ref::new(1));
        assert_eq!(ghost.spell(&['b', 'a', 'b', '😀']), [0, 1, 0, 2, 0, 1, 0, 3]);
        assert_eq!(ghost.glyphs(), [0, 0, 0, 1, 0, 1, 0, 1]);
        let letters: Vec<_> = ('\u{20000}'..).take(Ghost::MOST - 3).collect();
        assert!(ghost.has_room_for(letters.iter().copied()));
        ghost.spell(&letters);
        assert!(ghost.has_room_for("ab😀".chars()) && !ghost.has_room_for("c".chars()));
    }
}
