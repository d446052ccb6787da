//! What a named query finds is taken to another library: as a table, and as METS.

use std::{fs, path::Path, process::Command, time::Duration};

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Library, Place, Recto, book_page, output_of};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::validator::find;

const PAGES: u64 = 3;
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_book_goes_from_one_library_to_another_as_a_table_and_as_mets() -> Result<()> {
    for keeping in Keeping::offered() {
        take(keeping).await.with_context(|| format!("{keeping:?}"))?;
    }
    Ok(())
}

async fn take(keeping: Keeping) -> Result<()> {
    let place = Place::new(keeping)?;
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    bind(&place, &recto, &library).await?;
    let mut other = Place::new(keeping)?;
    other.set("RECTO_INGEST__PRIVATE_HOSTS", "[\"127.0.0.1\"]");
    let their_recto = other.serve().await?;
    let theirs = Library::open(&their_recto).await?;
    let space = json!({ "name": "by METS" });
    let made = theirs.ask(&their_recto, Method::POST, "/customers/1/spaces", Some(&space)).await?;
    ensure!(made.with_status(201)?.json()?["id"] == 2);

    let table = fetch(&other, &recto, "/csv/1/book/b%201", "book.csv").await?;
    let text = fs::read_to_string(&table)?;
    ensure!(text.contains(",'=1r,"), "a spreadsheet would run it: {text}");
    imported(&other.run(&["import", &table, "--customer", "1"])?)?;
    let mets = fetch(&other, &recto, "/mets/1/book/b%201", "book.xml").await?;
    ensure!(text.contains("/file/1/1/page%202") && !text.contains("file://"), "{text}");
    is_valid(&mets)?;
    let mapping = "string1=reference,string2=label,number1=order";
    let arguments = ["import", "mets", &mets, "--customer", "1", "--space", "2", "--map", mapping];
    imported(&other.run(&arguments)?)?;

    for space in [1, 2] {
        let pages = ingested(&their_recto, &theirs, space).await?;
        let page = |number: usize, name: &str| pages["member"][number - 1][name].clone();
        for (number, label) in (1..).zip(["=1r", "1v", "2r"]) {
            ensure!(page(number, "id") == format!("page {number}"), "{pages:#}");
            ensure!(page(number, "string1") == "b 1", "{pages:#}");
            ensure!(page(number, "string2") == label, "{pages:#}");
            ensure!(page(number, "number1") == number, "{pages:#}");
            let error = page(number, "error");
            ensure!(error.as_str().unwrap_or_default().is_empty(), "{pages:#}");
            ensure!(page(number, "width") == 300, "{pages:#}");
        }
    }
    their_recto.stop().await?;
    recto.stop().await?;
    Ok(())
}

/// Pages, one of which has its file to be had, and a query that makes a book of them.
async fn bind(place: &Place, recto: &Recto, library: &Library) -> Result<()> {
    for (number, label) in (1..).zip(["=1r", "1v", "2r"]) {
        let file = book_page(&place.origins(), number)?;
        let mut page = json!({ "mediaType": "image/bmp", "string1": "b 1", "string2": label,
            "string3": "Chapter", "number1": number,
            "origin": format!("file://{}", file.display()) });
        if number == 2 {
            page["deliveryChannels"] =
                json!([{ "channel": "iiif-img" }, { "channel": "thumbs" }, { "channel": "file" }]);
        }
        library.put(recto, &format!("page {number}"), &page).await?.with_status(201)?;
    }
    let query = json!({ "name": "book", "template": "s1=p1!&canvaslabel=s2&ranges=s3" });
    let saved = library.ask(recto, Method::POST, "/customers/1/namedQueries", Some(&query));
    saved.await?.with_status(201)?;
    Ok(())
}

/// The answer in a file.
async fn fetch(place: &Place, recto: &Recto, path: &str, name: &str) -> Result<String> {
    let file = place.temporary().join(name);
    fs::write(&file, recto.get(path).await?.with_status(200)?.body)?;
    Ok(file.to_str().context("the path is no text")?.to_owned())
}

fn is_valid(mets: &str) -> Result<()> {
    let python = find("iiif-validate.py")?.with_file_name("python");
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("mets.py");
    let faults = output_of(Command::new(python).arg(judge).arg(mets))?;
    let faults: Value = serde_json::from_slice(&faults.stdout)?;
    ensure!(faults == json!([[]]), "{faults:#}");
    Ok(())
}

fn imported(output: &std::process::Output) -> Result<()> {
    let told = String::from_utf8_lossy(&output.stdout);
    let faults = String::from_utf8_lossy(&output.stderr);
    ensure!(told.contains("3 assets registered"), "{told}{faults}");
    Ok(())
}

/// The assets of a space, by number1, when they are all there.
async fn ingested(recto: &Recto, library: &Library, space: u32) -> Result<Value> {
    let path = format!("/customers/1/spaces/{space}/images?orderBy=number1");
    let settled = async {
        loop {
            let pages = library.ask(recto, Method::GET, &path, None).await?;
            let pages = pages.with_status(200)?.json()?;
            let members = pages["member"].as_array().context("no members")?;
            let is_settled = |it: &&Value| it["ingesting"] == false && it["finished"].is_string();
            if members.iter().filter(is_settled).count() as u64 == PAGES {
                return Ok(pages);
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, settled).await.context("the assets are not ingested in time")?
}
