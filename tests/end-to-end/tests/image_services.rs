//! Another image service as an origin: Recto's own, which gives its images whole, or no larger than a tile.

use anyhow::{Context, Result, ensure};
use end_to_end::{Distance, Keeping, Library, Picture, Place, Recto, photo};
use serde_json::json;

#[tokio::test]
async fn an_image_comes_from_another_service_whole_or_in_tiles_and_looks_the_same() -> Result<()> {
    let mut place = Place::new(Keeping::SIMPLE)?;
    place.set("RECTO_INGEST__PRIVATE_HOSTS", "[\"127.0.0.1\"]");
    // Neither side is a multiple of a tile.
    let file = photo(&place.origins(), 1500, 1100)?;
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    let origin = format!("file://{}", file.display());
    let reference = Picture::of_file(&file)?;
    for (id, max_width) in [("whole", None), ("limited", Some(512))] {
        let image = json!({"mediaType": "image/jpeg", "origin": origin, "maxWidth": max_width});
        library.put(&recto, id, &image).await?.with_status(201)?;
        let copy = format!("{id}-copy");
        let info = format!("{}/info.json", Library::public("iiif-img", id));
        let image = json!({"mediaType": "image/jpeg", "origin": recto.url(&info)});
        let asset = library.put(&recto, &copy, &image).await?.with_status(201)?.json()?;
        ensure!(asset["width"] == 1500 && asset["height"] == 1100, "{asset:#}");
        alike(&recto, &copy, &reference).await.with_context(|| copy.clone())?;
    }
    recto.stop().await.map(drop)
}

async fn alike(recto: &Recto, id: &str, reference: &Picture) -> Result<()> {
    let path = format!("{}/full/max/0/default.jpg", Library::public("iiif-img", id));
    let shown = Picture::of_answer(&recto.get(&path).await?.with_status(200)?)?;
    let Distance { mean, worst } = shown.distance(&reference.kept()?)?;
    // Twice through JPEG.
    ensure!(mean <= 3.0 && worst <= 24.0, "mean {mean:.1}, worst {worst:.1}");
    Ok(())
}
