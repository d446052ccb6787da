//! Documents written for the purpose.

use pdf_writer::{
    Content, Finish, Name, Pdf as Writer, Rect, Ref, Str,
    types::{SystemInfo, UnicodeCmap},
};

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

/// A page on which letters mean others: those of `codes` mean `letters`, one by one.
fn page_in(codes: &str, letters: &str, shown: &[([f32; 6], &str)]) -> Vec<String> {
    let mut pdf = Writer::new();
    let [catalogue, tree, page, content, font, meaning] = [1, 2, 3, 4, 5, 6].map(Ref::new);
    pdf.catalog(catalogue).pages(tree);
    pdf.pages(tree).kids([page]).count(1);
    let mut own = pdf.page(page);
    own.parent(tree).media_box(Rect::new(0.0, 0.0, 200.0, 100.0)).contents(content);
    own.resources().fonts().pair(Name(b"F"), font);
    own.finish();
    let mut drawing = Content::new();
    drawing.begin_text().set_font(Name(b"F"), 10.0);
    for (place, text) in shown {
        drawing.set_text_matrix(*place).show(Str(text.as_bytes()));
    }
    drawing.end_text();
    pdf.stream(content, &drawing.finish());
    pdf.type1_font(font).base_font(Name(b"Helvetica")).to_unicode(meaning);
    let info = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"UCS"), supplement: 0 };
    let mut map = UnicodeCmap::<u8>::new(Name(b"Own"), info);
    codes.bytes().zip(letters.chars()).for_each(|(code, letter)| map.pair(code, letter));
    pdf.cmap(meaning, &map.finish());
    let words = Pdf::open(pdf.finish()).unwrap().words(0, &RESOLUTION).unwrap();
    words.into_iter().map(|word| word.text).collect()
}

fn at(x: f32) -> [f32; 6] {
    [1.0, 0.0, 0.0, 1.0, x, 50.0]
}

#[test]
fn words_are_told_as_they_are_read_however_they_are_drawn() {
    let shalom = |shown: &[([f32; 6], &str)]| page_in("abcdo2", "םולשע2", shown);
    assert_eq!(shalom(&[(at(50.0), "abcd")]), ["שלום"], "as it is seen");
    // Each letter is so wide in this font: c 5, the others 5.56.
    let back = [(at(80.0), "d"), (at(75.0), "c"), (at(69.44), "b"), (at(63.88), "a")];
    assert_eq!(shalom(&back), ["שלום"], "letter by letter, as it is read");
    let mirrored = [-1.0, 0.0, 0.0, 1.0, 90.0, 50.0];
    assert_eq!(shalom(&[(mirrored, "dcba")]), ["שלום"], "in a mirror, as it is read");
    assert_eq!(shalom(&[(at(50.0), "222d")]), ["ש222"], "numbers run on");
    let two = [(at(80.0), "abcd"), (at(50.0), "abco")];
    assert_eq!(shalom(&two), ["שלום", "עלום"]);
    let latin = [(at(50.0), "ab"), (at(38.0), "ab")];
    assert_eq!(page_in("", "", &latin), ["ab", "ab"], "others only run on");
}

#[test]
fn a_mark_belongs_to_the_letter_that_it_is_drawn_over() {
    let accented = |shown: &[([f32; 6], &str)]| page_in("etx", "et\u{301}", shown);
    // An e is 5.56 wide.
    let after = [(at(50.0), "e"), (at(50.3), "x"), (at(55.56), "te")];
    assert_eq!(accented(&after), ["e\u{301}te"]);
    let apart = [(at(50.0), "e"), (at(50.3), "x"), (at(60.0), "te")];
    assert_eq!(accented(&apart), ["e\u{301}", "te"], "a gap is a gap");
    let seen = [(at(50.0), "a"), (at(56.0), "x"), (at(55.56), "d")];
    assert_eq!(page_in("adx", "םש\u{5b8}", &seen), ["ש\u{5b8}ם"]);
    assert_eq!(page_in("abcd", "漢字𠀀語", &[(at(50.0), "abcd")]), ["漢字𠀀語"]);
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
