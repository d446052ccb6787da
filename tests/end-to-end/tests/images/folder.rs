use std::{fs, os::unix::fs::symlink, path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Picture, Place, Recto, jpeg_extent, output_of, photo};
use futures_util::future::try_join_all;
use reqwest::Method;
use serde_json::json;

use super::{counted, until_converted};

/// A folder with a photograph that is no pyramid, one that is ready, and one further down.
pub(super) fn scans(place: &Place) -> Result<String> {
    let scans = place.origins().join("scans");
    fs::create_dir_all(scans.join("box 1"))?;
    let photo = photo(&place.origins(), 2000, 1500)?;
    fs::copy(&photo, scans.join("photo.jpg"))?;
    fs::copy(&photo, scans.join("box 1/a:b, c.jpg"))?;
    let tiled =
        format!("{}[tile,pyramid,compression=jpeg,Q=95]", scans.join("tiled.tif").display());
    output_of(Command::new("vips").arg("copy").arg(&photo).arg(tiled))?;
    fs::write(scans.join("notes.txt"), "no image")?;
    Ok(scans.display().to_string())
}

async fn shows(recto: &Recto, path: &str, file: &Path) -> Result<()> {
    let shown = Picture::of_answer(&recto.get(path).await?.with_status(200)?)?;
    let distance = shown.distance(&Picture::of_file(file)?)?;
    ensure!(distance.mean < 2.0 && distance.worst < 24.0, "{path}: {distance:?}");
    Ok(())
}

#[tokio::test]
async fn a_folder_is_shown_with_nothing_set() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let scans = scans(&place)?;
    let recto = place.images(&[&scans]).await?;
    for name in ["photo.jpg", "scans:photo.jpg", "tiled.tif", "box%201%2Fa:b,%20c.jpg"] {
        let name = if name.contains(':') && !name.starts_with("scans") {
            format!("scans:{name}")
        } else {
            name.to_owned()
        };
        let info = recto.get(&format!("/{name}/info.json")).await?.with_status(200)?;
        ensure!(info.header("cache-control") == "max-age=60", "{:?}", info.headers);
        ensure!(info.header("access-control-allow-origin") == "*", "{:?}", info.headers);
        let took: f64 = info.header("x-process-time").parse()?;
        ensure!(took > 0.0 && !info.header("x-served-by").is_empty(), "{:?}", info.headers);
        let info = info.json()?;
        ensure!(info["id"] == recto.url(&format!("/{name}")) && info["@id"] == info["id"]);
        ensure!(info["width"] == 2000 && info["height"] == 1500, "{info:#}");
        let path = format!("/{name}/full/max/0/default.jpg");
        shows(&recto, &path, &place.origins().join("scans/photo.jpg")).await?;
    }
    until_converted(&recto, "scans", 2).await?;
    ensure!(counted(&recto, "scans", "in_place").await? == 1, "the tiled one is not in place");
    ensure!(counted(&recto, "scans", "converted").await? == 2, "a pyramid is made for each other");

    let tile = recto.get("/photo.jpg/512,512,512,512/512,512/0/default.jpg").await?;
    ensure!(jpeg_extent(&tile.with_status(200)?.body) == Some((512, 512)));
    ensure!(recto.metric(r#"recto_images_total{how="grid"}"#).await? == 1.0, "it was drawn");
    for (path, width) in [("thumbnail", 512), ("preview", 2000), ("", 2000)] {
        let path = format!("/photo.jpg/{path}");
        let reduced = recto.get(path.trim_end_matches('/')).await?.with_status(200)?;
        ensure!(jpeg_extent(&reduced.body).map(|(w, _)| w) == Some(width), "{path}");
    }
    let json = |it: reqwest::RequestBuilder| it.header("accept", "application/json");
    let led = recto.ask(Method::GET, "/photo.jpg", json).await?.with_status(303)?;
    ensure!(led.header("location") == recto.url("/photo.jpg/info.json"), "{:?}", led.headers);
    recto.stop().await?;
    Ok(())
}

/// The layout of the document that viewers read, key by key.
#[tokio::test]
async fn info_json_is_laid_out_as_theirs() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let scans = scans(&place)?;
    let config = place.origins().join("images.toml");
    fs::write(
        &config,
        format!(
            "[images]\nmin_sizes_size = 300\n[profiles.books]\nfolder = {scans:?}\ncache_for = 7\n\
             rights = \"http://creativecommons.org/licenses/by/4.0/\"\n"
        ),
    )?;
    let recto = place.images(&["--config", &config.display().to_string()]).await?;
    let info = recto.get("/photo.jpg/info.json").await?.with_status(200)?;
    ensure!(info.header("content-type") == "application/json", "{:?}", info.headers);
    ensure!(info.header("cache-control") == "max-age=7", "{:?}", info.headers);
    let link = "<http://iiif.io/api/image/3/level2.json>;rel=\"profile\"";
    ensure!(info.header("link") == link, "{:?}", info.headers);
    let id = recto.url("/photo.jpg");
    let tiles = |side: u32| json!({ "width": side, "scaleFactors": [1, 2, 4, 8, 16] });
    let expected = json!({
        "@context": "http://iiif.io/api/image/3/context.json",
        "id": id,
        "@id": id,
        "type": "ImageService3",
        "protocol": "http://iiif.io/api/image",
        "width": 2000,
        "height": 1500,
        "rights": "http://creativecommons.org/licenses/by/4.0/",
        "profile": "level2",
        "tiles": [tiles(512), tiles(256), tiles(1024)],
        "sizes": [
            { "width": 2000, "height": 1500 },
            { "width": 1000, "height": 750 },
            { "width": 500, "height": 375 },
        ],
        "maxWidth": 2000,
        "maxHeight": 1500,
        "extraQualities": ["color", "colour", "gray", "grey", "bitonal"],
        "extraFormats": ["gif", "tif", "webp"],
        "extraFeatures": ["canonicalLinkHeader", "mirroring", "profileLinkHeader", "rotationArbitrary"],
    });
    ensure!(info.json()? == expected, "{:#}", info.json()?);
    recto.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_pyramid_is_made_once_for_all_and_for_good() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let scans = scans(&place)?;
    let recto = place.images(&[&scans]).await?;
    let path = "/photo.jpg/0,0,512,512/512,/0/default.jpg";
    let answers = try_join_all((0..16).map(|_| recto.get(path))).await?;
    for answer in answers {
        answer.with_status(200)?;
    }
    until_converted(&recto, "scans", 1).await?;
    ensure!(counted(&recto, "scans", "converted").await? == 1, "it was made more than once");
    recto.stop().await?;

    let recto = place.images(&[&scans]).await?;
    let first = recto.get(path).await?.with_status(200)?;
    ensure!(counted(&recto, "scans", "converted").await? == 0, "the restart forgot it");
    let etag = first.header("etag").to_owned();
    let again = recto.ask(Method::GET, path, |it| it.header("if-none-match", &etag)).await?;
    ensure!(again.status == 304 && again.body.is_empty(), "{}", again.status);
    recto.stop().await?;

    let other = photo(&place.origins(), 1000, 700)?;
    fs::copy(&other, place.origins().join("scans/photo.jpg"))?;
    let recto = place.images(&[&scans]).await?;
    let info = recto.get("/photo.jpg/info.json").await?.with_status(200)?.json()?;
    ensure!(info["width"] == 1000, "the file has changed: {info:#}");
    shows(&recto, "/photo.jpg/full/max/0/default.jpg", &other).await?;
    let again = recto.ask(Method::GET, path, |it| it.header("if-none-match", &etag)).await?;
    ensure!(again.status == 200, "the tag is that of the file before");
    recto.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_replaced_is_never_mixed_with_its_successor() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let scans = scans(&place)?;
    let recto = place.images(&[&scans]).await?;
    recto.get("/tiled.tif/full/200,/0/default.jpg").await?.with_status(200)?;
    // As an editor saves: a new file, moved into the place of the old one.
    let other = photo(&place.origins(), 1000, 1000)?;
    let new = place.origins().join("new.tif");
    let tiled = format!("{}[tile,pyramid,compression=jpeg,Q=95]", new.display());
    output_of(Command::new("vips").arg("copy").arg(&other).arg(tiled))?;
    fs::rename(&new, place.origins().join("scans/tiled.tif"))?;
    // Drawn from the file, which is seen to be another one at once.
    let drawn = recto.get("/tiled.tif/full/300,/0/default.jpg").await?.with_status(200)?;
    ensure!(jpeg_extent(&drawn.body) == Some((300, 300)), "it is the old one, or a mixture");
    recto.stop().await?;
    Ok(())
}

#[tokio::test]
async fn what_is_kept_has_bounds_and_is_made_again() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let scans = scans(&place)?;
    let config = place.origins().join("images.toml");
    fs::write(&config, format!("[profiles.small]\nfolder = {scans:?}\ncache_size = 100000\n"))?;
    let config = config.display().to_string();
    let recto = place.images(&["--config", &config]).await?;
    for (name, made) in [("photo.jpg", 1), ("box%201%2Fa%3Ab%2C%20c.jpg", 2), ("photo.jpg", 3)] {
        let path = format!("/small:{name}/0,0,512,512/512,/0/default.jpg");
        recto.get(&path).await?.with_status(200)?;
        until_converted(&recto, "small", made).await?;
    }
    ensure!(counted(&recto, "small", "converted").await? == 3, "nothing had to go");
    recto.stop().await?;
    Ok(())
}

#[tokio::test]
async fn no_name_leads_out_of_the_folder() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let scans = scans(&place)?;
    let secret = place.origins().join("secret.jpg");
    fs::copy(place.origins().join("scans/photo.jpg"), &secret)?;
    symlink(&secret, place.origins().join("scans/link.jpg"))?;
    symlink(place.origins(), place.origins().join("scans/up"))?;
    let recto = place.images(&[&scans]).await?;
    let absolute = secret.display().to_string().replace('/', "%2F");
    for name in [
        "../secret.jpg",
        "..%2Fsecret.jpg",
        "%2e%2e%2Fsecret.jpg",
        "box%201%2F..%2F..%2Fsecret.jpg",
        "scans:..%2Fsecret.jpg",
        "link.jpg",
        "up%2Fsecret.jpg",
        "..%5Csecret.jpg",
        "photo.jpg%00",
        &absolute,
    ] {
        let paths = [
            format!("/{name}/original"),
            format!("/{name}/info.json"),
            format!("/{name}/full/max/0/default.jpg"),
            format!("/originals?identifiers={name}"),
            format!("/originals?identifiers=photo.jpg,{name}"),
        ];
        for path in paths {
            let answer = recto.get(&path).await?;
            ensure!(answer.status == 404, "{path}: {} {}", answer.status, answer.text());
        }
    }
    recto.stop().await?;
    Ok(())
}

#[tokio::test]
async fn originals_come_as_they_are_alone_and_in_an_archive() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let scans = scans(&place)?;
    let recto = place.images(&[&scans]).await?;
    let file = fs::read(place.origins().join("scans/box 1/a:b, c.jpg"))?;
    let path = "/scans:box%201%2Fa:b,%20c.jpg/original";
    let alone = recto.get(path).await?.with_status(200)?;
    ensure!(alone.body == file, "other bytes");
    ensure!(alone.header("content-disposition") == "attachment; filename=\"a:b, c.jpg\"");
    ensure!(alone.header("content-type") == "image/jpeg");
    let head = recto.ask(Method::HEAD, path, |it| it).await?.with_status(200)?;
    ensure!(head.header("content-length") == file.len().to_string());

    let identifiers = "photo.jpg,tiled.tif,scans:photo.jpg";
    for (names, keeps) in
        [(["photo.jpg", "tiled.tif"], true), (["photo.jpg.jpg", "tiled.tif.tif"], false)]
    {
        let path = format!("/originals?identifiers={identifiers}&use_original_filenames={keeps}");
        let archive = recto.get(&path).await?.with_status(200)?;
        ensure!(archive.header("content-disposition") == "attachment; filename=originals.zip");
        ensure!(archive.header("content-type") == "application/zip");
        let folder = tempfile::tempdir()?;
        let zip = folder.path().join("originals.zip");
        fs::write(&zip, &archive.body)?;
        let out = folder.path().join("out");
        output_of(Command::new("python3").args(["-m", "zipfile", "-e"]).args([&zip, &out]))?;
        ensure!(fs::read_dir(&out)?.count() == 2, "each once");
        for (name, file) in names.iter().zip(["photo.jpg", "tiled.tif"]) {
            let unpacked = fs::read(out.join(name)).with_context(|| (*name).to_owned())?;
            ensure!(unpacked == fs::read(place.origins().join("scans").join(file))?, "{name}");
        }
    }
    recto.stop().await?;
    Ok(())
}

#[tokio::test]
async fn their_configuration_is_served_as_it_is() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    scans(&place)?;
    let config = place.origins().join("iiif.yml");
    let (source, cache) = (place.origins(), place.data().join("cache"));
    fs::write(
        &config,
        format!(
            "base_url: https://example.org/iiif\nsource_path: {}\ncache_path: {}\nthumbnail_width: 256\n\
             default_profile: scans\nprofiles:\n  scans:\n    type: disk\n    rights: ''\n    cache_for: 5\n",
            source.display(),
            cache.display()
        ),
    )?;
    let recto = place.images(&["--config", &config.display().to_string()]).await?;
    let info = recto.get("/photo.jpg/info.json").await?.with_status(200)?;
    ensure!(info.header("cache-control") == "max-age=5", "{:?}", info.headers);
    ensure!(info.json()?["id"] == "https://example.org/iiif/photo.jpg", "{}", info.text());
    let thumbnail = recto.get("/photo.jpg/thumbnail").await?.with_status(200)?;
    ensure!(jpeg_extent(&thumbnail.body) == Some((256, 192)));
    let status = recto.get("/status").await?.with_status(200)?;
    ensure!(status.header("cache-control") == "no-store", "{:?}", status.headers);
    let status = status.json()?;
    ensure!(status["status"] == ":)" && status["default_profile"] == "scans", "{status:#}");
    ensure!(status["processing"]["completed"] == 1, "{status:#}");
    ensure!(status["processing"]["max_size"] == "256.0 MiB", "{status:#}");
    let cache = &status["profiles"]["scans"]["converted_cache"];
    ensure!(cache["requests"] == 2 && cache["max_size"] == "256.0 MiB", "{status:#}");
    recto.stop().await?;
    Ok(())
}
