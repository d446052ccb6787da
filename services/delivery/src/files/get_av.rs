use std::sync::Arc;

use axum::{
    extract::{Query, State},
    http::Uri,
    response::Response,
};
use catalogue::Recording;
use model::DeliveryChannel;
use storage::{Located, keys};

use super::hand_out::{Parcel, Wishes, hand_out};
use crate::{
    asset_path::{AssetPath, decode},
    delivery::Delivery,
    error::Error,
    visit::Visit,
};

/// `GET /iiif-av/{customer}/{space}/{name}/{address}[?filename=…]`: audio or video as it was transcoded, or a part of it.
///
/// The addresses are those that the manifest tells: `full/max/default.mp3`, `full/full/max/max/0/default.mp4`.
#[tracing::instrument(level = "debug", skip_all, fields(path = uri.path()))]
pub(crate) async fn get_av(
    State(delivery): State<Arc<Delivery>>,
    Query(wishes): Query<Wishes>,
    uri: Uri,
    visit: Visit,
) -> Result<Response, Error> {
    let path = AssetPath::parse(uri.path())?;
    let (name, address) = path.below.split_once('/').ok_or(Error::NoSuchAddress)?;
    let id = delivery.asset_id(&path, name).await?;
    let card = delivery.card(&id).await?;
    if !card.is_ready() || !card.has_channel(DeliveryChannel::IiifAv) {
        return Err(Error::NoSuchAsset);
    }
    // A comma may be percent-encoded.
    let address = decode(address)?;
    let media_type = media_type(&card.recording, &address).ok_or(Error::NoSuchTranscode)?;
    let (kept, version) = card.kept_at();
    let key = keys::recording(kept, version, &address);
    let object = Ok(Located::ours(delivery.originals.bucket().clone(), key));
    let parcel = Parcel { card: &card, media_type, name: &address, object };
    hand_out(&delivery, &visit, parcel, &wishes).await
}

/// Of the file at this address, if there is one: a transcode, the segments of a playlist, or the poster.
fn media_type(recording: &Recording, address: &str) -> Option<&'static str> {
    if address == keys::POSTER {
        return recording.poster.map(|_| "image/jpeg");
    }
    recording.transcodes.iter().find_map(|own| {
        let form = own.preset.form();
        if own.address == address {
            return Some(form.media_type());
        }
        let (place, _) = own.address.rsplit_once('/')?;
        let beside = address.strip_prefix(place)?.strip_prefix('/')?;
        (form.segments() == Some(beside)).then_some("video/mp4")
    })
}

#[cfg(test)]
mod tests {
    use axum::http::{Method, StatusCode};
    use catalogue::{AssetFields, Change};

    use crate::testing::{Library, recording};

    const FILM: &str = "/iiif-av/2/5/film/full/full/max/max/0/default.mp4";

    #[tokio::test]
    async fn a_recording_is_handed_out_whole_and_in_parts() {
        let library = Library::in_a_folder().await;
        library.add_recording("film", &recording(), AssetFields::default()).await;
        for (address, media_type) in [
            ("full/full/max/max/0/default.mp4", "video/mp4"),
            ("full/full/1280,720/max/0/default.mp4", "video/mp4"),
            ("full/full/1280%2C720/max/0/default.mp4", "video/mp4"),
            ("full/full/max/max/0/default.m3u8", "application/vnd.apple.mpegurl"),
            ("full/full/max/max/0/default.m4s", "video/mp4"),
            ("full/full/max/max/0/default.mp3", "audio/mpeg"),
            ("poster.jpg", "image/jpeg"),
        ] {
            let path = format!("/iiif-av/wellcome/5/film/{address}");
            let reply = library.get(&path).await;
            assert_eq!(reply.status, StatusCode::OK, "{address}: {reply:?}");
            assert_eq!(reply.header("content-type"), media_type, "{address}");
            assert_eq!(reply.header("accept-ranges"), "bytes");
            assert_eq!(reply.header("x-asset-id"), "2/5/film");
            let text = address.replace("%2C", ",");
            assert_eq!(reply.text(), text, "each is the text of its address in this test");
            let part = library.get_with(&path, "range", "bytes=1-3").await;
            assert_eq!(part.status, StatusCode::PARTIAL_CONTENT, "{address}");
            assert_eq!(part.text(), &text[1..4]);
            assert_eq!(part.header("content-range"), format!("bytes 1-3/{}", text.len()));
            let head = library.ask(Method::HEAD, &path, &[]).await;
            assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
            assert_eq!(head.header("content-length"), text.len().to_string());
        }
        let (film, sound) = (library.get(FILM).await, FILM.replace("mp4", "mp3"));
        assert_ne!(film.header("etag"), library.get(&sound).await.header("etag"));
        let named = library.get(&format!("{FILM}?filename=film.mp4")).await;
        assert_eq!(named.header("content-disposition"), "attachment; filename=\"film.mp4\"");
    }

    #[tokio::test]
    async fn what_was_not_made_is_not_there() {
        let library = Library::in_a_folder().await;
        library.add_recording("film", &recording(), AssetFields::default()).await;
        for address in [
            "full/max/default.mp3",
            "full/full/1920,1080/max/0/default.mp4",
            "full/full/1280,720/max/0/default.m4s",
            "full/full/max/max/0/../0/default.mp4",
            "full/full/max/max/0/..%2fdefault.mp4",
            "poster.jpg/x",
            "original",
            "",
            "/",
        ] {
            let reply = library.get(&format!("/iiif-av/2/5/film/{address}")).await;
            assert_eq!(reply.status, StatusCode::NOT_FOUND, "{address}");
        }
        for path in
            ["/iiif-av/2/5/film", "/iiif-av/2/5/other/full/max/default.mp3", "/file/2/5/film"]
        {
            assert_eq!(library.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[tokio::test]
    async fn who_may_not_see_an_asset_hears_nothing_of_it() {
        let library = Library::in_a_folder().await;
        let roles = Change::Set(vec!["staff".to_owned()]);
        let fields = AssetFields { roles, ..AssetFields::default() };
        library.add_recording("film", &recording(), fields).await;
        for path in [FILM, "/iiif-av/2/5/film/poster.jpg"] {
            for method in [Method::GET, Method::HEAD] {
                let reply = library.ask(method, path, &[("range", "bytes=0-3")]).await;
                assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{path}");
            }
        }
    }
}
