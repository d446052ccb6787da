use std::{fs, path::Path, process::Stdio, time::Instant};

use anyhow::{Context, Result, ensure};
use end_to_end::{Random, recto_command, variable};
use serde_json::Value;

use super::site::{URL, same, small_images, succeeded, tile, tree, utf8};

/// `RECTO_TEST_IMAGES=10000` tries it as long as it is promised.
#[test]
fn a_run_that_is_killed_five_times_ends_as_one_that_is_not() -> Result<()> {
    let count = variable("RECTO_TEST_IMAGES").map_or(Ok(400), |count| count.parse())?;
    let folder = tempfile::tempdir()?;
    let images = small_images(folder.path(), count)?;
    let (whole, broken) = (folder.path().join("whole"), folder.path().join("broken"));
    let begun = Instant::now();
    succeeded(&tile(&[utf8(&images), "--to", utf8(&whole), "--base-url", URL])?)?;
    let undisturbed = begun.elapsed();

    let mut random = Random(u64::from(std::process::id()));
    let mut killed = 0;
    for _ in 0..5 {
        let mut child = recto_command()?
            .args(["tile", utf8(&images), "--to", utf8(&broken), "--base-url", URL])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let share = 20 + random.below(120);
        let deadline = Instant::now() + undisturbed * share / 1000;
        while Instant::now() < deadline && child.try_wait()?.is_none() {
            std::thread::yield_now();
        }
        killed += u32::from(child.try_wait()?.is_none());
        child.kill()?;
        child.wait()?;
    }
    ensure!(killed == 5, "it was too fast to be killed more than {killed} times");
    let report = folder.path().join("report.json");
    let again = tile(&[
        utf8(&images),
        "--to",
        utf8(&broken),
        "--base-url",
        URL,
        "--report",
        utf8(&report),
    ])?;
    succeeded(&again)?;
    let report: Value = serde_json::from_slice(&fs::read(report)?)?;
    let kept = report["kept"].as_u64().context("no count")?;
    ensure!(kept > 0, "nothing was kept: {report}");
    same(&whole, &broken)?;
    succeeded(&tile(&[utf8(&images), "--to", utf8(&broken), "--base-url", URL, "--check"])?)
}

#[test]
fn shards_and_a_last_run_make_what_one_run_makes() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let images = small_images(folder.path(), 220)?;
    let (one, many) = (folder.path().join("one"), folder.path().join("many"));
    succeeded(&tile(&[utf8(&images), "--to", utf8(&one), "--base-url", URL])?)?;
    for index in ["0", "1", "2"] {
        let shard = recto_command()?
            .args(["tile", utf8(&images), "--to", utf8(&many), "--base-url", URL])
            .args(["--shards", "3"])
            .env("JOB_COMPLETION_INDEX", index)
            .output()?;
        succeeded(&shard)?;
    }
    ensure!(!many.join("collection.json").exists(), "a shard wrote the collection");
    let last = tile(&[utf8(&images), "--to", utf8(&many), "--base-url", URL])?;
    succeeded(&last)?;
    let said = String::from_utf8_lossy(&last.stdout).into_owned();
    ensure!(said.contains("0 images made") && said.contains("220 were there"), "{said}");
    same(&one, &many)
}

#[test]
fn what_is_damaged_is_found_and_mended_and_what_is_broken_does_not_stop_the_rest() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let images = small_images(folder.path(), 3)?;
    fs::write(images.join("object-0/page 1.jpg"), b"\xff\xd8\xff no image")?;
    let (site, report) = (folder.path().join("site"), folder.path().join("report.json"));
    let place = [utf8(&images), "--to", utf8(&site), "--base-url", URL];
    let with = |more: &[&str]| tile(&[&place[..], more].concat());
    let first = with(&["--report", utf8(&report)])?;
    ensure!(first.status.code() == Some(3), "{first:?}");
    let told: Value = serde_json::from_slice(&fs::read(&report)?)?;
    ensure!(told["made"] == 2, "{told}");
    let failed = told["failed"][0]["source"].as_str().context("nothing failed")?;
    ensure!(failed.ends_with("object-0/page 1.jpg"), "{told}");
    let manifest: Value = serde_json::from_slice(&fs::read(site.join("object-0/manifest.json"))?)?;
    ensure!(manifest["items"].as_array().map(Vec::len) == Some(2), "{manifest}");

    fs::remove_file(images.join("object-0/page 1.jpg"))?;
    succeeded(&with(&["--check"])?)?;
    let tile = site.join("object-0/page_0/full/max/0/default.jpg");
    let whole = fs::read(&tile)?;
    fs::write(&tile, &whole[..whole.len() - 1])?;
    let checked = with(&["--check"])?;
    ensure!(checked.status.code() == Some(3), "{checked:?}");
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    ensure!(said.contains("page_0/full/max/0/default.jpg"), "{said}");
    succeeded(&with(&["--repair"])?)?;
    ensure!(fs::read(&tile)? == whole, "it was not mended");
    let inside = images.join("site");
    let refused = super::site::tile(&[utf8(&images), "--to", utf8(&inside), "--base-url", URL])?;
    ensure!(!refused.status.success(), "a site was written among its images");
    Ok(())
}

#[test]
fn what_is_gone_from_the_inputs_is_told_and_removed_when_that_is_wanted() -> Result<()> {
    let by_name =
        ["object-0/page_1", "object-2/page_100", "object-2/page_101", "object-2/page_102"];
    told_and_removed("iiif3", &by_name)?;
    // Where pages are called by their number, the next one moves up.
    let by_number =
        ["tiles/object-0-50", "tiles/object-2-1", "tiles/object-2-2", "tiles/object-2-3"];
    told_and_removed("theirs", &by_number)
}

fn told_and_removed(layout: &str, gone: &[&str]) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let images = small_images(folder.path(), 103)?;
    let (site, fresh) = (folder.path().join("site"), folder.path().join("fresh"));
    let report = folder.path().join("report.json");
    let run = |to: &Path, more: &[&str]| {
        let place = [utf8(&images), "--to", utf8(to), "--base-url", URL, "--layout", layout];
        tile(&[&place[..], &["--report", utf8(&report)], more].concat())
    };
    succeeded(&run(&site, &[])?)?;
    // A page of one object, and all of another.
    fs::remove_file(images.join("object-0/page 1.jpg"))?;
    fs::remove_dir_all(images.join("object-2"))?;
    let whole = tree(&site)?;
    succeeded(&run(&site, &[])?)?;
    let told: Value = serde_json::from_slice(&fs::read(&report)?)?;
    ensure!(told["vanished"] == serde_json::json!(gone) && told["pruned"] == false, "{told}");
    ensure!(tree(&site)?.len() == whole.len(), "something was removed");
    let shard = run(&site, &["--prune", "--shard", "0/2"])?;
    ensure!(!shard.status.success(), "a shard doesn't see all inputs");

    succeeded(&run(&site, &["--prune"])?)?;
    succeeded(&run(&fresh, &[])?)?;
    same(&site, &fresh)?;
    ensure!(!site.join("object-2").exists(), "an empty folder stays");
    succeeded(&run(&site, &["--check"])?)
}
