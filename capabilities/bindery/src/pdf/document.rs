use std::io::{self, Write};

use pdf_writer::{
    Content, Finish, Name, Rect, Ref, Str, TextStr,
    types::{OutputIntentSubtype, PageMode},
};

use super::{
    about::{About, Told},
    excerpt::{Excerpt, FIRST},
    font::Font,
    ghost::Ghost,
    objects::Objects,
    outline::{self, Bookmark},
    picture::Picture,
    transcript::Transcript,
};

/// A document under construction: each page is written when it is added.
pub struct Pdf<W: Write> {
    objects: Objects<W>,
    about: About,
    /// What all pages belong to, written at the end.
    root: Ref,
    pages: Vec<Page>,
    /// What the first pages belong to instead, and how many these are.
    cover: Option<(Ref, usize)>,
    font: Option<Font>,
    /// For the words of pictures.
    ghost: Option<Ghost>,
}

struct Page {
    id: Ref,
    label: Option<String>,
}

/// Why a page can't be added.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("a picture is no JPEG that a PDF can hold")]
    NoPicture,
    #[error("what was taken out of another PDF makes no sense")]
    NoExcerpt,
    #[error("the PDF can't be written")]
    Write(#[from] io::Error),
}

/// A4, upright, in points.
const SHEET: (f32, f32) = (595.276, 841.89);
const SIZE: f32 = 14.0;
const LINE: f32 = 20.0;
/// Beside a text.
const MARGIN: f32 = 85.0;
const IMAGE: Name<'static> = Name(b"I");
const FONT: Name<'static> = Name(b"F");

impl<W: Write> Pdf<W> {
    pub fn begin(out: W, about: About) -> io::Result<Self> {
        let mut objects = Objects::begin(out)?;
        let root = objects.promise();
        let pages = Vec::new();
        Ok(Self { objects, about, root, pages, cover: None, font: None, ghost: None })
    }

    /// Adds the pages of somebody else, before all others.
    pub fn add_cover(&mut self, cover: &Excerpt) -> Result<(), Error> {
        if self.objects.promised() >= FIRST || !cover.makes_sense() {
            return Err(Error::NoExcerpt);
        }
        self.objects.take(&cover.body, &cover.places)?;
        let (tree, root) = (Ref::new(cover.tree), self.root);
        let ids: Vec<_> = cover.pages.iter().map(|page| Ref::new(*page)).collect();
        let count = i32::try_from(ids.len()).unwrap_or(i32::MAX);
        self.objects.keep(tree, |chunk| {
            chunk.pages(tree).parent(root).kids(ids.iter().copied()).count(count);
        })?;
        self.cover = Some((tree, ids.len()));
        self.pages = ids.into_iter().map(|id| Page { id, label: None }).collect();
        Ok(())
    }

    pub fn page_count(&self) -> usize {
        self.pages.len()
    }

    /// Adds a page of the shape of a picture, as large as fits on a sheet of A4 that is turned like it. The bytes of the
    /// picture are taken over, and what can be read in it is laid over it.
    pub fn add_picture(
        &mut self,
        jpeg: &[u8],
        transcript: Option<&Transcript>,
        label: Option<String>,
    ) -> Result<(), Error> {
        let picture = Picture::read(jpeg).ok_or(Error::NoPicture)?;
        let (w, h) = fitted(picture);
        let image = self.objects.promise();
        let dictionary = format!(
            "/Type/XObject/Subtype/Image/Width {}/Height {}/ColorSpace/{}/BitsPerComponent 8\
             /Filter/DCTDecode",
            picture.w,
            picture.h,
            picture.colour_space()
        );
        self.objects.stream(image, &dictionary, jpeg)?;
        let mut drawing = Content::new();
        drawing.save_state().transform([w, 0.0, 0.0, h, 0.0, 0.0]).x_object(IMAGE).restore_state();
        let font = match transcript.filter(|it| !it.is_empty()) {
            Some(transcript) => Some(self.lay(transcript, (w, h), &mut drawing)?),
            None => None,
        };
        self.add_page((w, h), drawing, (Some(image), font), label)
    }

    /// Lays words over a picture; answers in which font.
    fn lay(
        &mut self,
        transcript: &Transcript,
        size: (f32, f32),
        drawing: &mut Content,
    ) -> io::Result<Ref> {
        let full = self.ghost.take_if(|ghost| !ghost.has_room_for(transcript.letters()));
        if let Some(full) = full {
            full.write(&mut self.objects)?;
        }
        let ghost = self.ghost.get_or_insert_with(|| Ghost::new(self.objects.promise()));
        let id = ghost.id;
        transcript.lay(size, (FONT, ghost), drawing);
        Ok(id)
    }

    /// Adds a page that says something, in the middle of a sheet of A4.
    pub fn add_text(&mut self, text: &str, label: Option<String>) -> Result<(), Error> {
        let (w, h) = SHEET;
        let mut font = match self.font.take() {
            Some(font) => font,
            None => Font::open(self.objects.promise()),
        };
        let lines = broken(text, |line| font.width(line) * SIZE <= w - 2.0 * MARGIN);
        let mut drawing = Content::new();
        drawing.begin_text().set_font(FONT, SIZE);
        let top = h / 2.0 + LINE * (lines.len() as f32 - 1.0) / 2.0;
        for (n, line) in lines.iter().enumerate() {
            let x = (w - font.width(line) * SIZE) / 2.0;
            drawing.set_text_matrix([1.0, 0.0, 0.0, 1.0, x, top - LINE * n as f32]);
            drawing.show(Str(&font.spell(line)));
        }
        drawing.end_text();
        let id = self.font.insert(font).id;
        self.add_page(SHEET, drawing, (None, Some(id)), label)
    }

    fn add_page(
        &mut self,
        (w, h): (f32, f32),
        drawing: Content,
        (image, font): (Option<Ref>, Option<Ref>),
        label: Option<String>,
    ) -> Result<(), Error> {
        let (id, contents) = (self.objects.promise(), self.objects.promise());
        self.objects.packed(contents, "", drawing.finish().as_slice())?;
        self.objects.keep(id, |chunk| {
            let mut page = chunk.page(id);
            page.media_box(Rect::new(0.0, 0.0, w, h)).parent(self.root).contents(contents);
            let mut resources = page.resources();
            if let Some(image) = image {
                resources.x_objects().pair(IMAGE, image);
            }
            if let Some(font) = font {
                resources.fonts().pair(FONT, font);
            }
        })?;
        self.pages.push(Page { id, label });
        Ok(())
    }

    /// Tells the rest, and gives back what was written to.
    pub fn finish(mut self, bookmarks: &[Bookmark]) -> Result<W, Error> {
        let told = self.about.write(&mut self.objects)?;
        if let Some(font) = &self.font {
            font.write(&mut self.objects)?;
        }
        if let Some(ghost) = &self.ghost {
            ghost.write(&mut self.objects)?;
        }
        let ids: Vec<_> = self.pages.iter().map(|page| page.id).collect();
        let outline = outline::write(&mut self.objects, bookmarks, &ids)?;
        self.objects.keep(self.root, |chunk| {
            let count = i32::try_from(ids.len()).unwrap_or(i32::MAX);
            let (tree, covers) = self.cover.unzip();
            let own = ids.into_iter().skip(covers.unwrap_or_default());
            chunk.pages(self.root).kids(tree.into_iter().chain(own)).count(count);
        })?;
        let catalog = self.objects.promise();
        self.write_catalog(catalog, &told, outline)?;
        Ok(self.objects.finish(catalog, told.info, self.about.id)?)
    }

    fn write_catalog(&mut self, id: Ref, told: &Told, outline: Option<Ref>) -> io::Result<()> {
        let Self { objects, about, root, pages, .. } = self;
        objects.keep(id, |chunk| {
            let mut catalog = chunk.indirect(id).start::<pdf_writer::writers::Catalog>();
            catalog.pages(*root).metadata(told.metadata);
            if let Some(outline) = outline {
                catalog.outlines(outline).page_mode(PageMode::UseOutlines);
            }
            let mut preferences = catalog.viewer_preferences();
            preferences.display_doc_title(true);
            if about.right_to_left {
                preferences.direction(pdf_writer::types::Direction::R2L);
            }
            preferences.finish();
            if let Some(profile) = told.profile {
                let mut intents = catalog.output_intents();
                let mut intent = intents.push();
                intent.subtype(OutputIntentSubtype::PDFA);
                intent.output_condition_identifier(TextStr("sRGB IEC61966-2.1"));
                intent.info(TextStr("sRGB IEC61966-2.1")).dest_output_profile(profile);
            }
            if pages.iter().any(|page| page.label.is_some()) {
                write_labels(&mut catalog, pages);
            }
        })
    }
}

/// What viewers show in place of numbers. Pages without a label are counted.
fn write_labels(catalog: &mut pdf_writer::writers::Catalog<'_>, pages: &[Page]) {
    let mut labels = catalog.insert(Name(b"PageLabels")).dict();
    let mut numbers = labels.insert(Name(b"Nums")).array();
    for (n, page) in (0..).zip(pages) {
        numbers.item(n);
        let mut label = numbers.push().dict();
        match &page.label {
            Some(text) => drop(label.pair(Name(b"P"), TextStr(text))),
            None => drop(label.pair(Name(b"S"), Name(b"D")).pair(Name(b"St"), n + 1)),
        }
    }
}

/// As large as a sheet allows, in the shape of the picture.
fn fitted(picture: Picture) -> (f32, f32) {
    let (w, h) = (f32::from(picture.w), f32::from(picture.h));
    let (short, long) = SHEET;
    let sheet = if w > h { (long, short) } else { (short, long) };
    let scale = (sheet.0 / w).min(sheet.1 / h);
    // Readers refuse pages of less than a point or so.
    ((w * scale).max(3.0), (h * scale).max(3.0))
}

/// Lines that fit, broken between words.
fn broken(text: &str, fits: impl Fn(&str) -> bool) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if line.is_empty() || fits(&longer) {
                line = longer;
            } else {
                lines.push(std::mem::replace(&mut line, word.to_owned()));
            }
        }
        lines.push(line);
    }
    lines
}
