//! Assets that are handed out as they came.

use std::fs;

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Library, Place, Recto, photo};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_file_is_handed_out_as_it_came_whole_and_in_parts() -> Result<()> {
    for keeping in Keeping::offered() {
        walk(keeping).await.with_context(|| format!("{keeping:?}"))?;
    }
    Ok(())
}

async fn walk(keeping: Keeping) -> Result<()> {
    let place = Place::new(keeping)?;
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    let report = place.origins().join("report.pdf");
    let bytes: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_le_bytes).collect();
    fs::write(&report, &bytes)?;
    let asset = json!({
        "mediaType": "application/pdf",
        "origin": format!("file://{}", report.display()),
        "deliveryChannels": ["file"],
    });
    library.put(&recto, "report", &asset).await?.with_status(201)?;
    let asset = library.finished(&recto, "report").await?;
    ensure!(asset["error"].as_str().unwrap_or_default().is_empty(), "{asset:#}");
    let path = Library::public("file", "report");
    let whole = recto.get(&path).await?.with_status(200)?;
    ensure!(whole.body == bytes, "other bytes");
    ensure!(whole.header("content-type") == "application/pdf", "{:?}", whole.headers);
    let range = |it: reqwest::RequestBuilder| it.header("range", "bytes=5000000-5999999");
    let part = recto.ask(Method::GET, &path, range).await?.with_status(206)?;
    ensure!(part.body == bytes[5_000_000..6_000_000], "other bytes");
    let head = recto.ask(Method::HEAD, &path, |it| it).await?.with_status(200)?;
    ensure!(head.header("content-length") == bytes.len().to_string(), "{:?}", head.headers);
    recto.get(&Library::public("iiif-img", "report/info.json")).await?.with_status(404)?;
    with_an_image(&recto, &library, &place).await?;
    nothing_at_all(&recto, &library, &place).await?;
    recto.stop().await?;
    Ok(())
}

/// An image has both: its pyramid, and the file that it was made of.
async fn with_an_image(recto: &Recto, library: &Library, place: &Place) -> Result<()> {
    let photo = photo(&place.origins(), 700, 500)?;
    let asset = json!({
        "mediaType": "image/jpeg",
        "origin": format!("file://{}", photo.display()),
        "deliveryChannels": ["iiif-img", "file"],
    });
    library.put(recto, "photo", &asset).await?.with_status(201)?;
    library.finished(recto, "photo").await?;
    let whole = recto.get(&Library::public("file", "photo")).await?.with_status(200)?;
    ensure!(whole.body == fs::read(&photo)?, "other bytes");
    recto.get(&Library::public("iiif-img", "photo/info.json")).await?.with_status(200)?;
    Ok(())
}

/// With the channel `none` an asset is known, and nothing of it is handed out.
async fn nothing_at_all(recto: &Recto, library: &Library, place: &Place) -> Result<()> {
    let photo = photo(&place.origins(), 600, 400)?;
    let asset = json!({
        "mediaType": "image/jpeg",
        "origin": format!("file://{}", photo.display()),
        "deliveryChannels": ["none"],
    });
    let put = library.put(recto, "hidden", &asset).await?;
    ensure!(put.status == 201, "{}: {}", put.status, put.text());
    for (route, id) in
        [("file", "hidden"), ("iiif-img", "hidden/info.json"), ("iiif-manifest", "hidden")]
    {
        recto.get(&Library::public(route, id)).await?.with_status(404)?;
    }
    Ok(())
}
