//! Documents written for the purpose.

use pdf_writer::{Content, Finish, Name, Pdf as Writer, Rect, Ref, Str};

use crate::{Error, Pdf, Resolution};

const RESOLUTION: Resolution = Resolution { dpi: 144.0, max_pixels: 50_000_000, max_edge: 10_000 };

/// Pages of 200 x 100 points: each says its number, and the left half is red.
fn document(pages: usize) -> Vec<u8> {
    let mut pdf = Writer::new();
    let (catalogue, tree, font) = (Ref::new(1), Ref::new(2), Ref::new(3));
    pdf.catalog(catalogue).pages(tree);
    let page = |number: usize| Ref::new(10 + 2 * number as i32);
    let content = |number: usize| Ref::new(11 + 2 * number as i32);
    pdf.pages(tree).kids((0..pages).map(page)).count(pages as i32);
    for number in 0..pages {
        let mut own = pdf.page(page(number));
        own.parent(tree).media_box(Rect::new(0.0, 0.0, 200.0, 100.0)).contents(content(number));
        own.resources().fonts().pair(Name(b"F"), font);
        own.finish();
        let mut drawing = Content::new();
        drawing.set_fill_rgb(1.0, 0.0, 0.0).rect(0.0, 0.0, 100.0, 100.0).fill_nonzero();
        drawing.begin_text().set_fill_rgb(0.0, 0.0, 0.0).set_font(Name(b"F"), 10.0);
        drawing.next_line(110.0, 50.0).show(Str(format!("page {}", number + 1).as_bytes()));
        drawing.end_text();
        pdf.stream(content(number), &drawing.finish());
    }
    pdf.type1_font(font).base_font(Name(b"Helvetica"));
    pdf.finish()
}

fn pixel(sheet: &crate::Sheet, x: usize, y: usize) -> Vec<u8> {
    let mut rows = Vec::new();
    sheet
        .each_row(|row| {
            rows.push(row.to_vec());
            Ok::<_, ()>(())
        })
        .unwrap();
    assert_eq!(rows.len(), sheet.h as usize);
    rows[y][x * 3..x * 3 + 3].to_vec()
}

#[test]
fn every_page_is_drawn_as_large_as_asked_for() {
    let pdf = Pdf::open(document(3)).unwrap();
    assert_eq!(pdf.pages(), 3);
    let sheet = pdf.draw(2, &RESOLUTION).unwrap();
    assert_eq!((sheet.w, sheet.h), (400, 200));
    assert_eq!(pixel(&sheet, 100, 20), [255, 0, 0]);
    assert_eq!(pixel(&sheet, 300, 20), [255, 255, 255], "on white");
}

#[test]
fn words_are_read_where_they_are_drawn() {
    let pdf = Pdf::open(document(2)).unwrap();
    let words = pdf.words(1, &RESOLUTION).unwrap();
    let texts: Vec<_> = words.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(texts, ["page", "2"]);
    let word = &words[0];
    assert!((219.0..222.0).contains(&word.x) && (82.0..86.0).contains(&word.y), "{word:?}");
    assert!((40.0..50.0).contains(&word.w) && (18.0..22.0).contains(&word.h), "{word:?}");
    assert!(words[1].x > word.x + word.w, "{words:?}");
}

#[test]
fn what_is_no_document_is_refused() {
    for bytes in [b"".to_vec(), b"%PDF-1.7\n".to_vec(), b"no PDF at all".to_vec()] {
        assert!(Pdf::open(bytes).is_err());
    }
    let pdf = Pdf::open(document(1)).unwrap();
    assert_eq!(pdf.draw(1, &RESOLUTION).err(), Some(Error::NoSuchPage(2)));
}

#[test]
fn a_document_that_is_cut_off_ends_in_an_error_or_in_pages() {
    let whole = document(3);
    for length in (0..whole.len()).step_by(37) {
        if let Ok(pdf) = Pdf::open(whole[..length].to_vec()) {
            for number in 0..pdf.pages() {
                let _ = pdf.draw(number, &RESOLUTION);
                let _ = pdf.words(number, &RESOLUTION);
            }
        }
    }
}
