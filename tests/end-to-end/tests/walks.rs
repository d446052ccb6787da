//! The two walks through the house: an asset's, from registration to its first tile, and a tile's.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use end_to_end::{Keeping, Library, Peers, Picture, Place, Recto, grid, jpeg_extent, photo};
use reqwest::{Method, header::IF_NONE_MATCH};
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[tokio::test]
async fn an_image_is_registered_ingested_and_shown_wherever_things_are_kept() -> Result<()> {
    for keeping in Keeping::offered() {
        walk(keeping).await.with_context(|| format!("{keeping:?}"))?;
    }
    Ok(())
}

async fn walk(keeping: Keeping) -> Result<()> {
    let place = Place::new(keeping)?;
    let original = photo(&place.origins(), 2500, 1700)?;
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;

    let answer = library.put_file(&recto, "from-file", &original).await?.with_status(201)?;
    ensure!(answer.header("location").ends_with("/customers/1/spaces/1/images/from-file"));
    let bytes = BASE64_STANDARD.encode(std::fs::read(&original)?);
    let upload = json!({ "mediaType": "image/jpeg", "file": bytes });
    library.put(&recto, "uploaded", &upload).await?.with_status(201)?;

    for id in ["from-file", "uploaded"] {
        let asset = library.finished(&recto, id).await?;
        ensure!(asset["width"] == 2500 && asset["height"] == 1700, "{asset:#}");
        ensure!(asset["error"].as_str().unwrap_or_default().is_empty(), "{asset:#}");
        shows_its_tiles(&recto, id, &original).await?;
        shows_its_thumbnails(&recto, id).await?;
        shows_its_manifests(&recto, id).await?;
        library.delete(&recto, id).await?.with_status(204)?;
        for path in ["info.json", "full/max/0/default.jpg"] {
            let url = format!("{}/{path}", Library::public("iiif-img", id));
            recto.get(&url).await?.with_status(404)?;
        }
    }
    recto.stop().await?;
    Ok(())
}

/// Every tile that is offered is there, is the right part of the image, and costs no decoding.
async fn shows_its_tiles(recto: &Recto, id: &str, original: &Path) -> Result<()> {
    let base = Library::public("iiif-img/v3", id);
    let info = information(recto, &base).await?;
    ensure!(info["id"] == recto.url(&base) && info["profile"] == "level2", "{info:#}");
    let tiles = grid(&info)?;
    let whole = Picture::of_file(original)?;
    let before = recto.metric(r#"recto_images_total{how="grid"}"#).await?;
    for tile in &tiles {
        let answer = recto.get(&format!("{base}/{}", tile.path)).await?.with_status(200)?;
        ensure!(jpeg_extent(&answer.body) == Some(tile.extent), "{} has another size", tile.path);
        ensure!(answer.header("content-type") == "image/jpeg");
        ensure!(answer.header("access-control-allow-origin") == "*");
        if tile.scale == 1 {
            let (x, y) = tile.origin;
            let part = whole.crop(x, y, tile.extent.0, tile.extent.1);
            let distance = Picture::of_answer(&answer)?.distance(&part)?;
            ensure!(distance.mean < 1.5 && distance.worst < 12.0, "{}: {distance:?}", tile.path);
        }
        let etag = answer.header("etag").to_owned();
        let again =
            recto.ask(Method::GET, &answer.url, |it| it.header(IF_NONE_MATCH, etag)).await?;
        ensure!(again.with_status(304)?.body.is_empty());
    }
    let from_grid = recto.metric(r#"recto_images_total{how="grid"}"#).await? - before;
    ensure!(from_grid >= tiles.len() as f64, "{from_grid} of {} came from the grid", tiles.len());

    let drawn = format!("{base}/100,100,1000,800/!300,300/!90/gray.png");
    let drawn = Picture::of_answer(&recto.get(&drawn).await?.with_status(200)?)?;
    ensure!(drawn.extent == (240, 300) && drawn.is_gray(), "{:?}", drawn.extent);
    Ok(())
}

async fn shows_its_thumbnails(recto: &Recto, id: &str) -> Result<()> {
    let base = Library::public("thumbs", id);
    let info = information(recto, &base).await?;
    let sizes = info["sizes"].as_array().context("no sizes")?;
    ensure!(!sizes.is_empty(), "{info:#}");
    for size in sizes {
        let url = format!("{base}/full/{},{}/0/default.jpg", size["width"], size["height"]);
        let answer = recto.get(&url).await?.with_status(200)?;
        let (w, h) = jpeg_extent(&answer.body).context("not a JPEG")?;
        ensure!(size["width"] == w && size["height"] == h, "{url} is {w} x {h}");
    }
    Ok(())
}

async fn shows_its_manifests(recto: &Recto, id: &str) -> Result<()> {
    let manifest =
        recto.get(&Library::public("iiif-manifest", id)).await?.with_status(200)?.json()?;
    let canvas = &manifest["items"][0];
    ensure!(manifest["type"] == "Manifest" && canvas["width"] == 2500, "{manifest:#}");
    let service = &canvas["items"][0]["items"][0]["body"]["service"];
    ensure!(service.to_string().contains("/iiif-img/"), "{manifest:#}");

    let older = Library::public("iiif-manifest/v2", id);
    let older = recto.get(&older).await?.with_status(200)?.json()?;
    let canvas = &older["sequences"][0]["canvases"][0];
    ensure!(older["@type"] == "sc:Manifest" && canvas["height"] == 1700, "{older:#}");
    Ok(())
}

async fn information(recto: &Recto, base: &str) -> Result<Value> {
    let redirect = recto.get(base).await?.with_status(303)?;
    ensure!(redirect.header("location").ends_with("/info.json"), "{:?}", redirect.headers);
    let answer = recto.get(&format!("{base}/info.json")).await?.with_status(200)?;
    answer.json()
}

#[tokio::test]
async fn an_image_is_fetched_from_a_web_server() -> Result<()> {
    let mut place = Place::new(Keeping::SIMPLE)?;
    place.set("RECTO_INGEST__PRIVATE_HOSTS", r#"["127.0.0.1"]"#);
    let peers = Peers::start()?;
    let original = photo(&peers.files(), 700, 500)?;
    let name = original.file_name().context("no name")?.to_string_lossy();
    let origin = format!("http://{}/static/{name}", peers.address());

    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    let asset = json!({ "mediaType": "image/jpeg", "origin": origin });
    library.put(&recto, "from-web", &asset).await?.with_status(201)?;

    let shown = format!("{}/full/max/0/default.jpg", Library::public("iiif-img", "from-web"));
    let shown = Picture::of_answer(&recto.get(&shown).await?.with_status(200)?)?;
    let distance = shown.distance(&Picture::of_file(&original)?)?;
    ensure!(distance.mean < 1.5, "{distance:?}");
    recto.stop().await?;
    Ok(())
}

/// One image is converted at a time here; meanwhile others are fetched.
#[tokio::test]
async fn an_origin_that_says_nothing_keeps_no_other_image_waiting() -> Result<()> {
    let mut place = Place::new(Keeping::SIMPLE)?;
    place.set("RECTO_INGEST__PRIVATE_HOSTS", r#"["127.0.0.1"]"#);
    place.set("RECTO_INGEST__WORKERS", 1);
    place.set("RECTO_INGEST__AHEAD", 1);
    place.set("RECTO_INGEST__GRACE_SECONDS", 0);
    let silent = TcpListener::bind("127.0.0.1:0").await?;
    let image = photo(&place.origins(), 700, 500)?;

    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    let bring_in = async |id: &str, origin: String| -> Result<()> {
        let asset = json!({ "id": id, "space": 1, "mediaType": "image/jpeg", "origin": origin });
        let batch = json!({ "member": [asset] });
        let queue = "/customers/1/queue";
        library.ask(&recto, Method::POST, queue, Some(&batch)).await?.with_status(201)?;
        Ok(())
    };
    bring_in("silent", format!("http://{}/a.jpg", silent.local_addr()?)).await?;
    let _held = silent.accept().await?;
    bring_in("next", format!("file://{}", image.display())).await?;
    let next = library.finished(&recto, "next").await?;
    ensure!(next["width"] == 700, "{next:#}");
    let waiting = library.asset(&recto, "silent").await?.with_status(200)?.json()?;
    ensure!(waiting["ingesting"] == true, "{waiting:#}");
    recto.stop().await?;
    Ok(())
}
