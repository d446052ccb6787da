//! Files that come in parts, sent by a client that knows nothing of us: PyPI's `tuspy`.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Library, Place, Recto, output_of};
use reqwest::Method;

use crate::validator::find;

/// Killed in the middle, it is gone on with by another process; what it becomes is what was sent.
#[tokio::test]
async fn an_upload_survives_the_process_that_took_it() -> Result<()> {
    for keeping in Keeping::offered() {
        walk(keeping).await.with_context(|| format!("{keeping:?}"))?;
    }
    Ok(())
}

async fn walk(keeping: Keeping) -> Result<()> {
    let place = Place::new(keeping)?;
    let report = place.origins().join("report.pdf");
    let bytes: Vec<u8> = (0..5_000_000_u32).flat_map(u32::to_le_bytes).collect();
    fs::write(&report, &bytes)?;
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    let upload = send(&recto, &library, &report, 9_000_000, None)?;
    let path = upload.strip_prefix(&recto.url("")).context("the address is another's")?.to_owned();
    ensure!(offset(&recto, &library, &path).await? == "9000000", "not all is kept that was sent");
    recto.kill()?;

    let recto = place.serve().await?;
    ensure!(offset(&recto, &library, &path).await? == "9000000", "not all is kept that was sent");
    let address = recto.url(&path);
    send(&recto, &library, &report, bytes.len(), Some(&address))?;
    let asset = library.finished(&recto, "report").await?;
    ensure!(asset["error"].as_str().unwrap_or_default().is_empty(), "{asset:#}");
    ensure!(asset["string1"] == "Jahresbericht für 2025", "{asset:#}");
    let whole = recto.get(&Library::public("file", "report")).await?.with_status(200)?;
    ensure!(whole.body == bytes, "other bytes");
    recto.stop().await.map(drop)
}

/// Sends so many bytes, from the beginning or of an upload that was begun; answers its address.
fn send(
    recto: &Recto,
    library: &Library,
    file: &Path,
    stop_at: usize,
    upload: Option<&str>,
) -> Result<String> {
    let python = find("iiif-validate.py")?.with_file_name("python");
    let mut command = Command::new(python);
    command.args(["-c", include_str!("uploads.py")]);
    command.arg(recto.url("/customers/1/uploads")).arg(library.credentials());
    command.arg(file).arg(stop_at.to_string()).args(upload);
    Ok(String::from_utf8(output_of(&mut command)?.stdout)?.trim().to_owned())
}

/// How much has come.
async fn offset(recto: &Recto, library: &Library, path: &str) -> Result<String> {
    let credentials = library.credentials();
    let (key, secret) = credentials.split_once(':').context("no key")?;
    let ask = |it: reqwest::RequestBuilder| {
        it.basic_auth(key, Some(secret)).header("tus-resumable", "1.0.0")
    };
    let answer = recto.ask(Method::HEAD, path, ask).await?.with_status(200)?;
    Ok(answer.header("upload-offset").to_owned())
}
