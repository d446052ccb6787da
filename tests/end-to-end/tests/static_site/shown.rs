use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use anyhow::{Context, Result, ensure};
use end_to_end::{Peers, landscape_in, output_of, recto_command, variable};
use serde_json::Value;

use super::site::{URL, succeeded, tile, utf8};
use crate::{
    browser::{every_tile_is_found, mirador},
    validator,
};

/// Makes a site of an image in a folder behind nginx: its address.
fn site_of(peers: &Peers, image: &Path, folder: &str, options: &[&str]) -> Result<String> {
    let url = format!("http://{}/site/{folder}", peers.address());
    let site = peers.site().join(folder);
    let to = [utf8(image), "--to", utf8(&site), "--base-url", &url];
    succeeded(&tile(&[&to, options].concat())?)?;
    Ok(url)
}

#[test]
fn the_official_validator_finds_no_fault_with_a_site_behind_nginx() -> Result<()> {
    let peers = Peers::start()?;
    let folder = tempfile::tempdir()?;
    let image = folder.path().join(validator::IMAGE);
    validator::draw_squares(&image)?;
    for (version, layout) in [("2.0", "iiif2"), ("3.0", "iiif3")] {
        site_of(&peers, &image, layout, &["--layout", layout, "--objects", "images"])?;
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
fn the_page_of_a_site_shows_its_first_object_in_either_version() -> Result<()> {
    let peers = Peers::start()?;
    let folder = tempfile::tempdir()?;
    let image = landscape_in(folder.path(), (3001, 2003), "jpg[Q=90]")?;
    for layout in ["iiif3", "iiif2"] {
        let url = site_of(&peers, &image, layout, &["--layout", layout, "--viewer"])?;
        every_tile_is_found(&format!("{url}/index.html"), "landscape")?;
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
    for (layout, format) in [("iiif3", "jpg"), ("iiif2", "jpg"), ("dzi", "jpg"), ("iiif3", "webp")]
    {
        let folder = format!("{layout}-{format}");
        let options = ["--layout", layout, "--format", format, "--objects", "images"];
        let url = site_of(&peers, &image, &folder, &options)?;
        let source = match layout {
            "dzi" => format!("{url}/{name}.dzi"),
            _ => format!("{url}/{name}/info.json"),
        };
        let page = format!(
            "<!doctype html><link rel=icon href='data:,'><script src=openseadragon.js></script>\
             <div id=v style='width:1200px;height:800px'></div>\
             <script>OpenSeadragon({{id:'v',tileSources:'{source}',showNavigationControl:false,drawer:'canvas'}})</script>"
        );
        fs::write(peers.site().join(format!("{folder}.html")), page)?;
        every_tile_is_found(&format!("http://{}/site/{folder}.html", peers.address()), name)?;
    }
    Ok(())
}

#[test]
fn mirador_opens_the_manifest_of_a_site_in_either_version() -> Result<()> {
    let peers = Peers::start()?;
    let folder = tempfile::tempdir()?;
    let image = landscape_in(folder.path(), (3001, 2003), "jpg[Q=90]")?;
    let name = image.file_stem().and_then(|name| name.to_str()).context("no name")?;
    for layout in ["iiif3", "iiif2"] {
        let options = ["--layout", layout, "--objects", "images"];
        let url = site_of(&peers, &image, layout, &options)?;
        let manifest = format!("{url}/{name}/manifest.json");
        let page = mirador(&peers, &format!("mirador-{layout}"), &manifest)?;
        every_tile_is_found(&page, name)?;
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

/// With the headers that a bucket hands out, and without a file of its own here.
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
