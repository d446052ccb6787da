use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref};

use super::{Produce, Sheet, jpeg};
use crate::Error;

/// A point is a 72nd of an inch, and pages have as many pixels to the inch as good scans.
const POINTS_PER_PIXEL: f32 = 72.0 / 300.0;
/// What readers accept as the side of a page, in points.
const LONGEST: f32 = 14_400.0;

/// One page that is filled by a JPEG.
pub(super) fn encode(sheet: Sheet, quality: u8, produce: Produce<'_>) -> Result<Vec<u8>, Error> {
    let jpeg = jpeg::encode(sheet, quality, produce)?;
    let [catalog, pages, page, image, content] = [1, 2, 3, 4, 5].map(Ref::new);
    let name = Name(b"Page");
    let longest = sheet.extent.longest_edge() as f32;
    let scale = POINTS_PER_PIXEL.min(LONGEST / longest);
    let (w, h) = (sheet.extent.w as f32 * scale, sheet.extent.h as f32 * scale);

    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(pages);
    pdf.pages(pages).kids([page]).count(1);
    let mut leaf = pdf.page(page);
    leaf.media_box(Rect::new(0.0, 0.0, w, h)).parent(pages).contents(content);
    leaf.resources().x_objects().pair(name, image);
    leaf.finish();

    let mut object = pdf.image_xobject(image, &jpeg);
    object.filter(Filter::DctDecode);
    object.width(sheet.extent.w as i32).height(sheet.extent.h as i32).bits_per_component(8);
    if sheet.is_gray() {
        object.color_space().device_gray();
    } else {
        object.color_space().device_rgb();
    }
    object.finish();

    let mut drawing = Content::new();
    drawing.save_state().transform([w, 0.0, 0.0, h, 0.0, 0.0]).x_object(name).restore_state();
    pdf.stream(content, &drawing.finish());
    Ok(pdf.finish())
}
