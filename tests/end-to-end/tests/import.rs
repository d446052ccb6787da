//! `recto import`: lists of a digitisation workflow become assets.

use std::{
    fmt::Write,
    fs,
    path::PathBuf,
    process::Output,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Library, Place, Recto, landscape_in};
use reqwest::Method;
use serde_json::Value;
use tokio::time::sleep;

const PAGES: usize = 24;
const PATIENCE: Duration = Duration::from_secs(120);

#[tokio::test]
async fn the_pages_of_a_book_are_registered_in_batches_once() -> Result<()> {
    for keeping in Keeping::offered() {
        walk(keeping).await.with_context(|| format!("{keeping:?}"))?;
    }
    Ok(())
}

async fn walk(keeping: Keeping) -> Result<()> {
    let place = Place::new(keeping)?;
    let mets = write_book(&place)?;
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    let origins = format!("file://{}", place.origins().display());
    let arguments =
        ["import", "mets", utf8(&mets)?, "--customer", "1", "--space", "1", "--batch", "10"];
    let import = |more: &[&str]| place.run(&[&arguments, more].concat());

    let refused = import(&[])?;
    ensure!(!refused.status.success(), "relative files without an address were taken");
    let faults = text(&refused.stderr);
    ensure!(faults.contains("book.xml, line ") && faults.contains("24 faults"), "{faults}");
    let dry = import(&["--origins", &origins, "--dry-run"])?;
    said(&dry, "24 assets would be registered, 0 are there already")?;
    ensure!(pages(&library, &recto).await?["totalItems"] == 0, "a dry run registers nothing");

    let imported = import(&["--origins", &origins])?;
    said(&imported, "24 assets registered, 0 were there already")?;
    for (batch, count) in [(1, 10), (2, 10), (3, 4)] {
        said(&imported, &format!("batch {batch}: {count} assets"))?;
        let batch = completed(&library, &recto, batch).await?;
        ensure!(batch["completed"] == count && batch["errors"] == 0, "{batch:#}");
    }
    let found = pages(&library, &recto).await?;
    ensure!(found["totalItems"] == PAGES, "{found:#}");
    let page = &found["member"][4];
    ensure!(page["id"] == "p 05.jpg" && page["string2"] == "v" && page["width"] == 300, "{page:#}");
    let log =
        library.ask(&recto, Method::GET, "/customers/1/audit?key=recto%20import", None).await?;
    let log = log.with_status(200)?.json()?;
    ensure!(log["totalItems"] == 3 && log["member"][0]["after"]["count"] == 4, "{log:#}");
    let again = import(&["--origins", &origins])?;
    said(&again, "0 assets registered, 24 were there already")?;

    let table = place.temporary().join("table.csv");
    let rows = format!(
        "ID;Origin;Reference1;Number2\n\
         p 01.jpg;{origins}/p%2001.jpg;b1;1\np 02.jpg;{origins}/p%2002.jpg;b1;200\n"
    );
    fs::write(&table, &rows)?;
    let import = |more: &[&str]| {
        place.run(&[&["import", utf8(&table)?, "--customer", "1", "--space", "1"], more].concat())
    };
    said(&import(&["--priority"])?, "1 assets registered, 1 were there already")?;
    completed(&library, &recto, 4).await?;
    ensure!(library.asset(&recto, "p%2002.jpg").await?.json()?["number2"] == 200);
    fs::write(&table, rows.replace("b1;1\n", "b1;one\n"))?;
    let faults = text(&import(&[])?.stderr);
    ensure!(faults.contains("table.csv, line 2: 'number2'"), "{faults}");
    recto.stop().await.map(drop)
}

/// Small pages and their METS file, which names them relative to itself.
pub(crate) fn write_book(place: &Place) -> Result<PathBuf> {
    let image = landscape_in(&place.temporary(), (300, 400), "jpg[Q=80]")?;
    let (mut files, mut divisions) = (String::new(), String::new());
    for page in 1..=PAGES {
        fs::copy(&image, place.origins().join(format!("p {page:02}.jpg")))?;
        let label = if page == 5 { "v".to_owned() } else { page.to_string() };
        writeln!(
            files,
            r#"<file ID="F{page}" MIMETYPE="image/jpeg"><FLocat x:href="p%20{page:02}.jpg"/></file>"#
        )?;
        writeln!(
            divisions,
            r#"<div ORDER="{page}" ORDERLABEL="{label}"><fptr FILEID="F{page}"/></div>"#
        )?;
    }
    fs::remove_file(image)?;
    let mets = place.temporary().join("book.xml");
    fs::write(
        &mets,
        format!(
            r#"<mets xmlns="http://www.loc.gov/METS/" xmlns:x="http://www.w3.org/1999/xlink" OBJID="b1">
<fileSec><fileGrp USE="OBJECTS">
{files}</fileGrp></fileSec>
<structMap TYPE="PHYSICAL"><div>
{divisions}</div></structMap></mets>"#
        ),
    )?;
    Ok(mets)
}

async fn pages(library: &Library, recto: &Recto) -> Result<Value> {
    let path = "/customers/1/spaces/1/images?string1=b1&orderBy=number2";
    library.ask(recto, Method::GET, path, None).await?.with_status(200)?.json()
}

async fn completed(library: &Library, recto: &Recto, batch: u32) -> Result<Value> {
    let deadline = Instant::now() + PATIENCE;
    let path = format!("/customers/1/queue/batches/{batch}");
    loop {
        let batch = library.ask(recto, Method::GET, &path, None).await?.with_status(200)?.json()?;
        if batch["finished"].is_string() {
            return Ok(batch);
        }
        ensure!(Instant::now() < deadline, "still not finished: {batch:#}");
        sleep(Duration::from_millis(50)).await;
    }
}

fn said(output: &Output, line: &str) -> Result<()> {
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    ensure!(output.status.success() && out.lines().any(|it| it == line), "{line:?}: {out}{err}");
    Ok(())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn utf8(path: &std::path::Path) -> Result<&str> {
    path.to_str().context("a path that is not UTF-8")
}
