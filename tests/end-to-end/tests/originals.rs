//! Originals that are ready for it are served as they came: the policy `use-original`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use end_to_end::{Keeping, Library, Picture, Place, Recto, Tile, grid, output_of, photo};
use futures_util::future::try_join_all;
use reqwest::Method;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::time::sleep;

const PATIENCE: Duration = Duration::from_secs(30);

/// A file that is ready, and where libvips finds its levels: `page`, or `subifd` from the second on.
struct Ready {
    id: &'static str,
    file: PathBuf,
    level: &'static str,
    tile: u64,
}

/// The same photograph, as several programs would hand it in.
fn ready_files(folder: &Path, photo: &Path) -> Result<Vec<Ready>> {
    let tiff = "--tile --pyramid --compression";
    let own = "--tile-width 256 --tile-height 256";
    let plan = [
        ("jpeg.tif", format!("{tiff} jpeg {own} --Q 95"), "page", 256),
        ("deflate.tif", format!("{tiff} deflate --predictor horizontal"), "page", 128),
        ("lzw.tif", format!("{tiff} lzw {own} --bigtiff"), "page", 256),
        ("none.tif", format!("{tiff} none {own}"), "page", 256),
        ("below.tif", format!("{tiff} zstd {own} --subifd"), "subifd", 256),
        ("tiled.jp2", "--tile-width 512 --tile-height 512 --lossless".to_owned(), "page", 512),
        ("single.jp2", "--tile-width 4096 --tile-height 4096 --Q 90".to_owned(), "page", 512),
    ];
    let make = |(id, options, level, tile): (&'static str, String, &'static str, u64)| {
        let file = folder.join(id);
        let save = if id.ends_with("jp2") { "jp2ksave" } else { "tiffsave" };
        let options = options.split_whitespace();
        output_of(Command::new("vips").arg(save).args([photo, &file]).args(options))?;
        Ok(Ready { id, file, level, tile })
    };
    plan.into_iter().map(make).collect()
}

async fn put(recto: &Recto, library: &Library, id: &str, file: &Path) -> Result<Value> {
    let asset = json!({
        "mediaType": if id.ends_with("jp2") { "image/jp2" } else { "image/tiff" },
        "origin": format!("file://{}", file.display()),
        "deliveryChannels": [{ "channel": "iiif-img", "policy": "use-original" }, "thumbs"],
    });
    library.put(recto, id, &asset).await?;
    library.finished(recto, id).await
}

fn base(id: &str) -> String {
    Library::public("iiif-img/v3", id)
}

#[tokio::test]
async fn files_that_are_ready_are_served_as_they_came() -> Result<()> {
    for keeping in Keeping::offered() {
        if keeping.in_postgres {
            continue;
        }
        let place = Place::new(keeping)?;
        let photo = photo(&place.origins(), 2000, 1500)?;
        let files = ready_files(&place.origins(), &photo)?;
        let recto = place.serve().await?;
        let library = Library::open(&recto).await?;
        for ready in &files {
            let asset = put(&recto, &library, ready.id, &ready.file).await?;
            ensure!(asset["error"].as_str().unwrap_or_default().is_empty(), "{asset:#}");
            ensure!(asset["width"] == 2000 && asset["height"] == 1500, "{asset:#}");
        }
        ensure!(place.pyramids()?.iter().all(|it| it.ends_with("original")), "copies are made");
        for ready in &files {
            is_served(&recto, ready, &photo).await.with_context(|| ready.id)?;
        }
        ensure!(recto.metric("recto_images_total{how=\"drawn\"}").await? > 20.0, "drawn by whom?");
        can_be_changed(&recto, &library, &files[0]).await?;
        recto.stop().await?;
    }
    Ok(())
}

async fn is_served(recto: &Recto, ready: &Ready, photo: &Path) -> Result<()> {
    let info = recto.get(&format!("{}/info.json", base(ready.id))).await?.with_status(200)?;
    let info = info.json()?;
    ensure!(info["tiles"][0]["width"] == ready.tile, "{info:#}");
    let tiles = grid(&info)?;
    let chosen = |tile: &&Tile| {
        // Where a level was rounded down its last pixels are not where ours are.
        tile.extent == (ready.tile as u32, ready.tile as u32) && tile.origin != (0, 0)
    };
    let mut scales = Vec::new();
    for tile in tiles.iter().filter(chosen) {
        if scales.contains(&tile.scale) {
            continue;
        }
        scales.push(tile.scale);
        looks_as_in_the_file(recto, ready, tile).await.with_context(|| tile.path.clone())?;
    }
    ensure!(!scales.is_empty(), "no tile was compared");
    turns_and_sizes(recto, ready.id, &Picture::of_file(photo)?).await
}

/// By libvips nearly the same pixels: they are encoded once.
async fn looks_as_in_the_file(recto: &Recto, ready: &Ready, tile: &Tile) -> Result<()> {
    let path = format!("{}/{}", base(ready.id), tile.path.replace(".jpg", ".png"));
    let ours = Picture::of_answer(&recto.get(&path).await?.with_status(200)?)?;
    let folder = tempfile::tempdir()?;
    let part = folder.path().join("part.png");
    let level = tile.scale.ilog2();
    let level = match (ready.level, level) {
        (_, 0) => String::new(),
        ("subifd", level) => format!("[subifd={}]", level - 1),
        (name, level) => format!("[{name}={level}]"),
    };
    let (x, y) = (tile.origin.0 / tile.scale, tile.origin.1 / tile.scale);
    let numbers = [x, y, tile.extent.0, tile.extent.1].map(|number| number.to_string());
    let source = format!("{}{level}", ready.file.display());
    output_of(Command::new("vips").args(["crop", &source]).arg(&part).args(numbers))?;
    let distance = ours.distance(&Picture::of_file(&part)?)?;
    ensure!(distance.mean < 0.5 && distance.worst < 4.0, "libvips is {distance:?} away");
    Ok(())
}

async fn turns_and_sizes(recto: &Recto, id: &str, photo: &Picture) -> Result<()> {
    let get = async |path: &str| {
        let answer = recto.get(&format!("{}/{path}", base(id))).await?.with_status(200)?;
        Picture::of_answer(&answer).with_context(|| path.to_owned())
    };
    let upright = get("700,500,300,200/max/0/default.png").await?;
    let distance = upright.distance(&photo.crop(700, 500, 300, 200))?;
    ensure!(distance.mean < 3.0, "{distance:?}");
    let flipped = get("700,500,300,200/max/!180/default.png").await?;
    ensure!(flipped.extent == (300, 200) && flipped.distance(&upright)?.mean > 1.0, "not turned");
    ensure!(get("700,500,300,200/150,/90/default.jpg").await?.extent == (100, 150), "90");
    ensure!(get("full/300,/22.5/default.webp").await?.extent.0 > 300, "22.5");
    ensure!(get("full/200,/0/gray.jpg").await?.is_gray(), "gray");
    ensure!(get("square/^1600,/0/default.jpg").await.is_err(), "enlarged");

    let tag =
        recto.get(&format!("{}/full/250,/0/default.jpg", base(id))).await?.with_status(200)?;
    ensure!(
        !tag.header("etag").is_empty() && tag.header("cache-control").contains("public"),
        "{id}"
    );
    let whole = Picture::of_answer(&tag)?;
    let thumbs = format!("{}/full/!400,400/0/default.jpg", Library::public("thumbs", id));
    let thumb = Picture::of_answer(&recto.get(&thumbs).await?.with_status(200)?)?;
    ensure!(thumb.extent == (400, 300) && whole.extent == (250, 188), "{:?}", whole.extent);
    let expected = get("full/400,/0/default.png").await?;
    ensure!(thumb.distance(&expected)?.mean < 1.5, "the thumbnail is another image");
    Ok(())
}

/// Another policy, and back again: what is shown is what the policy says.
async fn can_be_changed(recto: &Recto, library: &Library, ready: &Ready) -> Result<()> {
    for (policy, tile) in [("default", 512), ("use-original", ready.tile)] {
        let change = json!({
            "origin": format!("file://{}", ready.file.display()),
            "deliveryChannels": [{ "channel": "iiif-img", "policy": policy }, "thumbs"],
        });
        let path = format!("/customers/1/spaces/1/images/{}", ready.id);
        library.ask(recto, Method::PATCH, &path, Some(&change)).await?.with_status(200)?;
        let asset = library.finished(recto, ready.id).await?;
        ensure!(asset["deliveryChannels"][0]["policy"] == policy, "{asset:#}");
        let info = recto.get(&format!("{}/info.json", base(ready.id))).await?.json()?;
        ensure!(info["tiles"][0]["width"] == tile, "{policy}: {info:#}");
        let whole = format!("{}/full/300,/0/default.jpg", base(ready.id));
        recto.get(&whole).await?.with_status(200)?;
    }
    Ok(())
}

#[tokio::test]
async fn files_that_are_not_ready_say_what_to_do_and_damaged_ones_end_as_errors() -> Result<()> {
    let mut place = Place::new(Keeping::SIMPLE)?;
    place.set("RECTO_DELIVERY__ORIGINALS__TIMEOUT_SECONDS", 10);
    let photo = photo(&place.origins(), 2000, 1500)?;
    let files = ready_files(&place.origins(), &photo)?;
    let striped = place.origins().join("striped.tif");
    output_of(Command::new("vips").arg("tiffsave").args([&photo, &striped]))?;
    let mut recto = place.serve().await?;
    recto.expect_in_log(&["could not be drawn", "is damaged", "a child failed", "can't be drawn"]);
    let library = Library::open(&recto).await?;

    for (id, file) in [("striped.tif", &striped), ("photo.tif", &photo)] {
        let asset = put(&recto, &library, id, file).await?;
        let error = asset["error"].as_str().unwrap_or_default();
        ensure!(error.contains("choose the policy `default`"), "{asset:#}");
    }
    for part in [10, 60, 95] {
        for ready in &files {
            let bytes = fs::read(&ready.file)?;
            let cut = place.origins().join(format!("cut-{part}-{}", ready.id));
            fs::write(&cut, &bytes[..bytes.len() * part / 100])?;
            let asset = put(&recto, &library, &format!("cut-{part}-{}", ready.id), &cut).await?;
            let error = asset["error"].as_str().unwrap_or_default();
            ensure!(error.contains(' ') && !error.contains("try again"), "{}: {asset:#}", ready.id);
        }
    }
    put(&recto, &library, "good.tif", &files[0].file).await?;
    for ready in &files[1..] {
        put(&recto, &library, ready.id, &ready.file).await?;
        damage(&place, ready.id)?;
    }
    for ready in &files[1..] {
        for path in ["full/500,/0/default.jpg", "300,300,900,700/max/0/default.jpg"] {
            let begun = Instant::now();
            let answer = recto.get(&format!("{}/{path}", base(ready.id))).await?;
            ensure!([200, 500, 503].contains(&answer.status), "{}: {}", ready.id, answer.text());
            ensure!(begun.elapsed() < PATIENCE, "{} took {:?}", ready.id, begun.elapsed());
            let good = format!("{}/{path}", base("good.tif"));
            recto.get(&good).await?.with_status(200)?;
        }
    }
    recto.stop().await?;
    Ok(())
}

/// As if the storage had lost and mixed up bytes after the file was taken in.
fn damage(place: &Place, id: &str) -> Result<()> {
    let original = place.originals()?.into_iter().find(|it| it.to_string_lossy().contains(id));
    let original = original.with_context(|| format!("no original of {id}"))?;
    let mut bytes = fs::read(&original)?;
    let length = bytes.len();
    for (n, byte) in bytes.iter_mut().enumerate() {
        let is_hit = n > length / 3 && n.wrapping_mul(2_654_435_761) % 97 == 0;
        *byte = if is_hit { n as u8 } else { *byte };
    }
    bytes.truncate(length / 10 * 9);
    Ok(fs::write(original, bytes)?)
}

#[tokio::test]
async fn children_that_are_killed_are_replaced_and_none_outlives_the_server() -> Result<()> {
    let mut place = Place::new(Keeping::SIMPLE)?;
    place.set("RECTO_DELIVERY__ORIGINALS__CHILDREN", 2);
    let photo = photo(&place.origins(), 2000, 1500)?;
    let files = ready_files(&place.origins(), &photo)?;
    let mut recto = place.serve().await?;
    recto.expect_in_log(&["could not be drawn", "a child failed"]);
    let library = Library::open(&recto).await?;
    for ready in &files {
        put(&recto, &library, ready.id, &ready.file).await?;
    }
    ensure!(recto.children()?.is_empty(), "children wait for nothing");

    let visits = (0..6).map(|visitor| visit(&recto, &files, visitor));
    let killing = async {
        let mut killed = 0;
        for _ in 0..30 {
            sleep(Duration::from_millis(60)).await;
            for child in recto.children()? {
                killed += u32::from(kill(child).is_ok());
            }
        }
        anyhow::Ok(killed)
    };
    let (statuses, killed) = tokio::join!(try_join_all(visits), killing);
    let (statuses, killed) = (statuses?.concat(), killed?);
    ensure!(killed > 5, "only {killed} children were killed");
    let drawn = statuses.iter().filter(|status| **status == 200).count();
    ensure!(drawn * 2 > statuses.len(), "of {} only {drawn} were drawn", statuses.len());

    let path = format!("{}/1,1,500,500/max/0/default.jpg", base(files[0].id));
    recto.get(&path).await?.with_status(200)?;
    let children = settled_children(&recto).await?;
    ensure!(children.len() <= 2, "there are {} children", children.len());
    recto.kill()?;
    let deadline = Instant::now() + Duration::from_secs(5);
    while children.iter().any(|id| is_running(*id)) {
        ensure!(Instant::now() < deadline, "children live on: {children:?}");
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// Looks at one part after the other; every answer is an image or a clear error.
async fn visit(recto: &Recto, files: &[Ready], visitor: u32) -> Result<Vec<u16>> {
    let mut statuses = Vec::new();
    for n in 0..25 {
        let ready = &files[(n + visitor) as usize % files.len()];
        let (x, y) = (n * 37 + visitor, n * 19);
        let path = format!("{}/{x},{y},400,300/200,/0/default.jpg", base(ready.id));
        let begun = Instant::now();
        let answer = recto.get(&path).await?;
        ensure!(begun.elapsed() < PATIENCE, "{path} took {:?}", begun.elapsed());
        if ![200, 500, 503].contains(&answer.status) {
            bail!("{path}: {} {}", answer.status, answer.text());
        }
        statuses.push(answer.status);
    }
    Ok(statuses)
}

/// The children once those that were killed are gone; a zombie never goes.
async fn settled_children(recto: &Recto) -> Result<Vec<u32>> {
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        let children = recto.children()?;
        if children.iter().all(|id| is_running(*id)) && !children.is_empty() {
            return Ok(children);
        }
        ensure!(Instant::now() < deadline, "zombies are left, or nobody: {children:?}");
        sleep(Duration::from_millis(20)).await;
    }
}

fn kill(child: u32) -> Result<()> {
    let child = Pid::from_raw(child.cast_signed()).context("no process")?;
    Ok(kill_process(child, Signal::KILL)?)
}

/// Neither gone nor a zombie.
fn is_running(id: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    state.is_some_and(|state| state != 'Z')
}
