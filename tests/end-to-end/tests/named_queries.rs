//! Two pages are registered in a batch, and a named query shows them as a book.

use std::{
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Library, Place, Recto, output_of, photo};
use reqwest::{Method, header::IF_NONE_MATCH};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::validator::find;

#[tokio::test]
async fn a_batch_becomes_a_book_wherever_things_are_kept() -> Result<()> {
    for keeping in Keeping::offered() {
        read(keeping).await.with_context(|| format!("{keeping:?}"))?;
    }
    Ok(())
}

async fn read(keeping: Keeping) -> Result<()> {
    let place = Place::new(keeping)?;
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    let mut members = Vec::new();
    // In the order in which scanners don't deliver.
    for (id, number, width) in [("leaf-2", 2, 800), ("leaf-1", 1, 900)] {
        let file = photo(&place.origins(), width, 700)?;
        members.push(json!({ "id": id, "space": 1, "mediaType": "image/jpeg", "string1": "t",
            "number1": number, "manifests": ["m-1"], "origin": format!("file://{}", file.display()) }));
    }
    let batch = json!({ "@type": "Collection", "member": members });
    let post = async |path: &str, body: &Value| {
        library.ask(&recto, Method::POST, path, Some(body)).await?.with_status(201)
    };
    let batch = post("/customers/1/queue", &batch).await?.json()?;
    completed(&recto, &library, batch["@id"].as_str().context("no batch")?).await?;
    for (name, template) in
        [("q", "assetOrder=n1&s1=p1&space=p2"), ("manifest-query", "manifest=p1")]
    {
        post("/customers/1/namedQueries", &json!({ "name": name, "template": template })).await?;
    }
    let customer = library.ask(&recto, Method::GET, "/customers/1", None).await?.json()?;
    let customer = customer["name"].as_str().context("no name")?;

    let path = format!("/iiif-resource/{customer}/q/t/1");
    let answer = recto.get(&path).await?.with_status(200)?;
    let manifest = answer.json()?;
    ensure!(manifest["id"] == recto.url(&path), "{}", manifest["id"]);
    ensure!(ids(&manifest) == ["leaf-1", "leaf-2"], "{manifest:#}");
    as_iiif_builder_reads_it(&recto, &manifest).await?;
    let etag = answer.header("etag").to_owned();
    let again = recto.ask(Method::GET, &path, |it| it.header(IF_NONE_MATCH, &etag)).await?;
    again.with_status(304)?;

    // iiif-presentation asks by version and number, and never wants what was made before.
    let path = "/iiif-resource/v3/1/manifest-query/m-1?cacheBust=0d5a";
    let found = recto.get(path).await?.with_status(200)?.json()?;
    ensure!(found["items"].as_array().is_some_and(|items| items.len() == 2), "{found:#}");
    let raw = recto.get("/raw-resource/1/q/t/1").await?.with_status(200)?.json()?;
    ensure!(raw == json!(["1/1/leaf-1", "1/1/leaf-2"]), "{raw}");

    let turned = json!({ "number1": 3 });
    let page = "/customers/1/spaces/1/images/leaf-1";
    library.ask(&recto, Method::PATCH, page, Some(&turned)).await?.with_status(200)?;
    let manifest = recto.get("/iiif-resource/1/q/t/1").await?.with_status(200)?.json()?;
    ensure!(ids(&manifest) == ["leaf-2", "leaf-1"], "{manifest:#}");
    for (path, status) in [("q/other/1", 404), ("q/t/one", 400), ("unknown/t", 404)] {
        recto.get(&format!("/iiif-resource/1/{path}")).await?.with_status(status)?;
    }
    recto.stop().await?;
    Ok(())
}

/// What the readers of version 3 and of 2.1 find wrong, and what those in viewers make of it.
#[tokio::test]
async fn every_reader_understands_what_is_made_of_a_query() -> Result<()> {
    let mut place = Place::new(Keeping::SIMPLE)?;
    place.set("RECTO_DELIVERY__MAX_CANVASES", 3);
    place.set("RECTO_DELIVERY__MAX_MEMBERS", 1);
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    bind(&place, &recto, &library).await?;
    let mut files: Vec<PathBuf> = Vec::new();
    for path in [
        "/iiif-resource/v3/1/book/b%201/2",
        "/iiif-resource/v3/1/book/b%201?page=1",
        "/iiif-resource/v3/1/book/b%201",
        "/iiif-manifest/v3/1/1/page%201",
        "/iiif-resource/v2/1/book/b%201?page=1",
        "/iiif-resource/v2/1/book/b%201",
        "/iiif-collection/v3/1/shelf/1",
        "/iiif-collection/v3/1/shelf/1?from=b%202",
        "/iiif-collection/v2/1/shelf/1",
        "/iiif-collection/v2/1/shelf/1?from=b%202",
    ] {
        let file = place.temporary().join(format!("{}.json", files.len()));
        std::fs::write(&file, recto.get(path).await?.with_status(200)?.body)?;
        files.push(file);
    }
    let python = find("iiif-validate.py")?.with_file_name("python");
    let judge = concat!(env!("CARGO_MANIFEST_DIR"), "/judge.py");
    let faults = output_of(Command::new(python).arg(judge).args(&files))?;
    let faults: Vec<Vec<String>> = serde_json::from_slice(&faults.stdout)?;
    ensure!(faults == vec![Vec::<String>::new(); files.len()], "{faults:#?}");

    let judge = concat!(env!("CARGO_MANIFEST_DIR"), "/judge.mjs");
    let seen = output_of(Command::new("node").arg(judge).args(&files))?;
    let seen: Vec<Value> = serde_json::from_slice(&seen.stdout)?;
    for (document, (kind, items)) in seen.iter().zip([
        ("Manifest", 1),
        ("Manifest", 3),
        ("Collection", 2),
        ("Manifest", 1),
        ("Manifest", 3),
        ("Collection", 2),
        ("Collection", 2),
        ("Collection", 1),
        ("Collection", 2),
        ("Collection", 1),
    ]) {
        ensure!(document["type"] == kind, "{document:#}");
        ensure!(document["parser"].as_array().is_some_and(|it| it.len() == items), "{document:#}");
        ensure!(document["manifesto"] == document["parser"], "{document:#}");
        let thumbnails = document["thumbnails"].as_array().context("no thumbnails")?;
        ensure!(thumbnails.iter().all(Value::is_string), "{document:#}");
    }
    ensure!(seen[1]["ranges"] == 1 && seen[4]["ranges"] == 1, "{seen:#?}");
    recto.stop().await?;
    Ok(())
}

/// Four pages, and a query that says of their book what can be said; a page of another one, and a query for the shelf.
async fn bind(place: &Place, recto: &Recto, library: &Library) -> Result<()> {
    let file = photo(&place.origins(), 600, 400)?;
    let origin = format!("file://{}", file.display());
    for number in 1..=4 {
        let page = json!({ "mediaType": "image/jpeg", "origin": origin, "string1": "b 1",
            "string2": format!("{number}r"), "string3": "Chapter", "number1": number });
        library.put(recto, &format!("page {number}"), &page).await?.with_status(201)?;
    }
    let page = json!({ "mediaType": "image/jpeg", "origin": origin, "string1": "b 2" });
    library.put(recto, "another", &page).await?.with_status(201)?;
    let shelf = json!({ "name": "shelf", "template": "space=p1!&s1=p2&groupby=s1" });
    let saved = library.ask(recto, Method::POST, "/customers/1/namedQueries", Some(&shelf));
    saved.await?.with_status(201)?;
    let query = json!({
        "name": "book", "template": "s1=p1!&n1=p2&canvaslabel=s2&ranges=s3",
        "presentation": {
            "label": {"en": ["Book {s1}"]}, "summary": {"en": ["<p>A <b>book</b>.</p>"]},
            "metadata": [{"label": "Call number", "value": "{s1}"}],
            "requiredStatement": {"label": {"en": ["Attribution"]}, "value": {"en": ["The Library"]}},
            "rights": "http://creativecommons.org/publicdomain/mark/1.0/",
            "navDate": "1450-01-01T00:00:00Z", "behavior": ["paged"],
            "viewingDirection": "right-to-left",
            "provider": [{"id": "https://library.example.org", "label": "The Library",
                "homepage": [{"id": "https://library.example.org/", "type": "Text", "label": "Home"}],
                "logo": [{"id": "https://library.example.org/logo.png", "type": "Image"}]}],
            "seeAlso": [{"id": "https://library.example.org/{s1}.xml", "type": "Dataset",
                "format": "text/xml", "profile": "http://www.loc.gov/mods/v3"}],
        },
    });
    let saved = library.ask(recto, Method::POST, "/customers/1/namedQueries", Some(&query));
    saved.await?.with_status(201)?;
    Ok(())
}

/// The names of the assets, as iiif-presentation reads them from the ids of canvases.
fn ids(manifest: &Value) -> Vec<&str> {
    let canvases = manifest["items"].as_array().into_iter().flatten();
    canvases.filter_map(|canvas| canvas["id"].as_str()?.rsplit('/').nth(3)).collect()
}

/// Thumbnails with a service of version 2 whose id ends with the asset's, and whose sizes are files.
async fn as_iiif_builder_reads_it(recto: &Recto, manifest: &Value) -> Result<()> {
    for (canvas, id) in manifest["items"].as_array().context("no items")?.iter().zip(ids(manifest))
    {
        let services = canvas["thumbnail"][0]["service"].as_array().context("no services")?;
        let service = services.iter().find(|service| service["@type"] == "ImageService2");
        let service = service.context("no service of version 2")?;
        let base = service["@id"].as_str().context("no id")?;
        ensure!(base.rsplit('/').next() == Some(id), "{base}");
        let sizes = service["sizes"].as_array().context("no sizes")?;
        ensure!(!sizes.is_empty());
        for size in sizes {
            let size = format!("{},{}", size["width"], size["height"]);
            recto.get(&format!("{base}/full/{size}/0/default.jpg")).await?.with_status(200)?;
        }
    }
    Ok(())
}

async fn completed(recto: &Recto, library: &Library, batch: &str) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let state = library.ask(recto, Method::GET, batch, None).await?.with_status(200)?.json()?;
        if state["completed"] == 2 {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "the batch does not complete: {state:#}");
        sleep(Duration::from_millis(50)).await;
    }
}
