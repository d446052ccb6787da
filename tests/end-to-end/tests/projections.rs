//! A book is downloaded as a PDF and as a ZIP, changed, and downloaded again.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use end_to_end::{Answer, Keeping, Library, Place, Recto, output_of, photo};
use reqwest::{Method, header::RANGE};
use serde_json::{Value, json};
use tokio::time::sleep;

const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_book_is_downloaded_wherever_things_are_kept() -> Result<()> {
    for keeping in Keeping::offered() {
        download(keeping).await.with_context(|| format!("{keeping:?}"))?;
    }
    Ok(())
}

async fn download(keeping: Keeping) -> Result<()> {
    let place = Place::new(keeping)?;
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    let file = photo(&place.origins(), 1500, 1100)?;
    for number in 1..=3 {
        let roles =
            if number == 2 { json!(["https://example.org/roles/staff"]) } else { json!([]) };
        let page = json!({ "mediaType": "image/jpeg", "origin": format!("file://{}", file.display()),
            "string1": "b 1", "string2": format!("{number}r"), "number1": number, "roles": roles,
            "deliveryChannels": [{ "channel": "iiif-img" }, { "channel": "thumbs" }, { "channel": "file" }] });
        library.put(&recto, &format!("page {number}"), &page).await?.with_status(201)?;
    }
    let cover = write_cover(&place.origins())?;
    let common = "s1=p1!&canvaslabel=s2&redactedmessage=Bitte nachfragen&objectname=Buch {s1}.pdf";
    for (name, more) in [
        ("book", format!("&coverpage=file://{}", cover.display())),
        ("large", "&imagesize=max&pdfa=2b".to_owned()),
        ("originals", "&imagesize=original".to_owned()),
    ] {
        let query = json!({ "name": name, "template": format!("{common}{more}"),
            "presentation": { "label": { "de": ["Das Buch {s1}"] } } });
        let saved = library.ask(&recto, Method::POST, "/customers/1/namedQueries", Some(&query));
        saved.await?.with_status(201)?;
    }
    pdfs(&place, &recto).await?;
    zips(&place, &recto, &file).await?;
    changes(&recto, &library).await?;
    recto.stop().await?;
    Ok(())
}

async fn pdfs(place: &Place, recto: &Recto) -> Result<()> {
    let path = "/pdf/1/book/b%201";
    let pdf = kept(place, "book.pdf", &made(recto, path).await?)?;
    let told = said("pdfinfo", &[], &pdf)?;
    ensure!(told.contains("Pages:           4") && told.contains("Das Buch b 1"), "{told}");
    said("qpdf", &["--check"], &pdf)?;
    let text = output_of(Command::new("pdftotext").arg(&pdf).arg("-"))?;
    let text = String::from_utf8(text.stdout)?;
    ensure!(text.contains("Bitte nachfragen") && text.contains("The Library"), "{text:?}");
    let images = said("pdfimages", &["-list"], &pdf)?;
    ensure!(images.matches("1024   751").count() == 2, "two pages as they are stored: {images}");

    let control = recto.get("/pdf-control/1/book/b%201").await?.with_status(200)?.json()?;
    ensure!(control["pageCount"] == 4 && control["itemCount"] == 2, "{control:#}");
    let answer = recto.get(path).await?.with_status(200)?;
    ensure!(answer.header("content-disposition").contains("Buch b 1.pdf"));
    ensure!(control["sizeBytes"] == answer.body.len(), "{control:#}");
    let part = recto.ask(Method::GET, path, |it| it.header(RANGE, "bytes=5-7")).await?;
    ensure!(part.with_status(206)?.body == answer.body[5..8]);

    let pdf = kept(place, "large.pdf", &made(recto, "/pdf/1/large/b%201").await?)?;
    said("qpdf", &["--check"], &pdf)?;
    let images = said("pdfimages", &["-list"], &pdf)?;
    ensure!(images.matches("1500  1100").count() == 2, "the whole level, not drawn: {images}");
    ensure!(String::from_utf8_lossy(&std::fs::read(&pdf)?).contains("pdfaid:part>2<"));
    Ok(())
}

async fn zips(place: &Place, recto: &Recto, original: &Path) -> Result<()> {
    let zip = kept(place, "book.zip", &made(recto, "/zip/1/book/b%201").await?)?;
    let list = "import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
print(*(f'{it.filename}:{it.file_size}' for it in archive.infolist()), sep='|')";
    let names = |zip: &Path| -> Result<String> {
        let listed = output_of(Command::new("python3").args(["-c", list]).arg(zip))?;
        Ok(String::from_utf8(listed.stdout)?.trim().to_owned())
    };
    let listed = names(&zip)?;
    let listed: Vec<_> = listed.split('|').filter_map(|it| it.split(':').next()).collect();
    ensure!(listed == ["page 1.jpg", "page 3.jpg"], "{listed:?}");
    let zip = kept(place, "originals.zip", &made(recto, "/zip/1/originals/b%201").await?)?;
    let bytes = std::fs::metadata(original)?.len();
    let listed = names(&zip)?;
    ensure!(listed == format!("page 1.jpg:{bytes}|page 3.jpg:{bytes}"), "{listed}");
    let control = recto.get("/zip-control/1/book/b%201").await?.with_status(200)?.json()?;
    ensure!(control["itemCount"] == 2 && control["exists"] == true, "{control:#}");
    Ok(())
}

async fn changes(recto: &Recto, library: &Library) -> Result<()> {
    let (path, control) = ("/pdf/1/book/b%201", "/pdf-control/1/book/b%201");
    let before = recto.get(path).await?.with_status(200)?.header("etag").to_owned();
    let page = "/customers/1/spaces/1/images/page%202";
    let opened = json!({ "roles": [] });
    library.ask(recto, Method::PATCH, page, Some(&opened)).await?.with_status(200)?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        // The old one is given until there is the new one.
        let answer = recto.get(path).await?.with_status(200)?;
        if answer.header("etag") != before {
            break;
        }
        ensure!(Instant::now() < deadline, "it is not made anew");
        sleep(Duration::from_millis(50)).await;
    }
    let told = recto.get(control).await?.json()?;
    ensure!(told["itemCount"] == 3 && told["pageCount"] == 4, "{told:#}");

    let closed = json!({ "roles": ["https://example.org/roles/staff"] });
    library.ask(recto, Method::PATCH, page, Some(&closed)).await?.with_status(200)?;
    made(recto, path).await?;
    let told = recto.get(control).await?.json()?;
    ensure!(told["itemCount"] == 2, "what was closed is out at once: {told:#}");

    let resource = "/customers/1/resources/pdf/book?args=b%201";
    library.ask(recto, Method::DELETE, resource, None).await?.with_status(200)?;
    let told = recto.get(control).await?.json()?;
    ensure!(told["exists"] == false && told["key"] == "", "{told:#}");
    Ok(())
}

/// The file when it is made; until then the answer is 202 and says when to ask again.
pub(crate) async fn made(recto: &Recto, path: &str) -> Result<Answer> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = recto.get(path).await?;
        if answer.status != 202 {
            return answer.with_status(200);
        }
        ensure!(!answer.header("retry-after").is_empty(), "nobody knows when to ask again");
        ensure!(Instant::now() < deadline, "{path} is not made");
        sleep(Duration::from_millis(50)).await;
    }
}

fn kept(place: &Place, name: &str, answer: &Answer) -> Result<PathBuf> {
    let path = place.temporary().join(name);
    std::fs::write(&path, &answer.body)?;
    Ok(path)
}

fn said(program: &str, arguments: &[&str], file: &Path) -> Result<String> {
    let output = output_of(Command::new(program).args(arguments).arg(file))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A PDF of one page, as a librarian would have one.
fn write_cover(folder: &Path) -> Result<PathBuf> {
    let drawing = "BT /F1 24 Tf 100 700 Td (The Library) Tj ET";
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
            .to_owned(),
        format!("<</Length {}>>stream\n{drawing}\nendstream", drawing.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
    ];
    let mut pdf = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        places.push(pdf.len());
        pdf += &format!("{number} 0 obj\n{object}\nendobj\n");
    }
    let table = pdf.len();
    pdf += "xref\n0 6\n0000000000 65535 f \n";
    places.iter().for_each(|place| pdf += &format!("{place:010} 00000 n \n"));
    pdf += &format!("trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n");
    let path = folder.join("cover.pdf");
    std::fs::write(&path, pdf)?;
    Ok(path)
}

#[tokio::test]
async fn what_cannot_be_made_is_told_with_its_reason() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    let file = photo(&place.origins(), 300, 200)?;
    let page = json!({ "mediaType": "image/jpeg", "string1": "b",
        "origin": format!("file://{}", file.display()) });
    library.put(&recto, "page", &page).await?.with_status(201)?;
    let nowhere = place.origins().join("nowhere.pdf");
    for (name, cover, reason) in [("a", &file, "is no PDF"), ("b", &nowhere, "nowhere.pdf")] {
        let template = format!("s1=p1&coverpage=file://{}", cover.display());
        let query = json!({ "name": name, "template": template });
        let saved = library.ask(&recto, Method::POST, "/customers/1/namedQueries", Some(&query));
        saved.await?.with_status(201)?;
        let deadline = Instant::now() + PATIENCE;
        let failed = loop {
            let answer = recto.get(&format!("/pdf/1/{name}/b")).await?;
            if answer.status != 202 {
                break answer.with_status(500)?;
            }
            ensure!(Instant::now() < deadline, "{name} neither fails nor is made");
            sleep(Duration::from_millis(50)).await;
        };
        let text = String::from_utf8_lossy(&failed.body).into_owned();
        ensure!(text.contains(reason), "{text}");
        let control = recto.get(&format!("/pdf-control/1/{name}/b")).await?.json()?;
        ensure!(control["exists"] == Value::Bool(false), "{control:#}");
    }
    recto.stop().await?;
    Ok(())
}
