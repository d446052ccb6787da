//! Origins behind a password, whose credentials lie sealed in the database.

use std::{path::Path, sync::Arc};

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Library, Place, photo};
use reqwest::Method;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const OLD: &str = "old:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const NEW: &str = "new:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const KEYS: &str = "RECTO_DATABASE__CREDENTIAL_KEYS";
/// `reader:hunter2`
const BASIC: &str = "authorization: basic cmvhzgvyomh1bnrlcji=";

/// The key is replaced while the library is in use: nobody has to say the password again.
#[tokio::test]
async fn an_origin_behind_a_password_is_fetched_whatever_key_its_password_is_sealed_by()
-> Result<()> {
    for keeping in Keeping::offered() {
        walk(keeping).await.with_context(|| format!("{keeping:?}"))?;
    }
    Ok(())
}

async fn walk(keeping: Keeping) -> Result<()> {
    let mut place = Place::new(keeping)?;
    place.set("RECTO_INGEST__PRIVATE_HOSTS", "[\"127.0.0.1\"]");
    place.set(KEYS, format!("[{OLD:?}]"));
    let origin = serve_with_password(&photo(&place.origins(), 700, 500)?).await?;
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    let strategy = json!({
        "regex": format!("^{origin}/"), "strategy": "basic-http-authentication",
        "credentials": r#"{"user": "reader", "password": "hunter2"}"#,
    });
    let path = "/customers/1/originStrategies";
    let answer = library.ask(&recto, Method::POST, path, Some(&strategy)).await?;
    ensure!(!answer.with_status(201)?.text().contains("hunter2"), "the password is shown");
    let header = json!({ "key": "X-Terms", "value": "ask us" });
    let path = "/customers/1/customHeaders";
    library.ask(&recto, Method::POST, path, Some(&header)).await?.with_status(201)?;

    let image = json!({ "mediaType": "image/jpeg", "origin": format!("{origin}/a.jpg") });
    let asset = library.put(&recto, "a", &image).await?.with_status(201)?.json()?;
    ensure!(asset["width"] == 700 && asset["height"] == 500, "{asset:#}");
    let tile = format!("{}/full/max/0/default.jpg", Library::public("iiif-img", "a"));
    let tile = recto.get(&tile).await?.with_status(200)?;
    ensure!(tile.header("x-terms") == "ask us", "the customer's header is missing");
    recto.stop().await?;

    for keys in [format!("[{NEW:?}, {OLD:?}]"), format!("[{NEW:?}]")] {
        place.set(KEYS, &keys);
        let recto = place.serve().await?;
        let path = "/customers/1/spaces/1/images/a/reingest";
        library.ask(&recto, Method::POST, path, None).await?.with_status(200)?;
        recto.stop().await?;
    }
    place.set(KEYS, format!("[{OLD:?}]"));
    ensure!(place.serve().await.is_err(), "it started without the key that is in use");
    Ok(())
}

/// A web server that gives an image to those who know the password.
async fn serve_with_password(image: &Path) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let image = Arc::new(std::fs::read(image)?);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, Arc::clone(&image)));
        }
    });
    Ok(address)
}

async fn answer(mut stream: TcpStream, image: Arc<Vec<u8>>) -> Result<()> {
    let (mut request, mut byte) = (Vec::new(), [0]);
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).await? == 1 {
        request.push(byte[0]);
    }
    let is_known = String::from_utf8_lossy(&request).to_lowercase().contains(BASIC);
    let (status, body) =
        if is_known { ("200 OK", &image[..]) } else { ("401 Unauthorized", &[][..]) };
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await?;
    Ok(stream.shutdown().await?)
}
