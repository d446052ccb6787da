//! Stopping, politely or not, loses nothing.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Library, Place, Recto, output_of, photo, recto_command};
use tokio::time::sleep;

#[tokio::test]
async fn open_requests_are_answered_before_the_server_goes() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let image = photo(&place.origins(), 4000, 3000)?;
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    library.put_file(&recto, "large", &image).await?.with_status(201)?;

    let slow = format!("{}/full/max/30/default.png", Library::public("iiif-img", "large"));
    let stop = async {
        sleep(Duration::from_millis(200)).await;
        recto.ask_to_stop()
    };
    let (answer, stopped) = tokio::join!(recto.get(&slow), stop);
    stopped?;
    let answer = answer?.with_status(200)?;
    ensure!(answer.body.starts_with(b"\x89PNG"), "the answer was cut off");
    let took = recto.stop().await?;
    ensure!(took < Duration::from_secs(10), "it took {took:?} to stop");
    Ok(())
}

#[tokio::test]
async fn a_job_in_hand_is_handed_back_and_done_after_the_restart() -> Result<()> {
    let mut place = Place::new(Keeping::SIMPLE)?;
    place.set("RECTO_INGEST__LEASE_SECONDS", 600);
    place.set("RECTO_INGEST__GRACE_SECONDS", 0);
    let (recto, library) = in_the_middle(&place).await?;
    let took = recto.stop().await?;
    ensure!(took < Duration::from_secs(10), "it took {took:?} to stop");
    comes_to_an_end(&place, &library).await
}

#[tokio::test]
async fn a_server_that_is_killed_takes_its_decoders_along_and_the_next_one_finishes() -> Result<()>
{
    let mut place = Place::new(Keeping::SIMPLE)?;
    place.set("RECTO_INGEST__LEASE_SECONDS", 3);
    let (recto, library) = in_the_middle(&place).await?;
    let decoders = recto.children()?;
    recto.kill()?;
    let deadline = Instant::now() + Duration::from_secs(5);
    while decoders.iter().any(|id| is_running(*id)) {
        ensure!(Instant::now() < deadline, "decoders live on: {decoders:?}");
        sleep(Duration::from_millis(20)).await;
    }
    comes_to_an_end(&place, &library).await
}

#[tokio::test]
async fn a_log_that_nobody_takes_disturbs_nothing() -> Result<()> {
    let mut place = Place::new(Keeping::SIMPLE)?;
    place.set("RECTO_LOG__FILTER", "debug");
    let (nobody, log) = std::io::pipe()?;
    drop(nobody);
    let mut recto = place
        .prepare(recto_command()?)
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()?;
    let mut line = String::new();
    BufReader::new(recto.stdout.take().context("no standard output")?).read_line(&mut line)?;
    let address = line.trim().strip_prefix("listening on ").context(line.clone())?;
    let answer = reqwest::get(format!("{address}/iiif-img/2/1/nothing/info.json")).await;
    let status = answer.map(|answer| answer.status().as_u16());
    output_of(Command::new("kill").arg(recto.id().to_string()))?;
    let deadline = Instant::now() + Duration::from_secs(10);
    while recto.try_wait()?.is_none() && Instant::now() < deadline {
        sleep(Duration::from_millis(20)).await;
    }
    let ended = recto.try_wait()?;
    recto.kill()?;
    ensure!(status? == 404, "it was not answered as ever");
    ensure!(ended.is_some_and(|ended| ended.success()), "it ended with {ended:?}");
    Ok(())
}

/// A server that is ingesting a large image.
async fn in_the_middle(place: &Place) -> Result<(Recto, Library)> {
    let image = photo(&place.origins(), 12000, 9000)?;
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    let decoding = async {
        while recto.children()?.is_empty() {
            sleep(Duration::from_millis(5)).await;
        }
        anyhow::Ok(())
    };
    // The client hangs up; the job stays.
    tokio::select! {
        answer = library.put_file(&recto, "large", &image) => {
            anyhow::bail!("it was ingested at once: {}", answer?.text());
        }
        begun = decoding => begun?,
    }
    Ok((recto, library))
}

async fn comes_to_an_end(place: &Place, library: &Library) -> Result<()> {
    let recto = place.serve().await?;
    let begun = Instant::now();
    let asset = library.finished(&recto, "large").await?;
    ensure!(asset["error"].as_str().unwrap_or_default().is_empty(), "{asset:#}");
    ensure!(asset["width"] == 12000, "{asset:#}");
    ensure!(begun.elapsed() < Duration::from_secs(60), "it took {:?}", begun.elapsed());
    let tile =
        format!("{}/0,0,512,512/512,512/0/default.jpg", Library::public("iiif-img", "large"));
    recto.get(&tile).await?.with_status(200)?;
    ensure!(place.leftovers()?.is_empty(), "files are left: {:?}", place.leftovers()?);
    ensure!(place.pyramids()?.len() == 1, "{:?}", place.pyramids()?);
    recto.stop().await?;
    Ok(())
}

fn is_running(process: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    status.lines().any(|line| line.starts_with("State:") && !line.contains('Z'))
}
