//! What readers of other makers find in a document.

use std::{path::Path, process::Command};

use time::macros::datetime;

use super::{About, Bookmark, Excerpt, Pdf};

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

fn book(folder: &Path, about: About) -> std::path::PathBuf {
    let mut pdf = Pdf::begin(Vec::new(), about).unwrap();
    pdf.add_picture(&picture(folder, 600, 800, 3), Some("1r".to_owned())).unwrap();
    pdf.add_text("Diese Seite — Ünïcode, Ελληνικά, кириллица — ist (noch) nicht öffentlich", None)
        .unwrap();
    pdf.add_picture(&picture(folder, 400, 100, 1), Some("2r".to_owned())).unwrap();
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
    let message = "Diese Seite — Ünïcode, Ελληνικά, кириллица — ist (noch) nicht öffentlich";
    assert_eq!(words, message);
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
    assert!(pdf.add_picture(b"GIF89a", None).is_err());
    pdf.add_text("", None).unwrap();
    let path = folder.path().join("empty.pdf");
    std::fs::write(&path, pdf.finish(&[]).unwrap()).unwrap();
    output("qpdf", &["--check"], &path);
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
