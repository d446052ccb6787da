//! Broken and hostile files cost one asset an error, and nothing else.

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Library, Picture, Place, Recto, broken_images, photo, real_images};
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::{sync::watch, time::sleep};

use crate::souvenirs;

const DECODER_MEMORY: u64 = 1 << 30;
/// What the server itself may take: it never decodes what it is sent.
const SERVER_MEMORY: u64 = 512 << 20;
const PATIENCE: Duration = Duration::from_secs(5);

#[tokio::test]
async fn hostile_files_end_as_errors_and_the_server_answers_throughout() -> Result<()> {
    let mut place = Place::new(Keeping::SIMPLE)?;
    place.set("RECTO_INGEST__DECODE_MEMORY_BYTES", DECODER_MEMORY);
    place.set("RECTO_INGEST__DECODE_TIMEOUT_SECONDS", 20);
    let good = photo(&place.origins(), 1200, 900)?;
    let mut files = broken_images(&place.origins())?;
    for file in real_images("bad")? {
        files.push(place.bring(&file)?);
    }
    let mut recto = place.serve().await?;
    // Some of the files are made to be endless: that they are stopped is in order.
    recto.expect_in_log(&[
        "the work took longer than it may",
        "the work needs more memory than it may",
    ]);
    let library = Library::open(&recto).await?;
    library.put_file(&recto, "good", &good).await?.with_status(201)?;

    let (done, watching) = watch::channel(false);
    let register = async {
        let outcomes = register_all(&recto, &library, &files).await;
        done.send_replace(true);
        outcomes
    };
    let (outcomes, decoders) = tokio::join!(register, keep_visiting(&recto, watching));
    let outcomes = outcomes?;
    ensure!(decoders? <= DECODER_MEMORY, "a decoder took more memory than it may");

    let mut table = String::new();
    for (file, outcome) in &outcomes {
        writeln!(table, "{file}\t{outcome}")?;
    }
    fs::write(souvenirs()?.join("hostile.tsv"), table)?;
    let memory = recto.peak_memory()?;
    ensure!(memory < SERVER_MEMORY, "the server itself took {} MB", memory >> 20);
    ensure!(recto.children()?.is_empty(), "decoders are left: {:?}", recto.children()?);
    ensure!(place.leftovers()?.is_empty(), "files are left: {:?}", place.leftovers()?);
    recto.stop().await?;
    Ok(())
}

/// What became of each file, by its name.
async fn register_all(
    recto: &Recto,
    library: &Library,
    files: &[PathBuf],
) -> Result<BTreeMap<String, String>> {
    let each = stream::iter(files).map(async |file| {
        let name = file.file_name().context("no name")?.to_string_lossy().into_owned();
        let outcome = register(recto, library, &name, file).await.with_context(|| name.clone())?;
        anyhow::Ok((name, outcome))
    });
    each.buffer_unordered(4).try_collect().await
}

/// A sentence on the asset, or an image that can be seen.
async fn register(recto: &Recto, library: &Library, id: &str, file: &Path) -> Result<String> {
    library.put_file(recto, id, file).await?;
    let asset = library.finished(recto, id).await?;
    let error = asset["error"].as_str().unwrap_or_default();
    let shown =
        recto.get(&format!("{}/full/max/0/default.jpg", Library::public("iiif-img", id))).await?;
    if error.is_empty() {
        let picture = Picture::of_answer(&shown.with_status(200)?)?;
        ensure!(
            asset["width"] == picture.extent.0 && asset["height"] == picture.extent.1,
            "{asset:#}"
        );
        return Ok(format!("shown, {} x {}", picture.extent.0, picture.extent.1));
    }
    ensure!(shown.status == 404, "it has an error and answers {}", shown.status);
    let is_code = ["{", "::", "Error("].iter().any(|code| error.contains(code));
    let is_a_sentence = error.contains(' ') && !is_code;
    ensure!(is_a_sentence, "no librarian understands {error:?}");
    Ok(error.to_owned())
}

/// Asks again and again while files are registered. Gives the most memory that a decoder had, in bytes.
async fn keep_visiting(recto: &Recto, done: watch::Receiver<bool>) -> Result<u64> {
    let mut most = 0;
    while !*done.borrow() {
        let tile =
            format!("{}/0,0,512,512/512,512/0/default.jpg", Library::public("iiif-img", "good"));
        for path in ["/health", &tile] {
            let begun = Instant::now();
            recto.get(path).await?.with_status(200)?;
            ensure!(begun.elapsed() < PATIENCE, "{path} took {:?}", begun.elapsed());
        }
        most = most.max(recto.decoder_memory()?);
        sleep(Duration::from_millis(20)).await;
    }
    Ok(most)
}
