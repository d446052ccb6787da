use std::{path::Path, time::Duration};

use bytes::Bytes;
use catalogue::HttpAccess;
use futures_util::{StreamExt, stream};

use super::{JpegFrame, Mosaic, Service, service::Part};
use crate::origins::{FetchError, Fetched, HttpOrigins};

/// So many tiles are asked for at the same time: the service has visitors of its own.
const AT_ONCE: usize = 2;
/// After such pauses a tile that did not come is asked for again.
const PAUSES: [Duration; 3] = [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(5)];
const MAX_INFO_BYTES: u64 = 1 << 20;
const MAX_TILE_BYTES: u64 = 64 << 20;
const MAX_TILES: u64 = 200_000;

/// Fetches the image of which `origin`, an `info.json`, tells, in the largest size that is to be had.
pub(crate) async fn fetch_image(
    http: &HttpOrigins,
    origin: &str,
    access: Option<&HttpAccess>,
    max_pixels: u64,
    into: &Path,
) -> Result<Fetched, FetchError> {
    let refused = |why: String| FetchError::Refused(format!("the image service {origin}: {why}"));
    let info = http.take(origin, access, MAX_INFO_BYTES).await?;
    let service = Service::read(origin, &info).map_err(refused)?;
    let pixels = service.image.area();
    if pixels > max_pixels {
        return Err(refused(format!("the image has {pixels} pixels; {max_pixels} are allowed")));
    }
    if service.gives_whole() {
        let whole = http.fetch(&service.whole(), access, into).await?;
        let (w, h) = (service.image.w, service.image.h);
        let frame = frame_of(&whole);
        if frame.is_some_and(|frame| (frame.w, frame.h) == (w, h)) {
            return Ok(whole);
        }
        // It has limits that it does not tell.
        std::fs::remove_file(into).map_err(|error| refused(error.to_string()))?;
    }
    let tile = service.tile().map_err(refused)?;
    if pixels.div_ceil(tile.area()) > MAX_TILES {
        return Err(refused("the image would have to come in too many tiles".to_owned()));
    }
    let mut mosaic = Mosaic::begin(&origin, into, http.max_bytes, (service.image, tile)).await?;
    let parts = service.parts(tile).map(|part| fetch_part(http, &service, access, part));
    let mut parts = stream::iter(parts).buffered(AT_ONCE);
    while let Some(part) = parts.next().await {
        let (frame, jpeg) = part?;
        mosaic.add(frame, &jpeg).await?;
    }
    drop(parts);
    mosaic.finish().await
}

async fn fetch_part(
    http: &HttpOrigins,
    service: &Service,
    access: Option<&HttpAccess>,
    part: Part,
) -> Result<(JpegFrame, Bytes), FetchError> {
    let address = service.part(part);
    let jpeg = take_again(http, &address, access).await?;
    match JpegFrame::of(&jpeg) {
        Some(frame) if (frame.w, frame.h) == (part.size.w, part.size.h) => Ok((frame, jpeg)),
        Some(frame) => Err(FetchError::Refused(format!(
            "{address} is {} x {} pixels, not what was asked for",
            frame.w, frame.h
        ))),
        None => Err(FetchError::Refused(format!("{address} is not a JPEG"))),
    }
}

/// A tile, asked for again if that may help: one of thousands is no reason to begin anew.
async fn take_again(
    http: &HttpOrigins,
    address: &str,
    access: Option<&HttpAccess>,
) -> Result<Bytes, FetchError> {
    let mut last = None;
    for pause in PAUSES {
        tokio::time::sleep(pause).await;
        match http.take(address, access, MAX_TILE_BYTES).await {
            Err(FetchError::Unavailable(why)) => last = Some(why),
            taken => return taken,
        }
    }
    Err(FetchError::Unavailable(last.unwrap_or_default()))
}

/// What the beginning of a file says it is; tables and profiles before it have their place.
fn frame_of(fetched: &Fetched) -> Option<JpegFrame> {
    use std::os::unix::fs::FileExt;

    let mut head = vec![0; 256 << 10];
    let read = fetched.file.read_at(&mut head, 0).ok()?;
    JpegFrame::of(&head[..read])
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    };

    use axum::{
        Router, extract::Path as UrlPath, http::StatusCode, response::IntoResponse, routing::get,
    };
    use serde_json::json;

    use super::*;
    use crate::config::IngestConfig;

    /// A JPEG of this size, as far as its header goes.
    fn jpeg(w: u16, h: u16) -> Vec<u8> {
        let ([w1, w2], [h1, h2]) = (w.to_be_bytes(), h.to_be_bytes());
        let frame = [0xFF, 0xC0, 0, 11, 8, h1, h2, w1, w2, 1, 1, 0x11, 0];
        [&[0xFF, 0xD8][..], &frame, &[0xFF, 0xD9]].concat()
    }

    /// A service with an image of 600 x 300, which fails now and then.
    async fn service(info: serde_json::Value, whole: (u16, u16)) -> (String, Arc<AtomicUsize>) {
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = asked.clone();
        let tile = move |UrlPath((region, _)): UrlPath<(String, String)>| {
            let nth = counted.fetch_add(1, SeqCst);
            async move {
                if nth == 1 {
                    return StatusCode::SERVICE_UNAVAILABLE.into_response();
                }
                let sides: Vec<u16> = region.split(',').filter_map(|it| it.parse().ok()).collect();
                let (w, h) = if region == "full" { whole } else { (sides[2], sides[3]) };
                jpeg(w, h).into_response()
            }
        };
        let router = Router::new()
            .route("/x/info.json", get(async move || axum::Json(info)))
            .route("/x/{region}/{size}/0/default.jpg", get(tile));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async { axum::serve(listener, router).await });
        (format!("http://{address}/x/info.json"), asked)
    }

    async fn fetch(origin: &str, max_pixels: u64) -> Result<Vec<u8>, FetchError> {
        let private_hosts = vec!["127.0.0.1".to_owned()];
        let config = IngestConfig { private_hosts, ..IngestConfig::default() };
        let http = HttpOrigins::new(&config).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let into = folder.path().join("origin");
        let fetched = fetch_image(&http, origin, None, max_pixels, &into).await?;
        assert_eq!(fetched.bytes, fetched.file.metadata().unwrap().len());
        Ok(std::fs::read(fetched.path).unwrap())
    }

    fn info(more: serde_json::Value) -> serde_json::Value {
        let context = "http://iiif.io/api/image/3/context.json";
        let mut info = json!({"@context": context, "width": 600, "height": 300});
        info.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        info
    }

    #[tokio::test]
    async fn an_image_comes_in_one_piece_where_it_may() {
        let (origin, asked) = service(info(json!({})), (600, 300)).await;
        assert_eq!(fetch(&origin, 1 << 20).await.unwrap(), jpeg(600, 300));
        assert_eq!(asked.load(SeqCst), 1);
    }

    #[tokio::test]
    async fn an_image_comes_in_tiles_where_the_service_gives_less() {
        for (more, whole, questions) in [
            (json!({"maxWidth": 256}), (0, 0), 6 + 1),
            (json!({"tiles": [{"width": 256, "scaleFactors": [1]}]}), (300, 150), 1 + 6 + 1),
        ] {
            let (origin, asked) = service(info(more), whole).await;
            let tiff = fetch(&origin, 1 << 20).await.unwrap();
            assert!(tiff.starts_with(b"II\x2b\0"));
            let tiles = [(256, 256), (88, 256), (256, 44), (88, 44)].map(|(w, h)| jpeg(w, h));
            assert!(tiles.iter().all(|tile| tiff.windows(tile.len()).any(|part| part == tile)));
            assert_eq!(asked.load(SeqCst), questions, "each once, but the one that failed");
        }
    }

    #[tokio::test]
    async fn what_can_not_be_had_is_refused_in_words() {
        let (origin, _) = service(info(json!({})), (600, 300)).await;
        let (none, _) = service(json!({"width": 5}), (5, 5)).await;
        for (origin, max_pixels, words) in [
            (origin.clone(), 1000, "180000 pixels; 1000 are allowed"),
            (none, 1000, "no 'width' and 'height'"),
            (origin.replace("/x/", "/y/"), 1000, "404"),
        ] {
            let error = fetch(&origin, max_pixels).await.unwrap_err();
            assert!(matches!(error, FetchError::Refused(_)), "{origin}: {error}");
            assert!(error.to_string().contains(words), "{origin}: {error}");
        }
    }
}
