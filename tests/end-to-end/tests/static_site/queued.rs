use std::{
    process::Output,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Place, landscape_in, variable};
use reqwest::Method;
use serde_json::json;
use tokio::time::sleep;

use super::site::{URL, same, small_images, succeeded, tile, utf8};

#[tokio::test]
async fn a_site_that_is_left_to_the_queue_is_as_if_written_here_though_a_writer_dies() -> Result<()>
{
    for keeping in Keeping::offered().into_iter().filter(|keeping| !keeping.on_s3) {
        write(keeping).await.with_context(|| format!("{keeping:?}"))?;
    }
    Ok(())
}

async fn write(keeping: Keeping) -> Result<()> {
    let mut place = Place::new(keeping)?;
    place.set("RECTO_INGEST__LEASE_SECONDS", 3);
    let folder = tempfile::tempdir()?;
    let images = small_images(folder.path(), 320)?;
    std::fs::write(images.join("object-0/broken.jpg"), "no picture")?;
    let (here, there) = (folder.path().join("here"), folder.path().join("there"));
    let own = tile(&[utf8(&images), "--to", utf8(&here), "--base-url", URL])?;
    ensure!(own.status.code() == Some(3), "{own:?}");
    succeeded(&place.run(&["migrate"])?)?;
    let queued = [
        "tile",
        utf8(&images),
        "--to",
        utf8(&there),
        "--base-url",
        URL,
        "--enqueue",
        "--shards",
        "4",
    ];
    let queued = place.run(&queued)?;
    succeeded(&queued)?;
    let said = said(&queued);
    ensure!(said.contains("321 images in 4 shards"), "{said}");
    let id = said.split_whitespace().nth(2).context("no name")?.trim_end_matches(':').to_owned();

    let first = place.serve_as("tiling").await?;
    while !there.exists() || std::fs::read_dir(&there)?.next().is_none() {
        sleep(Duration::from_millis(10)).await;
    }
    first.kill()?;
    let second = place.serve_as("tiling").await?;
    let follow = place.run(&["tile", "--follow", &id])?;
    ensure!(follow.status.code() == Some(3), "{follow:?}");
    let said = self::said(&follow);
    ensure!(said.contains("broken.jpg") && said.contains("1 failed"), "{said}");
    second.stop().await?;
    same(&here, &there)
}

#[test]
fn what_others_could_not_find_is_not_left_to_them() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let to = place.origins().join("site");
    let refused =
        place.run(&["tile", "images", "--to", utf8(&to), "--base-url", URL, "--enqueue"])?;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    ensure!(
        !refused.status.success() && said.contains("images: say where it is from the root"),
        "{said}"
    );
    let unknown = place.run(&["tile", "--follow", "nothing"])?;
    ensure!(!unknown.status.success(), "{unknown:?}");
    Ok(())
}

/// As their trigger did: what a file in one bucket asks for is soon in another.
#[tokio::test]
async fn a_task_file_that_appears_in_a_bucket_becomes_a_site_in_another() -> Result<()> {
    let Some(endpoint) = variable("RECTO_TEST_S3") else {
        eprintln!("not tested, for `tools/services.sh` did not start this run");
        return Ok(());
    };
    let bucket = format!("tasks-{}", std::process::id());
    fill(&endpoint, &bucket).await?;
    let mut place = Place::new(Keeping::SIMPLE)?;
    place.set("RECTO_STORAGE__URL", format!("s3://{bucket}/kept"));
    place.set("RECTO_STORAGE__ENDPOINT", &endpoint);
    place.set("RECTO_STORAGE__ALLOW_HTTP", true);
    place.set("RECTO_STORAGE__ACCESS_KEY_ID", "test");
    place.set("RECTO_STORAGE__SECRET_ACCESS_KEY", "test");
    let rule = format!("{{ bucket = {bucket:?}, key = '^tasks/.*[.]json$', task = true }}");
    let source = format!(
        "[{{ name = 'tasks', kind = 'webhook', secret = 'a secret of this test', rules = [{rule}] }}]"
    );
    place.set("RECTO_EVENTS__SOURCES", source);
    let recto = place.serve_as("events,tiling").await?;
    let event = json!({ "Records": [{ "eventName": "ObjectCreated:Put",
        "s3": { "bucket": { "name": bucket }, "object": { "key": "tasks/a.json" } } }] });
    let told = recto.ask(Method::POST, "/events/tasks", |request| {
        request.bearer_auth("a secret of this test").body(event.to_string())
    });
    told.await?.with_status(204)?;

    let list = format!("{endpoint}/{bucket}?list-type=2&prefix=site/");
    let deadline = Instant::now() + Duration::from_secs(60);
    // The collection comes last.
    let objects = loop {
        let objects = recto.get(&list).await?.with_status(200)?.text();
        if objects.contains("<Key>site/Ms1/collection/top.json</Key>") {
            break objects;
        }
        ensure!(Instant::now() < deadline, "there is no site: {objects}");
        sleep(Duration::from_millis(100)).await;
    };
    for name in [
        "Item/manifest.json",
        "tiles/Item-1/info.json",
        "tiles/Item-1/0,0,512,400/512,/0/default.jpg",
    ] {
        ensure!(objects.contains(&format!("<Key>site/Ms1/{name}</Key>")), "{name}: {objects}");
    }
    recto.stop().await?;
    Ok(())
}

/// A bucket with a page, a table, and the task that is about them.
async fn fill(endpoint: &str, bucket: &str) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let image = landscape_in(folder.path(), (700, 400), "jpg[Q=80]")?;
    let task = json!({ "jobName": "a", "environment": [
        { "name": "COLLECTION_IDENTIFIER", "value": "Ms1" },
        { "name": "ACCESS_DIR", "value": "scans/Ms1/Item/Access" },
        { "name": "AWS_SRC_BUCKET", "value": bucket },
        { "name": "AWS_DEST_BUCKET", "value": bucket },
        { "name": "DEST_PREFIX", "value": "site" },
        { "name": "DEST_URL", "value": "https://cdn.example.org" },
        { "name": "CSV_PATH", "value": "scans" },
        { "name": "CSV_NAME", "value": "Ms1.csv" },
    ] });
    let http = reqwest::Client::builder().build()?;
    for (key, bytes) in [
        ("", Vec::new()),
        ("/scans/Ms1/Item/Access/a.jpg", std::fs::read(image)?),
        ("/scans/Ms1.csv", b"identifier,title\nItem,A letter\n".to_vec()),
        ("/tasks/a.json", task.to_string().into_bytes()),
    ] {
        let put = http.put(format!("{endpoint}/{bucket}{key}")).body(bytes).send().await?;
        ensure!(put.status().is_success(), "{key}: {}", put.status());
    }
    Ok(())
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}
