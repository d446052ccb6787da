//! Originals that stay in their owner's bucket: `optimised` of the strategy `s3-ambient`.

use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Library, Place, Recto, output_of, photo, variable};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::projections::made;

/// A bucket of a customer's own, which is read with rights of the operator.
struct Theirs {
    client: Client,
    endpoint: String,
    folder: String,
}

const PATIENCE: Duration = Duration::from_secs(60);

/// The S3 of tests believes whoever names somebody.
const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, \
                      SignedHeaders=host, Signature=0";

impl Theirs {
    fn new(endpoint: String, nth: usize) -> Result<Self> {
        let folder = format!("optimised_{}_{nth}", std::process::id());
        Ok(Self { client: Client::builder().build()?, endpoint, folder })
    }

    fn listed(&self) -> String {
        let Self { endpoint, folder, .. } = self;
        format!(
            "[{{ storage = {{ url = \"s3://recto/{folder}\", endpoint = {endpoint:?}, \
             allow_http = true, access_key_id = \"test\", secret_access_key = \"test\" }} }}]"
        )
    }

    fn url(&self, name: &str) -> String {
        format!("{}/recto/{}/{name}", self.endpoint, self.folder)
    }

    fn origin(&self, name: &str) -> String {
        format!("s3://recto/{}/{name}", self.folder)
    }

    async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<()> {
        let put = self.client.put(self.url(name)).header("authorization", SIGNED);
        let put = put.body(bytes).send().await?;
        ensure!(put.status().is_success(), "{}", put.status());
        Ok(())
    }

    async fn delete(&self, name: &str) -> Result<()> {
        let deleted = self.client.delete(self.url(name)).header("authorization", SIGNED);
        let deleted = deleted.send().await?;
        ensure!(deleted.status().is_success(), "{}", deleted.status());
        Ok(())
    }

    async fn has(&self, name: &str) -> Result<bool> {
        let got = self.client.get(self.url(name)).header("authorization", SIGNED);
        Ok(got.send().await?.status().is_success())
    }
}

#[tokio::test]
async fn what_is_optimised_is_served_from_where_it_is() -> Result<()> {
    let Some(endpoint) = variable("RECTO_TEST_S3") else {
        eprintln!("not tested, for `tools/services.sh` did not start this run");
        return Ok(());
    };
    for (nth, keeping) in Keeping::offered().into_iter().enumerate() {
        let theirs = Theirs::new(endpoint.clone(), nth)?;
        walk(keeping, &theirs).await.with_context(|| format!("{keeping:?}"))?;
    }
    Ok(())
}

async fn walk(keeping: Keeping, theirs: &Theirs) -> Result<()> {
    let mut place = Place::new(keeping)?;
    let photo = photo(&place.origins(), 1500, 1000)?;
    theirs.put("page.tif", pyramid_of(&photo)?).await?;
    theirs.put("photo.jpg", fs::read(&photo)?).await?;
    theirs.put("report.pdf", b"0123456789".to_vec()).await?;
    place.set("RECTO_INGEST__BUCKET_ORIGINS", theirs.listed());
    let mut recto = place.serve().await?;
    recto.expect_in_log(&["the original was changed by its owner", "the file could not be made"]);
    let library = Library::open(&recto).await?;
    let strategy = json!({ "regex": "^s3://recto/", "strategy": "s3-ambient", "optimised": true });
    let path = "/customers/1/originStrategies";
    library.ask(&recto, Method::POST, path, Some(&strategy)).await?.with_status(201)?;
    let at = (&recto, &library, theirs);

    a_file_alone(at).await?;
    an_image_and_its_file(at, &photo).await?;
    an_original_that_is_drawn(at).await?;
    originals_in_an_archive(at, &place, &photo).await?;
    ensure!(place.originals()?.is_empty(), "a copy was kept: {:?}", place.originals()?);

    let inspected = place.run(&["doctor", "--deep"])?;
    let found = String::from_utf8_lossy(&inspected.stdout).into_owned()
        + &String::from_utf8_lossy(&inspected.stderr);
    ensure!(!inspected.status.success(), "what was changed is not told: {found}");
    ensure!(found.contains(&theirs.origin("report.pdf")), "{found}");
    ensure!(!found.contains("photo.jpg") && !found.contains("page.tif"), "{found}");

    for (id, object) in [("report", "report.pdf"), ("photo", "photo.jpg"), ("page", "page.tif")] {
        library.delete(&recto, id).await?.with_status(204)?;
        ensure!(theirs.has(object).await?, "{object} was not ours to remove");
    }
    recto.stop().await?;
    Ok(())
}

/// A tiled TIFF with its smaller copies.
fn pyramid_of(photo: &Path) -> Result<Vec<u8>> {
    let file = photo.with_extension("tif");
    let options = "--tile --pyramid --compression jpeg --tile-width 256 --tile-height 256 --Q 95";
    let mut vips = Command::new("vips");
    output_of(vips.arg("tiffsave").args([photo, &file]).args(options.split_whitespace()))?;
    Ok(fs::read(file)?)
}

async fn register(
    (recto, library, theirs): (&Recto, &Library, &Theirs),
    id: &str,
    (object, media_type): (&str, &str),
    channels: Value,
) -> Result<Value> {
    let asset = json!({
        "mediaType": media_type,
        "origin": theirs.origin(object),
        "string1": id,
        "deliveryChannels": channels,
    });
    library.put(recto, id, &asset).await?;
    let asset = library.finished(recto, id).await?;
    ensure!(asset["error"].as_str().unwrap_or_default().is_empty(), "{asset:#}");
    let path = format!("/customers/1/spaces/1/images/{id}/storage");
    library.ask(recto, Method::GET, &path, None).await?.with_status(200)?.json()
}

/// Nothing of it is kept; what becomes of it where it is, is noticed.
async fn a_file_alone(at: (&Recto, &Library, &Theirs)) -> Result<()> {
    let (recto, _, theirs) = at;
    let report = ("report.pdf", "application/pdf");
    let storage = register(at, "report", report, json!(["file"])).await?;
    ensure!(storage["size"] == 0 && storage["objects"].is_null(), "{storage:#}");
    ensure!(storage["atOrigin"]["bytes"] == 10, "{storage:#}");
    ensure!(storage["atOrigin"]["origin"] == theirs.origin("report.pdf"), "{storage:#}");

    let path = Library::public("file", "report");
    let whole = recto.get(&path).await?.with_status(200)?;
    ensure!(whole.body == b"0123456789", "{}", whole.text());
    ensure!(whole.header("content-type") == "application/pdf", "{:?}", whole.headers);
    let range = |it: reqwest::RequestBuilder| it.header("range", "bytes=3-5");
    let part = recto.ask(Method::GET, &path, range).await?.with_status(206)?;
    ensure!(part.text() == "345", "{}", part.text());
    ensure!(part.header("content-range") == "bytes 3-5/10", "{:?}", part.headers);
    let head = recto.ask(Method::HEAD, &path, |it| it).await?.with_status(200)?;
    ensure!(head.header("content-length") == "10", "{:?}", head.headers);
    let named = recto.get(&format!("{path}?filename=a.pdf")).await?.with_status(200)?;
    ensure!(named.header("content-disposition").contains("a.pdf"), "{:?}", named.headers);

    theirs.delete("report.pdf").await?;
    let gone = recto.get(&path).await?.with_status(404)?;
    ensure!(gone.text().contains("no longer where its owner kept it"), "{}", gone.text());
    theirs.put("report.pdf", b"9876543210".to_vec()).await?;
    let changed = recto.get(&path).await?.with_status(502)?;
    ensure!(changed.text().contains("was changed by its owner"), "{}", changed.text());
    let head = recto.ask(Method::HEAD, &path, |it| it).await?;
    ensure!(head.status == 502, "{}", head.status);

    register(at, "report", report, json!(["file"])).await?;
    ensure!(recto.get(&path).await?.with_status(200)?.text() == "9876543210", "not brought in");
    // For `doctor`, at the end.
    theirs.put("report.pdf", b"changed again".to_vec()).await
}

/// The pyramid is ours, the file theirs.
async fn an_image_and_its_file(at: (&Recto, &Library, &Theirs), photo: &Path) -> Result<()> {
    let recto = at.0;
    let channels = json!(["iiif-img", "thumbs", "file"]);
    let storage = register(at, "photo", ("photo.jpg", "image/jpeg"), channels).await?;
    let objects = storage["objects"].as_array().context("nothing is kept")?;
    ensure!(objects.len() == 1 && objects[0]["name"] == "pyramid.tif", "{storage:#}");
    ensure!(storage["size"] == objects[0]["bytes"], "{storage:#}");
    let whole = recto.get(&Library::public("file", "photo")).await?.with_status(200)?;
    ensure!(whole.body == fs::read(photo)?, "other bytes");
    let tile = Library::public("iiif-img", "photo/0,0,512,512/512,/0/default.jpg");
    recto.get(&tile).await?.with_status(200)?;
    Ok(())
}

/// As their owner has them; where that is no longer so, it is told.
async fn originals_in_an_archive(
    (recto, library, _): (&Recto, &Library, &Theirs),
    place: &Place,
    photo: &Path,
) -> Result<()> {
    let query = json!({ "name": "originals", "template": "s1=p1!&imagesize=original" });
    let queries = "/customers/1/namedQueries";
    library.ask(recto, Method::POST, queries, Some(&query)).await?.with_status(201)?;
    let archive = made(recto, "/zip/1/originals/photo").await?;
    let file = place.temporary().join("originals.zip");
    fs::write(&file, &archive.body)?;
    let same = "import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert [archive.read(name) for name in archive.namelist()] == [open(sys.argv[2], 'rb').read()]";
    output_of(Command::new("python3").args(["-c", same]).args([&file, photo]))?;

    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = recto.get("/zip/1/originals/report").await?;
        if answer.status != 202 {
            let told = answer.with_status(500)?.text();
            ensure!(
                told.contains("is no longer in its owner's bucket as it was brought in"),
                "{told}"
            );
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "nobody tells that it can't be made");
        sleep(Duration::from_millis(50)).await;
    }
}

/// Thumbnails are kept, and what is known of it.
async fn an_original_that_is_drawn(at: (&Recto, &Library, &Theirs)) -> Result<()> {
    let recto = at.0;
    let channels = json!([{ "channel": "iiif-img", "policy": "use-original" }, "thumbs"]);
    let storage = register(at, "page", ("page.tif", "image/tiff"), channels).await?;
    let objects = storage["objects"].as_array().context("nothing is kept")?;
    ensure!(objects.len() == 1 && objects[0]["name"] == "outline.json", "{storage:#}");
    ensure!(storage["atOrigin"]["etag"].is_string(), "{storage:#}");
    for request in ["0,0,256,256/256,/0/default.jpg", "full/700,/0/default.png", "info.json"] {
        recto
            .get(&Library::public("iiif-img", &format!("page/{request}")))
            .await?
            .with_status(200)?;
    }
    recto.get(&Library::public("file", "page")).await?.with_status(404)?;
    Ok(())
}
