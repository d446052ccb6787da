use std::{
    collections::HashMap,
    fs,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

use anyhow::{Result, ensure};
use end_to_end::{Keeping, Picture, Place, Recto, photo, variable};
use futures_util::future::try_join_all;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::counted;

/// A web server with one image at every address that ends in `photo.jpg`, which remembers what it was asked.
#[derive(Clone)]
struct Origin {
    address: String,
    image: Arc<Vec<u8>>,
    asked: Arc<Mutex<HashMap<String, usize>>>,
    is_out_of_order: Arc<AtomicBool>,
}

const ETAG: &str = "\"one\"";

impl Origin {
    async fn start(image: &Path) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = Self {
            address: listener.local_addr()?.to_string(),
            image: Arc::new(fs::read(image)?),
            asked: Arc::default(),
            is_out_of_order: Arc::default(),
        };
        let server = origin.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(server.clone().answer(stream));
            }
        });
        Ok(origin)
    }

    async fn answer(self, mut stream: TcpStream) -> Result<()> {
        let (mut request, mut byte) = (Vec::new(), [0]);
        while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).await? == 1 {
            request.push(byte[0]);
        }
        let request = String::from_utf8_lossy(&request).into_owned();
        let path = request.split(' ').nth(1).unwrap_or_default();
        let is_known = request.contains(&format!("if-none-match: {ETAG}"));
        let (status, body) = if self.is_out_of_order.load(SeqCst) {
            ("500 Broken", &[][..])
        } else if !path.ends_with("photo.jpg") {
            ("404 Not Found", &[][..])
        } else if is_known {
            ("304 Not Modified", &[][..])
        } else {
            ("200 OK", &self.image[..])
        };
        let what = format!("{} {path}", &status[..3]);
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner).entry(what).or_default() += 1;
        let head = format!(
            "HTTP/1.1 {status}\r\netag: {ETAG}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body).await?;
        Ok(stream.shutdown().await?)
    }

    /// How often it answered so.
    fn answered(&self, what: &str) -> usize {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.get(what).copied().unwrap_or_default()
    }
}

/// The configuration of one profile called `web`.
fn profile(place: &Place, settings: &str) -> Result<String> {
    let config = place.origins().join("images.toml");
    fs::write(&config, format!("[profiles.web]\n{settings}\n"))?;
    Ok(config.display().to_string())
}

async fn shows(recto: &Recto, path: &str, file: &Path) -> Result<()> {
    let shown = Picture::of_answer(&recto.get(path).await?.with_status(200)?)?;
    let distance = shown.distance(&Picture::of_file(file)?)?;
    ensure!(distance.mean < 3.0 && distance.worst < 32.0, "{path}: {distance:?}");
    Ok(())
}

const WHOLE: &str = "full/max/0/default.jpg";

#[tokio::test]
async fn a_web_server_is_asked_once_and_then_whether_anything_has_changed() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let photo = photo(&place.origins(), 900, 600)?;
    let origin = Origin::start(&photo).await?;
    let url = format!("type = \"http\"\nurl = \"http://{}/of/{{name}}.jpg\"", origin.address);
    let config = profile(&place, &format!("{url}\nrevalidate_after = 0"))?;
    let recto = place.images(&["--config", &config]).await?;
    let path = format!("/box%2Fphoto/{WHOLE}");
    for answer in try_join_all((0..16).map(|_| recto.get(&path))).await? {
        answer.with_status(200)?;
    }
    shows(&recto, &path, &photo).await?;
    let original = recto.get("/box%2Fphoto/original").await?.with_status(200)?;
    ensure!(original.body == fs::read(&photo)?, "other bytes");
    ensure!(original.header("content-disposition").contains("photo.jpg"));
    ensure!(origin.answered("200 /of/box%2Fphoto.jpg") == 1, "{:?}", origin.asked);
    recto.stop().await?;

    // After a restart it is old, and is asked for again; but it has not changed.
    let recto = place.images(&["--config", &config]).await?;
    shows(&recto, &path, &photo).await?;
    ensure!(origin.answered("200 /of/box%2Fphoto.jpg") == 1, "{:?}", origin.asked);
    ensure!(origin.answered("304 /of/box%2Fphoto.jpg") > 0, "{:?}", origin.asked);
    ensure!(counted(&recto, "web", "converted").await? == 0, "the pyramid was made again");
    recto.stop().await?;

    // And while nobody answers, what is here is shown.
    origin.is_out_of_order.store(true, SeqCst);
    let mut recto = place.images(&["--config", &config]).await?;
    recto.expect_in_log(&["an old copy is shown"]);
    shows(&recto, &path, &photo).await?;
    recto.stop().await?;
    Ok(())
}

#[tokio::test]
async fn what_is_missing_or_broken_is_not_asked_for_again_at_once() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let photo = photo(&place.origins(), 900, 600)?;
    let origin = Origin::start(&photo).await?;
    let config =
        profile(&place, &format!("type = \"http\"\nurl = \"http://{}/{{name}}\"", origin.address))?;
    let mut recto = place.images(&["--config", &config]).await?;
    recto.expect_in_log(&["answered 500"]);
    for _ in 0..5 {
        let answer = recto.get("/gone.jpg/info.json").await?.with_status(404)?;
        ensure!(answer.text().contains("Image gone.jpg not found in profile web"));
    }
    ensure!(origin.answered("404 /gone.jpg") == 1, "{:?}", origin.asked);
    origin.is_out_of_order.store(true, SeqCst);
    for _ in 0..5 {
        let answer = recto.get("/late-photo.jpg/info.json").await?.with_status(503)?;
        ensure!(!answer.header("retry-after").is_empty(), "{:?}", answer.headers);
        ensure!(!answer.text().contains(&origin.address), "it tells where originals are");
    }
    ensure!(origin.answered("500 /late-photo.jpg") == 1, "{:?}", origin.asked);
    // An archive is made of what there is.
    origin.is_out_of_order.store(false, SeqCst);
    let path = "/originals?identifiers=photo.jpg,gone.jpg";
    let archive = recto.get(path).await?.with_status(200)?;
    ensure!(archive.body.len() > fs::read(&photo)?.len() / 2, "it is empty");
    recto.stop().await?;
    Ok(())
}

#[tokio::test]
async fn another_image_service_is_a_source() -> Result<()> {
    let (place, other) = (Place::new(Keeping::SIMPLE)?, Place::new(Keeping::SIMPLE)?);
    let photo = photo(&other.origins(), 900, 600)?;
    let folder = other.origins().join("scans");
    fs::create_dir(&folder)?;
    fs::copy(&photo, folder.join("photo.jpg"))?;
    let far = other.images(&[&folder.display().to_string()]).await?;
    let config = profile(&place, &format!("type = \"recto\"\nurl = \"http://{}\"", far.address()))?;
    let recto = place.images(&["--config", &config]).await?;
    recto.get("/scans%3Aphoto.jpg/info.json").await?.with_status(404)?;
    shows(&recto, &format!("/web:scans%3Aphoto.jpg/{WHOLE}"), &photo).await?;
    recto.get("/web:gone.jpg/info.json").await?.with_status(404)?;
    recto.stop().await?;
    far.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_bucket_is_a_source() -> Result<()> {
    let Some(endpoint) = variable("RECTO_TEST_S3") else {
        eprintln!("not tested, for `tools/services.sh` did not start this run");
        return Ok(());
    };
    let place = Place::new(Keeping::SIMPLE)?;
    let photo = photo(&place.origins(), 900, 600)?;
    let prefix = format!("images_{}", std::process::id());
    let url = format!("{endpoint}/recto/{prefix}/box/photo.jpg");
    let put = reqwest::Client::builder().build()?.put(url).body(fs::read(&photo)?).send().await?;
    ensure!(put.status().is_success(), "{}", put.status());
    let storage = format!(
        "storage = {{ url = \"s3://recto/{prefix}\", endpoint = {endpoint:?}, allow_http = true, \
         access_key_id = \"test\", secret_access_key = \"test\" }}"
    );
    let config = profile(&place, &format!("type = \"s3\"\n{storage}"))?;
    let recto = place.images(&["--config", &config]).await?;
    shows(&recto, &format!("/box%2Fphoto.jpg/{WHOLE}"), &photo).await?;
    let original = recto.get("/box%2Fphoto.jpg/original").await?.with_status(200)?;
    ensure!(original.body == fs::read(&photo)?, "other bytes");
    recto.get("/gone.jpg/info.json").await?.with_status(404)?;
    recto.get("/box/info.json").await?.with_status(404)?;
    recto.stop().await?;
    Ok(())
}
