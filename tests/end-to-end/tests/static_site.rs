//! `recto tile`: sites that need no server, as a viewer, a validator and an operator meet them.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::Instant,
};

use anyhow::{Context, Result, ensure};
use end_to_end::{Peers, Random, jpeg_extent, landscape_in, output_of, recto_command, variable};
use serde_json::Value;

use crate::{souvenirs, validator};

const URL: &str = "https://example.org/site";

/// `recto tile`, to its end; the status is the caller's to judge.
fn tile(arguments: &[&str]) -> Result<Output> {
    Ok(recto_command()?.arg("tile").args(arguments).output()?)
}

fn succeeded(output: &Output) -> Result<()> {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    ensure!(output.status.success(), "it ended with {}: {out}{err}", output.status);
    Ok(())
}

fn utf8(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
}

fn tree(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next)? {
            let path = entry?.path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    found.insert(path.strip_prefix(folder)?.to_owned(), fs::read(&path)?);
                }
            }
        }
    }
    Ok(found)
}

fn same(a: &Path, b: &Path) -> Result<()> {
    let (a, b) = (tree(a)?, tree(b)?);
    let names = |tree: &BTreeMap<PathBuf, Vec<u8>>| tree.keys().cloned().collect::<Vec<_>>();
    ensure!(names(&a) == names(&b), "{} and {} files", a.len(), b.len());
    let differs = a.iter().find(|(name, bytes)| b[*name] != **bytes);
    ensure!(differs.is_none(), "{:?} differs", differs.map(|(name, _)| name));
    Ok(())
}

/// Small images in folders of fifty.
fn small_images(folder: &Path, count: usize) -> Result<PathBuf> {
    let source = landscape_in(folder, (90, 60), "jpg[Q=70]")?;
    let bytes = fs::read(&source)?;
    fs::remove_file(source)?;
    let images = folder.join("images");
    for n in 0..count {
        let object = images.join(format!("object-{}", n / 50));
        fs::create_dir_all(&object)?;
        fs::write(object.join(format!("page {n}.jpg")), &bytes)?;
    }
    Ok(images)
}

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
    let refused =
        super::static_site::tile(&[utf8(&images), "--to", utf8(&inside), "--base-url", URL])?;
    ensure!(!refused.status.success(), "a site was written among its images");
    Ok(())
}

/// A task, and the bucket that it reads: two pages and a table.
fn task_in(folder: &Path) -> Result<PathBuf> {
    let source = landscape_in(folder, (1100, 520), "jpg[Q=80]")?;
    let scans = folder.join("source/Women/Ms2016_012_Box2/Folder19/Access");
    let sheets = folder.join("source/Women/sheets");
    fs::create_dir_all(&scans)?;
    fs::create_dir_all(&sheets)?;
    fs::copy(&source, scans.join("b.jpg"))?;
    fs::copy(&source, scans.join("a.jpg"))?;
    fs::write(sheets.join("Box2.csv"), "\u{feff}identifier,title\nFolder19,Synopsis\n")?;
    let variables = [
        ("AWS_REGION", ""),
        ("COLLECTION_IDENTIFIER", "Ms2016_012_Box2"),
        ("ACCESS_DIR", "Women/Ms2016_012_Box2/Folder19/Access"),
        ("AWS_SRC_BUCKET", "source"),
        ("AWS_DEST_BUCKET", "target"),
        ("DEST_PREFIX", "iawa/Women"),
        ("DEST_URL", "https://cdn.example.org"),
        ("CSV_PATH", "Women/sheets"),
        ("CSV_NAME", "Box2.csv"),
    ];
    let environment: Vec<Value> = variables
        .iter()
        .map(|(name, value)| serde_json::json!({ "name": name, "value": value }))
        .collect();
    let task = folder.join("task.json");
    fs::write(
        &task,
        serde_json::json!({ "jobName": "a", "environment": environment }).to_string(),
    )?;
    Ok(task)
}

/// All that the generator makes of it, but for what has no pixels.
fn files_of_task(above: &str) -> Vec<String> {
    let mut expected = vec![
        format!("{above}/Box2.csv"),
        format!("{above}/collection/top.json"),
        format!("{above}/Folder19/manifest.json"),
        format!("{above}/Folder19/sequence/default.json"),
    ];
    for page in 1..=2 {
        expected.push(format!("{above}/Folder19/canvas/p{page}.json"));
        expected.push(format!("{above}/Folder19/annotation/p{page}.json"));
        let image = format!("{above}/tiles/Folder19-{page}");
        expected.push(format!("{image}/info.json"));
        let requests = [
            "full/full",
            "full/250,",
            "full/600,",
            "full/1200,",
            "0,0,512,512/512,",
            "512,0,512,512/512,",
            "1024,0,76,512/76,",
            "0,512,512,8/512,",
            "512,512,512,8/512,",
            "1024,512,76,8/76,",
            "0,0,1024,520/512,",
            "1024,0,76,520/38,",
            "0,0,1100,520/275,",
            "0,0,1100,520/138,",
        ];
        expected.extend(requests.map(|request| format!("{image}/{request}/0/default.jpg")));
    }
    expected.sort();
    expected
}

#[test]
fn a_task_file_makes_the_files_that_it_always_made() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let task = task_in(folder.path())?;
    let (from, to) = (folder.path().join("source"), folder.path().join("target"));
    succeeded(&tile(&["--task", utf8(&task), "--from", utf8(&from), "--to", utf8(&to)])?)?;

    let above = "iawa/Women/Ms2016_012_Box2";
    let expected = files_of_task(above);
    let files = tree(&to)?;
    let made: Vec<String> = files
        .keys()
        .map(|name| name.display().to_string())
        .filter(|name| !name.starts_with(".recto/"))
        .collect();
    ensure!(made == expected, "{made:#?}");
    let manifest: Value =
        serde_json::from_slice(&files[Path::new(&format!("{above}/Folder19/manifest.json"))])?;
    ensure!(manifest["label"] == "Synopsis", "{manifest}");
    let tile =
        &files[Path::new(&format!("{above}/tiles/Folder19-1/0,0,1024,520/512,/0/default.jpg"))];
    ensure!(jpeg_extent(tile) == Some((512, 260)), "{:?}", jpeg_extent(tile));
    Ok(())
}

#[test]
fn the_official_validator_finds_no_fault_with_a_site_behind_nginx() -> Result<()> {
    let peers = Peers::start()?;
    let folder = tempfile::tempdir()?;
    let image = folder.path().join(validator::IMAGE);
    validator::draw_squares(&image)?;
    for (version, layout) in [("2.0", "iiif2"), ("3.0", "iiif3")] {
        let site = peers.site().join(layout);
        let url = format!("http://{}/site/{layout}", peers.address());
        succeeded(&tile(&[
            utf8(&image),
            "--to",
            utf8(&site),
            "--base-url",
            &url,
            "--layout",
            layout,
            "--objects",
            "images",
        ])?)?;
        let identifier = validator::IMAGE.trim_end_matches(".png");
        let prefix = format!("site/{layout}");
        let (report, results) =
            validator::validate_at(&peers.address(), version, "0", &prefix, identifier)?;
        ensure!(results.len() > 3, "the validator stopped early:\n{report}");
        let failed: Vec<_> = results.iter().filter(|(_, has_passed)| !**has_passed).collect();
        ensure!(failed.is_empty(), "{version}: {failed:?} fail:\n{report}");
    }
    Ok(())
}

#[test]
fn openseadragon_finds_every_tile_of_a_site_without_a_server() -> Result<()> {
    let peers = Peers::start()?;
    let folder = tempfile::tempdir()?;
    let image = landscape_in(folder.path(), (3001, 2003), "jpg[Q=90]")?;
    let name = image.file_stem().and_then(|name| name.to_str()).context("no name")?;
    let script = end_to_end::workspace().join(
        "services/portal/node_modules/openseadragon/build/openseadragon/openseadragon.min.js",
    );
    fs::copy(script, peers.site().join("openseadragon.js"))?;
    for layout in ["iiif3", "iiif2", "dzi"] {
        let url = format!("http://{}/site/{layout}", peers.address());
        succeeded(&tile(&[
            utf8(&image),
            "--to",
            utf8(&peers.site().join(layout)),
            "--base-url",
            &url,
            "--layout",
            layout,
            "--objects",
            "images",
        ])?)?;
        let source = match layout {
            "dzi" => format!("{url}/{name}.dzi"),
            _ => format!("{url}/{name}/info.json"),
        };
        let page = format!(
            "<!doctype html><link rel=icon href='data:,'><script src=openseadragon.js></script>\
             <div id=v style='width:1200px;height:800px'></div>\
             <script>OpenSeadragon({{id:'v',tileSources:'{source}',showNavigationControl:false,drawer:'canvas'}})</script>"
        );
        fs::write(peers.site().join(format!("{layout}.html")), page)?;
        let screenshot = souvenirs()?.join(format!("static-{layout}.png"));
        let output = output_of(
            Command::new("node")
                .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/viewer.mjs"))
                .arg(format!("http://{}/site/{layout}.html", peers.address()))
                .arg(screenshot),
        )?;
        let seen: Value = serde_json::from_slice(&output.stdout)?;
        ensure!(seen["errors"].as_array().is_some_and(Vec::is_empty), "{layout}: {seen:#}");
        let images = seen["images"].as_array().context("no images")?;
        let tiles = images.iter().filter(|image| image["url"].to_string().contains(name));
        let tiles: Vec<_> = tiles.collect();
        ensure!(tiles.len() > 8, "{layout}: {images:#?}");
        ensure!(tiles.iter().all(|tile| tile["status"] == 200), "{layout}: {tiles:#?}");
    }
    Ok(())
}

/// What a bucket says of an object, as Amazon's own client understands it.
fn headers_of(endpoint: &str, key: &str) -> Result<Value> {
    const ASK: &str = "import boto3, json, sys; print(json.dumps(boto3.client('s3', endpoint_url=sys.argv[1], \
        aws_access_key_id='test', aws_secret_access_key='test', region_name='us-east-1') \
        .head_object(Bucket='recto', Key=sys.argv[2]), default=str))";
    let python = validator::find("moto_server")?.with_file_name("python");
    let output = output_of(Command::new(python).args(["-c", ASK, endpoint, key]))?;
    Ok(serde_json::from_slice(&output.stdout)?)
}

#[test]
fn a_site_goes_straight_to_a_bucket_with_its_headers() -> Result<()> {
    let Some(endpoint) = variable("RECTO_TEST_S3") else {
        eprintln!("not tested, for `tools/services.sh` did not start this run");
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let image = landscape_in(folder.path(), (1500, 900), "jpg[Q=90]")?;
    let name = image.file_stem().and_then(|name| name.to_str()).context("no name")?;
    let prefix = format!("static_site_{}", std::process::id());
    let run = |more: &[&str]| -> Result<Output> {
        let to = format!("s3://recto/{prefix}");
        Ok(recto_command()?
            .args(["tile", utf8(&image), "--to", &to, "--base-url", URL, "--objects", "images"])
            .args(more)
            .env("RECTO_STORAGE__ENDPOINT", &endpoint)
            .env("RECTO_STORAGE__ALLOW_HTTP", "true")
            .env("RECTO_STORAGE__ACCESS_KEY_ID", "test")
            .env("RECTO_STORAGE__SECRET_ACCESS_KEY", "test")
            .output()?)
    };
    succeeded(&run(&[])?)?;
    for (file, content_type, encoding) in [
        ("0,0,512,512/512,512/0/default.jpg", "image/jpeg", Value::Null),
        ("full/max/0/default.jpg", "image/jpeg", Value::Null),
        ("info.json", "application/ld+json", "gzip".into()),
    ] {
        let headers = headers_of(&endpoint, &format!("{prefix}/{name}/{file}"))?;
        ensure!(headers["ContentType"] == content_type, "{file}: {headers}");
        ensure!(headers["ContentEncoding"] == encoding, "{file}: {headers}");
        ensure!(headers["CacheControl"].to_string().contains("max-age"), "{file}: {headers}");
    }
    let again = run(&[])?;
    succeeded(&again)?;
    let said = String::from_utf8_lossy(&again.stdout).into_owned();
    ensure!(said.contains("0 images made") && said.contains("1 were there"), "{said}");
    succeeded(&run(&["--check"])?)
}
