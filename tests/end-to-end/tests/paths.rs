//! A host whose visitors know paths of their own: what comes in and what goes out are one table.

use anyhow::{Context, Result, ensure};
use end_to_end::{Answer, Keeping, Library, Place, Recto, photo};
use reqwest::{Method, header::HOST};
use serde_json::json;

const ROOT: &str = "https://iiif.example.org";
const HOSTS: &str = r#"[{ url = "https://iiif.example.org", paths = {
    "/image" = "/iiif-img/1/1", "/thumbs" = "/thumbs/1/1", "/books" = "/iiif-resource/1/book" } }]"#;

async fn ask(recto: &Recto, path: &str) -> Result<Answer> {
    let with_host = |request: reqwest::RequestBuilder| request.header(HOST, "iiif.example.org");
    recto.ask(Method::GET, path, with_host).await?.with_status(200)
}

#[tokio::test]
async fn the_addresses_of_a_host_lead_to_what_names_itself_by_them() -> Result<()> {
    let mut place = Place::new(Keeping::SIMPLE)?;
    place.set("RECTO_SERVER__HOSTS", HOSTS.replace('\n', " "));
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    let file = photo(&place.origins(), 900, 600)?;
    let page = json!({ "mediaType": "image/jpeg", "string1": "b1",
        "origin": format!("file://{}", file.display()) });
    library.put(&recto, "ms 1", &page).await?.with_status(201)?;
    let query = json!({ "name": "book", "template": "s1=p1" });
    let saved = library.ask(&recto, Method::POST, "/customers/1/namedQueries", Some(&query));
    saved.await?.with_status(201)?;

    let info = ask(&recto, "/image/ms%201/info.json").await?.json()?;
    ensure!(info["id"] == format!("{ROOT}/image/ms%201"), "{info:#}");
    let info = ask(&recto, "/image/v2/ms%201/info.json").await?.json()?;
    ensure!(info["@id"] == format!("{ROOT}/image/v2/ms%201"), "{info:#}");

    let manifest = ask(&recto, "/books/b1").await?.json()?;
    ensure!(manifest["id"] == format!("{ROOT}/books/b1"), "{manifest:#}");
    let canvas = &manifest["items"][0];
    ensure!(canvas["id"] == format!("{ROOT}/iiif-img/1/1/ms%201/canvas/c/1"), "{canvas:#}");
    for address in [&canvas["items"][0]["items"][0]["body"]["id"], &canvas["thumbnail"][0]["id"]] {
        let address = address.as_str().context("no address")?;
        let path = address.strip_prefix(ROOT).context("another root")?;
        ensure!(
            path.starts_with("/image/ms%201/") || path.starts_with("/thumbs/ms%201/"),
            "{path}"
        );
        ask(&recto, path).await?;
    }

    let elsewhere = recto.get("/iiif-resource/1/book/b1").await?.with_status(200)?.json()?;
    ensure!(elsewhere["id"] == recto.url("/iiif-resource/1/book/b1"), "{elsewhere:#}");
    recto.get("/image/ms%201/info.json").await?.with_status(404)?;
    recto.stop().await?;
    Ok(())
}
