use std::fs;

use anyhow::{Result, ensure};
use end_to_end::{Keeping, Place};
use reqwest::Method;

use super::folder::scans;

#[tokio::test]
async fn version_2_has_addresses_of_its_own() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let scans = scans(&place)?;
    let recto = place.images(&[&scans]).await?;
    let accept = "application/ld+json;profile=\"http://iiif.io/api/image/2/context.json\"";
    let asked = recto.ask(Method::GET, "/photo.jpg/info.json", |it| it.header("accept", accept));
    let asked = asked.await?.with_status(200)?;
    ensure!(asked.header("content-type") == accept, "{:?}", asked.headers);
    let id = recto.url("/v2/photo.jpg");
    let own = recto.get("/v2/photo.jpg/info.json").await?.with_status(200)?;
    for answer in [&asked, &own] {
        let info = answer.json()?;
        ensure!(info["@context"] == "http://iiif.io/api/image/2/context.json", "{info:#}");
        ensure!(info["@id"] == id && info["id"].is_null(), "{info:#}");
        ensure!(info["profile"][0] == "http://iiif.io/api/image/2/level2.json", "{info:#}");
        ensure!(answer.header("vary").contains("Accept"), "{:?}", answer.headers);
        let link = "<http://iiif.io/api/image/2/level2.json>;rel=\"profile\"";
        ensure!(answer.header("link") == link, "{:?}", answer.headers);
    }
    for (path, canonical) in [
        ("full/full/0/default.jpg", "full/full/0/default.jpg"),
        ("full/1000,750/0/default.jpg", "full/1000,/0/default.jpg"),
        ("thumbnail", "full/512,/0/default.jpg"),
    ] {
        let shown = recto.get(&format!("/v2/photo.jpg/{path}")).await?.with_status(200)?;
        let link = format!("<{id}/{canonical}>;rel=\"canonical\"");
        ensure!(shown.header("link").starts_with(&link), "{path}: {:?}", shown.headers);
    }
    let json = |it: reqwest::RequestBuilder| it.header("accept", "application/json");
    let led = recto.ask(Method::GET, "/v2/photo.jpg", json).await?.with_status(303)?;
    ensure!(led.header("location") == format!("{id}/info.json"), "{:?}", led.headers);
    recto.stop().await?;
    Ok(())
}

#[tokio::test]
async fn links_of_an_older_system_lead_to_images() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let scans = scans(&place)?;
    let [config, table] = ["images.toml", "old.csv"].map(|name| place.origins().join(name));
    fs::write(&table, "asset_id,identifier\n1234,photo.jpg\n99,\"books:box 1/a:b, c.jpg\"\n")?;
    let settings = format!("[images]\nold_ids = {table:?}\n[profiles.books]\nfolder = {scans:?}\n");
    fs::write(&config, settings)?;
    let recto = place.images(&["--config", &config.display().to_string()]).await?;
    for (old, new) in [("1234", "photo.jpg"), ("99", "books:box%201%2Fa:b%2C%20c.jpg")] {
        let led = recto.get(&format!("/mam/{old}")).await?.with_status(307)?;
        ensure!(led.header("location") == recto.url(&format!("/{new}")), "{:?}", led.headers);
        recto.get(&format!("/{new}/info.json")).await?.with_status(200)?;
    }
    let unknown = recto.get("/mam/1").await?.with_status(404)?.json()?;
    ensure!(unknown["error"] == "Image 1 not found in profile books", "{unknown}");
    recto.stop().await?;
    Ok(())
}

#[tokio::test]
async fn the_status_says_what_is_under_way() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let scans = scans(&place)?;
    let recto = place.images(&[&scans]).await?;
    recto.get("/photo.jpg/full/200,/0/default.jpg").await?.with_status(200)?;
    super::until_converted(&recto, "scans", 1).await?;
    let status = recto.get("/status").await?.with_status(200)?.json()?;
    let cache = &status["profiles"]["scans"]["converted_cache"];
    ensure!(cache["in_use"] == 0 && cache["waiting_clean_up"] == 0, "{status:#}");
    let processing = &status["processing"];
    ensure!(processing["in_use"] == 0 && processing["waiting_clean_up"] == 0, "{status:#}");
    ensure!(processing["requests"] == 1 && processing["completed"] == 1, "{status:#}");
    recto.stop().await?;
    Ok(())
}
