//! Documents of many pages, which become images.

use std::{fs, path::Path, process::Command, time::Duration};

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Library, Picture, Place, Recto, output_of};
use pdf_writer::{
    Content, Finish, Name, Pdf, Rect, Ref, Str,
    types::{SystemInfo, UnicodeCmap},
};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::projections::made;

const QUEUE: &str = "/customers/1/queue";
const PAGES: i32 = 4;

#[tokio::test]
async fn every_page_of_a_document_becomes_an_image() -> Result<()> {
    for keeping in Keeping::offered() {
        walk(keeping).await.with_context(|| format!("{keeping:?}"))?;
    }
    Ok(())
}

#[tokio::test]
async fn the_pages_of_a_tiff_and_the_images_of_a_zip_become_images_too() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    let [scans, bundle] = ["scans.tif", "bundle.zip"].map(|name| place.origins().join(name));
    fs::write(&scans, tiff(&[40, 90, 140]))?;
    pack(&bundle, &[("b/p10.tif", &tiff(&[140])), ("b/p9.tif", &tiff(&[90])), ("b/no.txt", b"?")])?;
    let composite = |id: &str, file: &Path| {
        json!({
            "@type": "vocab:Composite", "id": id, "space": 1, "incrementSeed": 0,
            "origin": format!("file://{}", file.display()),
        })
    };
    let members = json!({"member": [composite("scan-{}", &scans), composite("zip-{}", &bundle)]});
    let taken = library.ask(&recto, Method::POST, QUEUE, Some(&members)).await?;
    let taken = taken.with_status(202)?.json()?;
    let told = ended(&recto, &library, &taken["members"][0]).await?;
    ensure!(told["status"] == "COMPLETED" && told["image_count"] == 3, "{told:#}");
    let told = ended(&recto, &library, &taken["members"][1]).await?;
    ensure!(told["status"] == "COMPLETED" && told["image_count"] == 2, "{told:#}");
    ensure!(told["skipped"] == json!(["b/no.txt is no image"]), "{told:#}");
    let shades = [("scan-0", 40), ("scan-1", 90), ("scan-2", 140), ("zip-0", 90), ("zip-1", 140)];
    for (id, shade) in shades {
        let asset = library.finished(&recto, id).await?;
        ensure!(asset["mediaType"] == "image/tiff" && asset["width"] == 64, "{asset:#}");
        let path = Library::public("iiif-img", &format!("{id}/full/max/0/default.jpg"));
        let shown = Picture::of_answer(&recto.get(&path).await?.with_status(200)?)?.mean();
        let meant = f64::from(shade);
        ensure!(shown.iter().all(|own| (own - meant).abs() < 2.0), "{id}: {shown:?}");
    }
    recto.stop().await?;
    Ok(())
}

/// Pages of 64 x 48 pixels, each of one grey.
fn tiff(shades: &[u8]) -> Vec<u8> {
    const PIXELS: u32 = 64 * 48;
    let tags = |strip: u32| {
        [(256, 64), (257, 48), (258, 8), (259, 1), (262, 1), (273, strip), (278, 48), (279, PIXELS)]
    };
    let page = PIXELS + 2 + 8 * 12 + 4;
    let mut file = [b"II\x2a\0".to_vec(), (8 + PIXELS).to_le_bytes().to_vec()].concat();
    for (shade, begins) in shades.iter().zip((8..).step_by(page as usize)) {
        file.extend(vec![*shade; PIXELS as usize]);
        file.extend(8_u16.to_le_bytes());
        for (tag, value) in tags(begins) {
            file.extend([tag, 4_u16].map(u16::to_le_bytes).concat());
            file.extend([1_u32, value].map(u32::to_le_bytes).concat());
        }
        let next = begins + page + PIXELS;
        let is_last = begins as usize + page as usize == 8 + shades.len() * page as usize;
        file.extend(if is_last { 0_u32 } else { next }.to_le_bytes());
    }
    file
}

/// As another program packs it.
fn pack(archive: &Path, files: &[(&str, &[u8])]) -> Result<()> {
    let folder = tempfile::tempdir()?;
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().context("no folder")?)?;
        fs::write(path, bytes)?;
    }
    let mut python = Command::new("python3");
    python.args(["-m", "zipfile", "-c"]).arg(archive).arg("b").current_dir(folder.path());
    output_of(&mut python)?;
    Ok(())
}

async fn walk(keeping: Keeping) -> Result<()> {
    let place = Place::new(keeping)?;
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    let (book, noise) = (place.origins().join("book.pdf"), place.origins().join("noise.pdf"));
    fs::write(&book, document())?;
    fs::write(&noise, b"%PDF-1.7 and nothing else")?;
    let composite = |id: &str, file: &std::path::Path| {
        json!({
            "@type": "vocab:Composite", "id": id, "space": 1, "incrementSeed": 7,
            "origin": format!("file://{}", file.display()), "originFormat": "application/pdf",
            "string1": "book", "string2": "f. {}", "number1": "{}",
        })
    };
    let members =
        json!({"member": [composite("book-{:03d}", &book), composite("noise-{}", &noise)]});
    let taken = library.ask(&recto, Method::POST, QUEUE, Some(&members)).await?;
    let taken = taken.with_status(202)?.json()?;
    let whole = ended(&recto, &library, &taken["members"][0]).await?;
    ensure!(whole["status"] == "COMPLETED" && whole["image_count"] == PAGES, "{whole:#}");
    ensure!(whole["dlcs_uris"].as_array().is_some_and(|batches| batches.len() == 1), "{whole:#}");
    for number in 7..7 + PAGES {
        page(&recto, &library, number).await.with_context(|| format!("page {number}"))?;
    }
    bound(&place, &recto, &library).await.context("bound together again")?;
    let failed = ended(&recto, &library, &taken["members"][1]).await?;
    ensure!(failed["status"] == "ERROR", "{failed:#}");
    ensure!(failed["error"].as_str().is_some_and(|error| error.contains("PDF")), "{failed:#}");
    recto.stop().await?;
    Ok(())
}

/// The pages of 4 x 2 inches are grey, each a little lighter than the one before.
async fn page(recto: &Recto, library: &Library, number: i32) -> Result<()> {
    let id = format!("book-{number:03}");
    let asset = library.finished(recto, &id).await?;
    ensure!(asset["error"].as_str().unwrap_or_default().is_empty(), "{asset:#}");
    ensure!(asset["mediaType"] == "image/jpeg" && asset["family"] == "I", "{asset:#}");
    ensure!(asset["string2"] == format!("f. {number}") && asset["number1"] == number, "{asset:#}");
    ensure!(asset["width"] == 1200 && asset["height"] == 600, "300 pixels an inch: {asset:#}");
    let image =
        recto.get(&Library::public("iiif-img", &format!("{id}/full/max/0/default.jpg"))).await?;
    let shown = Picture::of_answer(&image.with_status(200)?)?.crop(10, 10, 200, 200).mean();
    let meant = f64::from((number - 7) * 50 + 40);
    ensure!(shown.iter().all(|shade| (shade - meant).abs() < 4.0), "{shown:?}, not {meant}");
    Ok(())
}

/// In a PDF of the pages their words are where they were, but for the page that not everybody may see.
async fn bound(place: &Place, recto: &Recto, library: &Library) -> Result<()> {
    let query = json!({ "name": "bound", "template": "s1=p1!&assetOrder=n1&pdfa=2b" });
    let saved = library.ask(recto, Method::POST, "/customers/1/namedQueries", Some(&query));
    saved.await?.with_status(201)?;
    let closed = json!({ "roles": ["https://example.org/roles/staff"] });
    let page = "/customers/1/spaces/1/images/book-008";
    library.ask(recto, Method::PATCH, page, Some(&closed)).await?.with_status(200)?;
    let pdf = place.temporary().join("bound.pdf");
    fs::write(&pdf, &made(recto, "/pdf/1/bound/book").await?.body)?;
    output_of(Command::new("qpdf").arg("--check").arg(&pdf))?;

    let text = output_of(Command::new("pdftotext").arg(&pdf).arg("-"))?;
    let text = String::from_utf8(text.stdout)?;
    let pages: Vec<_> = text.split_terminator('\u{c}').collect();
    ensure!(pages.len() == PAGES as usize, "{text:?}");
    for (number, page) in pages.iter().enumerate() {
        for word in ["words of a page", "שלום", "漢字", "e\u{301}"] {
            ensure!(page.contains(word) == (number != 1), "{word} on {number}: {page:?}");
        }
    }
    ensure!(pages[1].contains("not available"), "{text:?}");
    let mut boxes = Command::new("pdftotext");
    let boxes = output_of(boxes.args(["-bbox", "-l", "1"]).arg(&pdf).arg("-"))?;
    let boxes = String::from_utf8(boxes.stdout)?;
    let word = boxes.lines().find(|line| line.contains(">words<")).context("no box")?;
    let sides =
        word.split('"').skip(1).step_by(2).map(str::parse).collect::<Result<Vec<f32>, _>>()?;
    // The sheet is as wide as A4 is high: so much wider than the page was, on which letters were 12 points high.
    let scale = 841.89 / 288.0;
    let meant = [150.0, 144.0 - 29.6, 182.0, 144.0 - 17.6].map(|side| side * scale);
    let is_there = sides.iter().zip(meant).all(|(side, meant)| (side - meant).abs() < 1.5 * scale);
    ensure!(is_there && sides.len() == 4, "{sides:?}, not {meant:?}");
    Ok(())
}

async fn ended(recto: &Recto, library: &Library, member: &Value) -> Result<Value> {
    let url = member["id"].as_str().context("no id")?;
    let path = url.split_once("/collections/").map(|(_, rest)| format!("/collections/{rest}"));
    let path = path.context("no collection")?;
    let begun = Instant::now();
    loop {
        let told = library.ask(recto, Method::GET, &path, None).await?.json()?;
        if ["COMPLETED", "ERROR"].iter().any(|status| told["status"] == *status) {
            return Ok(told);
        }
        ensure!(begun.elapsed() < Duration::from_secs(120), "still {told:#}");
        sleep(Duration::from_millis(50)).await;
    }
}

fn document() -> Vec<u8> {
    let mut pdf = Pdf::new();
    let [catalogue, tree, font, other, meaning] = [1, 2, 3, 4, 5].map(Ref::new);
    pdf.catalog(catalogue).pages(tree);
    let (page, content) = (|n: i32| Ref::new(10 + 2 * n), |n: i32| Ref::new(11 + 2 * n));
    pdf.pages(tree).kids((0..PAGES).map(page)).count(PAGES);
    for number in 0..PAGES {
        let mut own = pdf.page(page(number));
        own.parent(tree).media_box(Rect::new(0.0, 0.0, 288.0, 144.0)).contents(content(number));
        own.resources().fonts().pair(Name(b"F"), font).pair(Name(b"O"), other);
        own.finish();
        let mut drawing = Content::new();
        let shade = (number * 50 + 40) as f32 / 255.0;
        drawing.set_fill_gray(shade).rect(0.0, 0.0, 288.0, 144.0).fill_nonzero();
        drawing.begin_text().set_fill_gray(0.0).set_font(Name(b"F"), 12.0);
        drawing.next_line(150.0, 20.0).show(Str(b"words of a page"));
        drawing.set_font(Name(b"O"), 12.0);
        for (line, letters) in [(100.0, &b"abcd"[..]), (80.0, b"ef"), (60.0, b"gh")] {
            drawing.set_text_matrix([1.0, 0.0, 0.0, 1.0, line, line]).show(Str(letters));
        }
        drawing.end_text();
        pdf.stream(content(number), &drawing.finish());
    }
    pdf.type1_font(font).base_font(Name(b"Helvetica"));
    // Letters that stand for others: those that are read from right to left lie from left to right, as they are seen.
    pdf.type1_font(other).base_font(Name(b"Helvetica")).to_unicode(meaning);
    let info = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"UCS"), supplement: 0 };
    let mut map = UnicodeCmap::<u8>::new(Name(b"Own"), info);
    b"abcdefgh".iter().zip("םולש漢字e\u{301}".chars()).for_each(|(code, c)| map.pair(*code, c));
    pdf.cmap(meaning, &map.finish());
    pdf.finish()
}
