use std::collections::HashSet;

use hayro_syntax::Pdf;
use hayro_write::{ChunkSettings, ExtractionQuery, extract};
use pdf_writer::{Chunk, Ref};

/// Which number lies where.
type Places = Vec<(i32, u64)>;

/// Pages of a PDF that somebody else made, with all that they need, numbered to be the first in another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The number of what the pages belong to, which is to be written.
    pub tree: i32,
    pub pages: Vec<i32>,
    pub places: Places,
    pub body: Vec<u8>,
}

/// The number of the first thing in an excerpt: before it comes only what all pages belong to.
pub(super) const FIRST: i32 = 2;
/// More things than this no cover is made of.
const MOST: i32 = 1_000_000;

impl Excerpt {
    /// Takes out the first pages, so many at most; `None` if this is no PDF, or it has no pages. Bytes of strangers are
    /// read by strange paths: this belongs into a child.
    pub fn read(pdf: Vec<u8>, most_pages: usize) -> Option<Self> {
        let pdf = Pdf::new(pdf).ok()?;
        let count = pdf.pages().len().min(most_pages);
        let queries: Vec<_> = (0..count).map(ExtractionQuery::new_page).collect();
        let mut last = FIRST - 1;
        let number = || {
            last += 1;
            Ref::new(last)
        };
        let settings = ChunkSettings { pretty: false };
        let extracted = extract(&pdf, Box::new(number), settings, &queries).ok()?;
        let pages: Result<Vec<_>, _> =
            extracted.root_refs.into_iter().map(|page| page.map(Ref::get)).collect();
        let (body, places) = numbered(&extracted.chunk)?;
        let tree = extracted.page_tree_parent_ref.get();
        let excerpt = Self { tree, pages: pages.ok()?, places, body };
        excerpt.makes_sense().then_some(excerpt)
    }

    /// Is what is named there, once, and nothing beyond the end? A child may say anything.
    pub(super) fn makes_sense(&self) -> bool {
        let numbers: HashSet<_> = self.places.iter().map(|(number, _)| *number).collect();
        let is_number = |number: i32| (FIRST..=MOST).contains(&number);
        let is_place = |(number, place): &(i32, u64)| {
            is_number(*number) && usize::try_from(*place).is_ok_and(|it| it < self.body.len())
        };
        !self.pages.is_empty()
            && self.pages.iter().all(|page| numbers.contains(page))
            && numbers.len() == self.places.len()
            && self.places.iter().all(is_place)
            && is_number(self.tree)
            && !numbers.contains(&self.tree)
    }
}

/// The bytes of numbered things, and where each lies among them: as the table says that a whole file would have.
fn numbered(chunk: &Chunk) -> Option<(Vec<u8>, Places)> {
    let mut whole = pdf_writer::Pdf::new();
    whole.extend(chunk);
    let file = whole.finish();
    let end = file.windows(9).rposition(|it| it == b"startxref")?;
    let table = number(&file[end + 9..])?;
    let entries = file.get(table..end)?.strip_prefix(b"xref\n0 ")?;
    let count = number(entries)?;
    let first = entries.iter().position(|byte| *byte == b'\n')? + 1;
    let entries = entries.get(first..first + count * 20)?.chunks_exact(20);
    let mut places = Vec::with_capacity(count);
    for (id, entry) in (0..).zip(entries) {
        if entry[17] == b'n' {
            places.push((id, number(entry)? as u64));
        }
    }
    let start = places.iter().map(|(_, place)| *place).min()?;
    places.iter_mut().for_each(|(_, place)| *place -= start);
    Some((file.get(usize::try_from(start).ok()?..table)?.to_vec(), places))
}

/// The digits at the beginning, behind blanks.
fn number(bytes: &[u8]) -> Option<usize> {
    let text = bytes.trim_ascii_start();
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(&text[..length]).ok()?.parse().ok()
}
