//! What readers of other makers find in a document.

use std::{path::Path, process::Command};

use time::macros::datetime;

use super::{About, Bookmark, Excerpt, Pdf, Transcript, Word};

fn about() -> About {
    About {
        title: "Bücher & <Karten>".to_owned(),
        producer: "Recto".to_owned(),
        made: datetime!(2026-11-21 17:00:00.5 UTC),
        id: [7; 16],
        right_to_left: false,
        archival: None,
    }
}

/// A JPEG that another program made.
fn picture(folder: &Path, w: u32, h: u32, bands: u8) -> Vec<u8> {
    let path = folder.join("picture.jpg");
    let mut vips = Command::new("vips");
    vips.arg("black").arg(&path).args([w.to_string(), h.to_string()]);
    assert!(vips.args(["--bands", &bands.to_string()]).status().unwrap().success());
    std::fs::read(path).unwrap()
}

fn output(program: &str, arguments: &[&str], path: &Path) -> String {
    let output = Command::new(program).args(arguments).arg(path).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program}: {text}{errors}");
    text + &errors
}

/// The last letter is none of the font's.
const NOTICE: &str = "Diese Seite — Ünïcode, Ελληνικά, кириллица — ist (noch) nicht öffentlich 漢";

fn book(folder: &Path, about: About) -> std::path::PathBuf {
    let mut pdf = Pdf::begin(Vec::new(), about).unwrap();
    pdf.add_picture(&picture(folder, 600, 800, 3), None, Some("1r".to_owned())).unwrap();
    pdf.add_text(NOTICE, None).unwrap();
    pdf.add_picture(&picture(folder, 400, 100, 1), None, Some("2r".to_owned())).unwrap();
    let leaf = |title: &str, page| Bookmark { title: title.to_owned(), page, below: Vec::new() };
    let below = vec![leaf("1r", 0), leaf("é (x)", 1)];
    let first = Bookmark { below, ..leaf("Chapter 1", 0) };
    let bytes = pdf.finish(&[first, leaf("Chapter 2", 2)]).unwrap();
    let path = folder.join("book.pdf");
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn readers_of_other_makers_find_nothing_wrong() {
    for archival in [None, Some(vec![0; 128])] {
        let folder = tempfile::tempdir().unwrap();
        let path = book(folder.path(), About { archival, ..about() });
        let checked = output("qpdf", &["--check"], &path);
        assert!(checked.contains("No syntax or stream encoding errors"), "{checked}");
        let told = output("pdfinfo", &[], &path);
        for line in
            ["Title:           Bücher & <Karten>", "Pages:           3", "PDF version:     1.7"]
        {
            assert!(told.contains(line), "{line}: {told}");
        }
    }
}

#[test]
fn a_page_has_the_shape_of_its_picture_on_a4() {
    let folder = tempfile::tempdir().unwrap();
    let path = book(folder.path(), about());
    let told = output("pdfinfo", &["-f", "1", "-l", "3"], &path);
    for size in ["595.276 x 793.701", "595.276 x 841.89", "841.89 x 210.472"] {
        let [w, h] =
            size.split(" x ").map(|side| side.parse::<f32>().unwrap()).collect::<Vec<_>>()[..]
        else {
            unreachable!("two sides")
        };
        let is_of_size = |line: &str| {
            let words: Vec<f32> =
                line.split_whitespace().filter_map(|it| it.parse().ok()).collect();
            words.windows(2).any(|it| (it[0] - w).abs() < 0.1 && (it[1] - h).abs() < 0.1)
        };
        assert!(told.lines().any(is_of_size), "{size}: {told}");
    }
}

#[test]
fn pictures_are_taken_over_byte_by_byte() {
    let folder = tempfile::tempdir().unwrap();
    let path = book(folder.path(), about());
    let root = folder.path().join("image");
    let status = Command::new("pdfimages").arg("-j").args([&path, &root]).status().unwrap();
    assert!(status.success());
    let taken = std::fs::read(folder.path().join("image-000.jpg")).unwrap();
    assert!(taken == picture(folder.path(), 600, 800, 3));
}

#[test]
fn what_stands_in_the_place_of_a_page_can_be_read_and_seen() {
    let folder = tempfile::tempdir().unwrap();
    let path = book(folder.path(), about());
    let text = Command::new("pdftotext").arg(&path).arg("-").output().unwrap().stdout;
    let text = String::from_utf8(text).unwrap();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(words, NOTICE.replace('漢', "\u{fffd}"));
    let fonts = output("pdffonts", &[], &path);
    assert!(fonts.contains("DejaVuSans") && fonts.contains("yes"), "{fonts}");
    let root = folder.path().join("page");
    let mut drawn = Command::new("pdftoppm");
    drawn.args(["-gray", "-r", "36", "-f", "2", "-l", "2"]).args([&path, &root]);
    assert!(drawn.output().unwrap().stderr.is_empty());
    let page = std::fs::read(folder.path().join("page-2.pgm")).unwrap();
    assert!(page[20..].contains(&0) || page[20..].iter().any(|it| *it < 100), "nothing is drawn");
}

#[test]
fn bookmarks_and_labels_lead_to_pages() {
    let folder = tempfile::tempdir().unwrap();
    let path = book(folder.path(), About { right_to_left: true, ..about() });
    let json = output("qpdf", &["--json", "--json-key=outlines", "--json-key=pagelabels"], &path);
    for found in ["Chapter 1", "Chapter 2", "é (x)", "\"destpageposfrom1\": 3", "2r"] {
        assert!(json.contains(found), "{found}: {json}");
    }
}

#[test]
fn a_document_for_good_says_so_and_brings_its_colours() {
    let folder = tempfile::tempdir().unwrap();
    let about = About { archival: Some(vec![0; 128]), ..about() };
    let bytes = std::fs::read(book(folder.path(), about)).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    for part in [
        "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>",
        "/GTS_PDFA1",
        "/DestOutputProfile",
        "<xmp:CreateDate>2026-11-21T17:00:00Z</xmp:CreateDate>",
        "(D:20261121170000Z)",
        "Bücher &amp; &lt;Karten&gt;",
        "/ID[<07070707",
    ] {
        assert!(text.contains(part), "{part}");
    }
}

#[test]
fn what_is_no_picture_is_refused_and_an_empty_document_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut pdf = Pdf::begin(Vec::new(), about()).unwrap();
    assert!(pdf.add_picture(b"GIF89a", None, None).is_err());
    pdf.add_text("", None).unwrap();
    let path = folder.path().join("empty.pdf");
    std::fs::write(&path, pdf.finish(&[]).unwrap()).unwrap();
    output("qpdf", &["--check"], &path);
}

const READ: [(&str, [f32; 4]); 9] = [
    ("Über", [60.0, 80.0, 120.0, 40.0]),
    ("uns", [200.0, 80.0, 90.0, 40.0]),
    ("e\u{301}te\u{301}", [60.0, 160.0, 120.0, 40.0]),
    ("漢字", [60.0, 240.0, 80.0, 40.0]),
    ("𠀀😀", [160.0, 240.0, 80.0, 40.0]),
    ("क्षि", [60.0, 320.0, 80.0, 40.0]),
    ("שלום", [400.0, 400.0, 100.0, 40.0]),
    ("ש\u{5b8}\u{5c1}לו\u{5b9}ם", [250.0, 560.0, 140.0, 40.0]),
    ("مرحبا", [400.0, 480.0, 100.0, 40.0]),
];

fn transcript((w, h): (u32, u32), words: &[(&str, [f32; 4])]) -> Transcript {
    let word = |(text, [x, y, w, h]): &(&str, [f32; 4])| Word {
        text: (*text).to_owned(),
        x: *x,
        y: *y,
        w: *w,
        h: *h,
    };
    Transcript::new((w, h), words.iter().map(word).collect()).unwrap()
}

/// A book with a page to be read, and one that was read when it was twice as large.
fn read_book(folder: &Path, about: About) -> std::path::PathBuf {
    let mut pdf = Pdf::begin(Vec::new(), about).unwrap();
    let jpeg = picture(folder, 600, 800, 3);
    pdf.add_picture(&jpeg, Some(&transcript((600, 800), &READ)), None).unwrap();
    pdf.add_text("Nichts", None).unwrap();
    let large = [("large", [120.0, 160.0, 240.0, 80.0]), ("upwards", [20.0, 800.0, 40.0, 400.0])];
    pdf.add_picture(&jpeg, Some(&transcript((1200, 1600), &large)), None).unwrap();
    pdf.add_picture(&jpeg, Some(&transcript((600, 800), &[])), None).unwrap();
    let path = folder.join("read.pdf");
    std::fs::write(&path, pdf.finish(&[]).unwrap()).unwrap();
    path
}

/// The words of a page and their boxes: left, top, right, bottom, in points.
fn boxes(path: &Path, page: &str) -> Vec<(String, [f32; 4])> {
    let mut pdftotext = Command::new("pdftotext");
    pdftotext.args(["-bbox", "-f", page, "-l", page]).arg(path).arg("-");
    let told = String::from_utf8(pdftotext.output().unwrap().stdout).unwrap();
    let word = |line: &str| {
        let (place, text) = line.trim().strip_prefix("<word ")?.split_once('>')?;
        let side = |name: &str| place.split(name).nth(1)?.split('"').nth(1)?.parse().ok();
        let sides = [side("xMin")?, side("yMin")?, side("xMax")?, side("yMax")?];
        Some((text.trim_end_matches("</word>").to_owned(), sides))
    };
    told.lines().filter_map(word).collect()
}

#[test]
fn what_can_be_read_in_a_picture_is_found_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = read_book(folder.path(), About { archival: Some(vec![0; 128]), ..about() });
    let checked = output("qpdf", &["--check"], &path);
    assert!(checked.contains("No syntax or stream encoding errors"), "{checked}");
    let found = boxes(&path, "1");
    assert_eq!(found.len(), READ.len(), "{found:?}");
    // 600 pixels are as many points as A4 is wide.
    let scale = 595.276 / 600.0;
    for (text, [x, y, w, h]) in READ {
        let is_near = |sides: &[f32; 4]| {
            let meant = [x, y, x + w, y + h].map(|side| side * scale);
            sides.iter().zip(meant).all(|(side, meant)| (side - meant).abs() < 0.5)
        };
        let there: Vec<_> = found.iter().filter(|(_, sides)| is_near(sides)).collect();
        assert_eq!(there.len(), 1, "{text}: {found:?}");
        let sorted = |text: &str| {
            let mut letters: Vec<_> = text.chars().collect();
            letters.sort_unstable();
            letters
        };
        // With boxes it tells letters as they are seen, whichever way they run.
        assert_eq!(sorted(&there[0].0), sorted(text));
    }
    let large = boxes(&path, "3");
    let is_word = |text: &str, sides: [f32; 4]| {
        large.iter().any(|(own, found)| {
            own == text && found.iter().zip(sides).all(|(a, b)| (a - b * scale).abs() < 0.5)
        })
    };
    assert!(is_word("large", [60.0, 80.0, 180.0, 120.0]), "{large:?}");
    assert!(is_word("upwards", [10.0, 400.0, 30.0, 600.0]), "{large:?}");
    assert!(boxes(&path, "4").is_empty());
}

#[test]
fn words_are_copied_as_they_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = read_book(folder.path(), about());
    let text = Command::new("pdftotext").arg(&path).arg("-").output().unwrap().stdout;
    // Around what runs from right to left it tells so.
    let is_order = |letter: &char| matches!(letter, '\u{202a}'..='\u{202e}');
    let text: String =
        String::from_utf8(text).unwrap().chars().filter(|it| !is_order(it)).collect();
    for (word, _) in READ {
        assert!(text.split_whitespace().any(|own| own == word), "{word}: {text}");
    }
}

#[test]
fn nothing_of_what_can_be_read_is_seen_and_its_font_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = read_book(folder.path(), about());
    let fonts = output("pdffonts", &["-l", "1"], &path);
    let ghost: Vec<_> = fonts.lines().filter(|line| line.starts_with("Ghost")).collect();
    assert_eq!(ghost.len(), 1, "{fonts}");
    let told: Vec<_> = ghost[0].split_whitespace().collect();
    assert_eq!(told[..6], ["Ghost", "CID", "TrueType", "Identity-H", "yes", "no"], "{fonts}");
    let root = folder.path().join("page");
    let mut drawn = Command::new("pdftoppm");
    drawn.args(["-gray", "-r", "72", "-l", "1"]).args([&path, &root]);
    assert_eq!(drawn.output().unwrap().stderr, b"");
    let page = std::fs::read(folder.path().join("page-1.pgm")).unwrap();
    let (picture, paper) = (&page[page.len() / 2..page.len() - 600], 0);
    assert!(picture.iter().all(|pixel| *pixel == paper), "the picture is black all over");
}

#[test]
fn a_font_that_is_full_is_followed_by_another() {
    let folder = tempfile::tempdir().unwrap();
    let jpeg = picture(folder.path(), 600, 800, 1);
    let mut pdf = Pdf::begin(Vec::new(), about()).unwrap();
    for first in ['\u{20000}', '\u{2a000}'] {
        let letters: Vec<_> = (first..).take(40_000).collect();
        let texts = letters.chunks(100).map(String::from_iter).collect::<Vec<_>>();
        let places = texts.iter().zip(0..).map(|(text, n)| {
            let (x, y) = ((n % 2 * 300) as f32, (n / 2 * 4) as f32);
            (text.as_str(), [x, y, 290.0, 3.0])
        });
        let words = transcript((600, 800), &places.collect::<Vec<_>>());
        pdf.add_picture(&jpeg, Some(&words), None).unwrap();
    }
    let path = folder.path().join("letters.pdf");
    std::fs::write(&path, pdf.finish(&[]).unwrap()).unwrap();
    let fonts = output("pdffonts", &[], &path);
    assert_eq!(fonts.matches("Ghost").count(), 2, "{fonts}");
    for (page, last) in [("1", '\u{29c3f}'), ("2", '\u{33c3f}')] {
        let found = boxes(&path, page);
        assert!(found.iter().any(|(text, _)| text.contains(last)), "{page}: {}", found.len());
    }
}

#[test]
fn pages_of_somebody_else_come_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = book(folder.path(), about());
    let linearised = folder.path().join("theirs.pdf");
    let mut qpdf = Command::new("qpdf");
    qpdf.args(["--object-streams=generate", "--linearize"]).args([&path, &linearised]);
    assert!(qpdf.status().unwrap().success());
    for theirs in [path, linearised] {
        let excerpt = Excerpt::read(std::fs::read(theirs).unwrap(), 2).unwrap();
        assert_eq!(excerpt.pages.len(), 2);
        let mut pdf = Pdf::begin(Vec::new(), about()).unwrap();
        pdf.add_cover(&excerpt).unwrap();
        pdf.add_text("ours", Some("1".to_owned())).unwrap();
        assert_eq!(pdf.page_count(), 3);
        let bookmark = Bookmark { title: "ours".to_owned(), page: 2, below: Vec::new() };
        let path = folder.path().join("ours.pdf");
        std::fs::write(&path, pdf.finish(&[bookmark]).unwrap()).unwrap();
        let checked = output("qpdf", &["--check"], &path);
        assert!(checked.contains("No syntax or stream encoding errors"), "{checked}");
        assert!(output("pdfinfo", &[], &path).contains("Pages:           3"));
        let text = Command::new("pdftotext").arg(&path).arg("-").output().unwrap().stdout;
        let text = String::from_utf8(text).unwrap();
        let (theirs, ours) = (text.find("Ünïcode").unwrap(), text.find("ours").unwrap());
        assert!(theirs < ours, "{text}");
    }
}

#[test]
fn what_makes_no_sense_is_no_cover() {
    for nonsense in [&b""[..], b"%PDF-1.7\n", b"GIF89a"] {
        assert_eq!(Excerpt::read(nonsense.to_vec(), 9), None);
    }
    let sound = Excerpt { tree: 2, pages: vec![3], places: vec![(3, 0)], body: vec![b' '; 9] };
    let changes: [fn(&mut Excerpt); 7] = [
        |it| it.pages.clear(),
        |it| it.pages.push(4),
        |it| it.tree = 3,
        |it| it.tree = 1,
        |it| it.places.push((3, 1)),
        |it| it.places.push((4, 9)),
        |it| it.places.push((i32::MAX, 1)),
    ];
    for (n, change) in changes.into_iter().enumerate() {
        let mut excerpt = sound.clone();
        change(&mut excerpt);
        let mut pdf = Pdf::begin(Vec::new(), about()).unwrap();
        assert!(pdf.add_cover(&excerpt).is_err(), "change {n}");
    }
    let mut pdf = Pdf::begin(Vec::new(), about()).unwrap();
    pdf.add_text("first", None).unwrap();
    assert!(pdf.add_cover(&sound).is_err(), "it is not the first any more");
}
