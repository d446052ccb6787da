//! Audio and video, transcoded by ffmpeg, shown in manifests and played in a browser.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Library, Place, Recto, output_of};
use reqwest::Method;
use serde_json::{Value, json};

const FILM: &str = "full/full/max/max/0/default.mp4";

#[tokio::test]
async fn a_film_is_transcoded_shown_and_played_and_goes_with_its_asset() -> Result<()> {
    for keeping in Keeping::offered() {
        walk(keeping).await.with_context(|| format!("{keeping:?}"))?;
    }
    Ok(())
}

async fn walk(keeping: Keeping) -> Result<()> {
    let place = Place::new(keeping)?;
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    // Red for ten seconds, then blue, so that it shows where a player is.
    let colours = ["color=red:s=320x240:r=25:d=10", "color=blue:s=320x240:r=25:d=10"];
    let joined = ["-filter_complex", "[0][1]concat", "-c:v", "mpeg4"];
    let film = made(&place.origins().join("film.avi"), &colours, &joined)?;
    register(&recto, &library, "film", "video/x-msvideo", &film).await?;
    let asset = library.finished(&recto, "film").await?;
    ensure!(asset["error"].as_str().unwrap_or_default().is_empty(), "{asset:#}");
    ensure!((asset["width"] == 320) && (asset["height"] == 240), "{asset:#}");
    ensure!(
        (19_900..20_200).contains(&asset["duration"].as_u64().unwrap_or_default()),
        "{asset:#}"
    );

    in_the_manifest(&recto).await?;
    played(&recto)?;
    sound(&recto, &library, &place).await?;
    not_a_recording(&recto, &library, &place).await?;
    at_the_api(&recto, &library).await?;
    recto.stop().await?;
    Ok(())
}

async fn register(
    recto: &Recto,
    library: &Library,
    id: &str,
    kind: &str,
    file: &Path,
) -> Result<()> {
    let origin = format!("file://{}", file.display());
    let asset = json!({ "mediaType": kind, "origin": origin });
    let answer = library.put(recto, id, &asset).await?.with_status(201)?.json()?;
    ensure!(answer["ingesting"] == true, "nobody waits for a transcoder: {answer:#}");
    Ok(())
}

async fn in_the_manifest(recto: &Recto) -> Result<()> {
    let path = Library::public("iiif-manifest", "film");
    let manifest = recto.get(&path).await?.with_status(200)?.json()?;
    let canvas = &manifest["items"][0];
    let seconds = canvas["duration"].as_f64().unwrap_or_default();
    ensure!((19.9..20.2).contains(&seconds), "{canvas:#}");
    let body = &canvas["items"][0]["items"][0]["body"];
    ensure!(body["type"] == "Video" && body["format"] == "video/mp4", "{body:#}");
    let poster =
        recto.get(&Library::public("iiif-av", "film/poster.jpg")).await?.with_status(200)?;
    ensure!(poster.body.starts_with(&[0xff, 0xd8, 0xff]), "the poster is no JPEG");
    Ok(())
}

/// A browser jumps into the middle, for which it asks for a part of the file.
fn played(recto: &Recto) -> Result<()> {
    let video = recto.url(&Library::public("iiif-av", &format!("film/{FILM}")));
    let output = output_of(
        Command::new("node").arg(concat!(env!("CARGO_MANIFEST_DIR"), "/player.mjs")).args([
            &recto.url("/health"),
            &video,
            "15",
        ]),
    )?;
    let seen: Value = serde_json::from_slice(&output.stdout)?;
    ensure!(seen["width"] == 320 && seen["height"] == 240, "{seen:#}");
    ensure!(seen["at"].as_f64().is_some_and(|at| at >= 15.0), "{seen:#}");
    let colour = |n: usize| seen["pixel"][n].as_u64().unwrap_or_default();
    ensure!(colour(2) > 200 && colour(0) < 60, "not in the blue part: {seen:#}");
    let parts = seen["parts"].as_array().context("no parts")?;
    ensure!(parts.iter().any(|part| part["status"] == 206), "{parts:#?}");
    Ok(())
}

async fn sound(recto: &Recto, library: &Library, place: &Place) -> Result<()> {
    let song = made(&place.origins().join("song.flac"), &["sine=440:d=3"], &[])?;
    register(recto, library, "song", "audio/flac", &song).await?;
    let asset = library.finished(recto, "song").await?;
    ensure!(asset["error"].as_str().unwrap_or_default().is_empty(), "{asset:#}");
    let path = Library::public("iiif-av", "song/full/max/default.mp3");
    let whole = recto.get(&path).await?.with_status(200)?;
    ensure!(whole.header("content-type") == "audio/mpeg", "{:?}", whole.headers);
    let range = |it: reqwest::RequestBuilder| it.header("range", "bytes=100-199");
    let part = recto.ask(Method::GET, &path, range).await?.with_status(206)?;
    ensure!(part.body == whole.body[100..200], "other bytes");
    Ok(())
}

async fn not_a_recording(recto: &Recto, library: &Library, place: &Place) -> Result<()> {
    let noise = place.origins().join("noise.mp4");
    std::fs::write(&noise, b"this is no film")?;
    register(recto, library, "noise", "video/mp4", &noise).await?;
    let asset = library.finished(recto, "noise").await?;
    ensure!(asset["error"].as_str().unwrap_or_default().contains("no recording"), "{asset:#}");
    recto.get(&Library::public("iiif-av", &format!("noise/{FILM}"))).await?.with_status(404)?;
    recto.get(&Library::public("iiif-manifest", "noise")).await?.with_status(404)?;
    Ok(())
}

async fn at_the_api(recto: &Recto, library: &Library) -> Result<()> {
    let image = "/customers/1/spaces/1/images/film";
    let ask = async |path: &str| library.ask(recto, Method::GET, path, None).await;
    let metadata = ask(&format!("{image}/metadata")).await?.with_status(200)?.json()?;
    ensure!(metadata["status"] == "COMPLETE", "{metadata:#}");
    ensure!(metadata["outputs"][0]["presetId"] == "video-mp4-720p", "{metadata:#}");
    let film = recto.get(&Library::public("iiif-av", &format!("film/{FILM}"))).await?;
    let storage = ask(&format!("{image}/storage")).await?.with_status(200)?.json()?;
    let kept = storage["size"].as_u64().unwrap_or_default();
    ensure!(kept > film.body.len() as u64, "the poster counts, too: {storage:#}");
    library.ask(recto, Method::DELETE, image, None).await?.with_status(204)?;
    recto.get(&Library::public("iiif-av", &format!("film/{FILM}"))).await?.with_status(404)?;
    Ok(())
}

/// What ffmpeg's generators give.
fn made(path: &Path, inputs: &[&str], options: &[&str]) -> Result<PathBuf> {
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-y"]);
    for input in inputs {
        ffmpeg.args(["-f", "lavfi", "-i", input]);
    }
    output_of(ffmpeg.args(options).arg(path))?;
    Ok(path.to_owned())
}
