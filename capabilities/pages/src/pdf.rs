use hayro::{
    PixmapSettings, RenderCache, RenderSettings,
    hayro_interpret::{
        Context, InterpreterCache, InterpreterSettings, interpret_page, util::TransformExt,
    },
    hayro_syntax::{self as syntax, LoadPdfError, page::Page},
    kurbo::{Affine, Rect},
    render,
    vello_cpu::color::palette::css::WHITE,
};

use crate::{Error, Resolution, Sheet, Word, words::Reader};

/// A PDF, opened.
pub struct Pdf(syntax::Pdf);

impl Pdf {
    pub fn open(bytes: Vec<u8>) -> Result<Self, Error> {
        let opened = syntax::Pdf::new(bytes).map_err(|error| match error {
            LoadPdfError::Decryption(_) => Error::Locked,
            LoadPdfError::Invalid => Error::Damaged,
        })?;
        if opened.pages().is_empty() { Err(Error::Empty) } else { Ok(Self(opened)) }
    }

    /// How many pages it has: one at least.
    pub fn pages(&self) -> usize {
        self.0.pages().len()
    }

    /// What a page looks like; the first is 0.
    pub fn draw(&self, number: usize, resolution: &Resolution) -> Result<Sheet, Error> {
        let (page, (w, h)) = self.page(number, resolution)?;
        let (wide, high) = page.render_dimensions();
        // A little more than needed: the product is cut off to whole pixels.
        let scale = |pixels: u16, points: f32| (f32::from(pixels) + 0.01) / points;
        let pixmap =
            PixmapSettings { x_scale: scale(w, wide), y_scale: scale(h, high), bg_color: WHITE };
        let settings = RenderSettings { hinting: false, ..RenderSettings::default() };
        let drawn = render(page, &RenderCache::new(), &interpreter(), &settings, &pixmap);
        let (w, h) = (u32::from(drawn.width()), u32::from(drawn.height()));
        Ok(Sheet { w, h, pixels: drawn.data_as_u8_slice().to_vec() })
    }

    /// The words on a page that can be told from it, where they are in what is drawn of it.
    pub fn words(&self, number: usize, resolution: &Resolution) -> Result<Vec<Word>, Error> {
        let (page, (w, h)) = self.page(number, resolution)?;
        let (wide, high) = page.render_dimensions();
        let scale = Affine::scale_non_uniform(
            f64::from(w) / f64::from(wide),
            f64::from(h) / f64::from(high),
        );
        let transform = scale * page.initial_transform(true).to_kurbo();
        let sheet = Rect::new(0.0, 0.0, f64::from(w), f64::from(h));
        let cache = InterpreterCache::new();
        let mut context = Context::new(transform, sheet, &cache, page.xref(), interpreter());
        let mut reader = Reader::new(sheet);
        interpret_page(page, &mut context, &mut reader);
        Ok(reader.words())
    }

    fn page(
        &self,
        number: usize,
        resolution: &Resolution,
    ) -> Result<(&Page<'_>, (u16, u16)), Error> {
        let page = self.0.pages().get(number).ok_or(Error::NoSuchPage(number + 1))?;
        let pixels = resolution.pixels(page.render_dimensions());
        Ok((page, pixels.ok_or(Error::NoExtent(number + 1))?))
    }
}

/// With the fonts and tables that come with it: a child can open no others.
fn interpreter() -> InterpreterSettings {
    InterpreterSettings::default()
}
