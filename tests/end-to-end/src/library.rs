use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::recto::{Answer, Recto};

/// The first customer of a new Recto, who has one space and a key to the API.
#[derive(Clone)]
pub struct Library {
    key: String,
    secret: String,
}

/// The path of the space that the library's assets lie in, as delivery spells it.
const SPACE: &str = "1/1";
const PATIENCE: Duration = Duration::from_secs(120);

impl Library {
    pub async fn open(recto: &Recto) -> Result<Self> {
        let answer =
            recto.ask(Method::POST, "/setup", |request| request).await?.with_status(200)?;
        let made = answer.json()?;
        let text = |name: &str| made[name].as_str().map(str::to_owned);
        let library = Self {
            key: text("key").context("no key")?,
            secret: text("secret").context("no secret")?,
        };
        let space = json!({ "name": "pictures" });
        let answer = library.ask(recto, Method::POST, "/customers/1/spaces", Some(&space)).await?;
        ensure!(answer.with_status(201)?.json()?["id"] == 1, "the first space is not 1");
        Ok(library)
    }

    /// `key:secret`
    pub fn credentials(&self) -> String {
        format!("{}:{}", self.key, self.secret)
    }

    /// Asks the API with the library's key.
    pub async fn ask(
        &self,
        recto: &Recto,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer> {
        let with_key = |request: reqwest::RequestBuilder| {
            let request = request.basic_auth(&self.key, Some(&self.secret));
            match body {
                Some(body) => {
                    request.header("content-type", "application/json").body(body.to_string())
                }
                None => request,
            }
        };
        recto.ask(method, path, with_key).await
    }

    /// Registers an asset, or changes it; answers when it is ingested.
    pub async fn put(&self, recto: &Recto, id: &str, asset: &Value) -> Result<Answer> {
        self.ask(recto, Method::PUT, &api(id), Some(asset)).await
    }

    pub async fn put_file(&self, recto: &Recto, id: &str, file: &Path) -> Result<Answer> {
        self.put(recto, id, &registration(file)?).await
    }

    /// The asset when it is no longer being ingested.
    pub async fn finished(&self, recto: &Recto, id: &str) -> Result<Value> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let asset = self.asset(recto, id).await?.with_status(200)?.json()?;
            if asset["ingesting"] == false && asset["finished"].is_string() {
                return Ok(asset);
            }
            ensure!(Instant::now() < deadline, "still not ingested: {asset:#}");
            sleep(Duration::from_millis(50)).await;
        }
    }

    pub async fn asset(&self, recto: &Recto, id: &str) -> Result<Answer> {
        self.ask(recto, Method::GET, &api(id), None).await
    }

    pub async fn delete(&self, recto: &Recto, id: &str) -> Result<Answer> {
        self.ask(recto, Method::DELETE, &api(id), None).await
    }

    /// The base path of an asset's image service: `route` is `iiif-img`, `iiif-img/v2`, `thumbs`, …
    pub fn public(route: &str, id: &str) -> String {
        format!("/{route}/{SPACE}/{id}")
    }
}

fn api(id: &str) -> String {
    format!("/customers/1/spaces/1/images/{id}")
}

/// What a client says of a file that it wants shown.
fn registration(file: &Path) -> Result<Value> {
    let path = file.canonicalize()?;
    let media_type = match path.extension().and_then(|ending| ending.to_str()) {
        Some("png") => "image/png",
        Some("jp2") => "image/jp2",
        Some("webp") => "image/webp",
        Some("gif") => "image/gif",
        Some("bmp") => "image/bmp",
        Some("avif") => "image/avif",
        Some("tif" | "tiff" | "g3") => "image/tiff",
        _ => "image/jpeg",
    };
    let escaped =
        path.to_string_lossy().replace('%', "%25").replace('#', "%23").replace('?', "%3F");
    Ok(
        json!({ "mediaType": media_type, "origin": format!("file://{}", escaped.replace(' ', "%20")) }),
    )
}

/// A tile as a viewer asks for it.
pub struct Tile {
    /// `region/size/rotation/quality.format`
    pub path: String,
    pub extent: (u32, u32),
    /// By how much it is smaller than the image, and where its region begins.
    pub scale: u32,
    pub origin: (u32, u32),
}

/// Every tile that an info.json (of version 3) offers, as OpenSeadragon asks for them.
pub fn grid(info: &Value) -> Result<Vec<Tile>> {
    let number = |value: &Value| value.as_u64().and_then(|number| u32::try_from(number).ok());
    let (width, height) =
        number(&info["width"]).zip(number(&info["height"])).context("no extent")?;
    let offer = &info["tiles"][0];
    let edge = number(&offer["width"]).with_context(|| format!("no tiles in {info:#}"))?;
    let mut tiles = Vec::new();
    for scale in offer["scaleFactors"].as_array().context("no scale factors")? {
        let scale = number(scale).context("no scale factor")?;
        let step = edge * scale;
        for (y, x) in (0..height)
            .step_by(step as usize)
            .flat_map(|y| (0..width).step_by(step as usize).map(move |x| (y, x)))
        {
            let (w, h) = (step.min(width - x), step.min(height - y));
            let extent = (w.div_ceil(scale), h.div_ceil(scale));
            let region = match (w, h) == (width, height) {
                true => "full".to_owned(),
                false => format!("{x},{y},{w},{h}"),
            };
            let path = format!("{region}/{},{}/0/default.jpg", extent.0, extent.1);
            tiles.push(Tile { path, extent, scale, origin: (x, y) });
        }
    }
    Ok(tiles)
}
