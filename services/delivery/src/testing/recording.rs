use catalogue::{Recording, Transcode};
use model::AvPreset;

/// A film with everything that can be made of it.
pub(crate) fn recording() -> Recording {
    let transcode = |preset, address: &str, extent| Transcode {
        preset,
        address: address.to_owned(),
        extent,
        duration: 12_500,
        bytes: 9_000,
    };
    let (large, small) = (Some((1920, 1080)), Some((1280, 720)));
    Recording {
        transcodes: vec![
            transcode(AvPreset::Mp4At1080, "full/full/max/max/0/default.mp4", large),
            transcode(AvPreset::Mp4At720, "full/full/1280,720/max/0/default.mp4", small),
            transcode(AvPreset::HlsAt1080, "full/full/max/max/0/default.m3u8", large),
            transcode(AvPreset::Mp3At128, "full/full/max/max/0/default.mp3", None),
        ],
        poster: large,
    }
}
