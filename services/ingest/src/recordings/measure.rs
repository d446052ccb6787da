use std::path::Path;

use anyhow::Context;
use catalogue::Transcode;
use model::AvForm;

use super::{plan::Planned, probe::Probed, tools::Tools};
use crate::failure::Failure;

/// How long and how large a transcode became.
pub(super) async fn measure(tools: &Tools, own: &Planned) -> Result<Transcode, Failure> {
    let duration = match own.preset.form() {
        AvForm::Mp4 | AvForm::Mp3 => {
            Probed::parse(&tools.probe(&own.path).await?)?.duration.unwrap_or_default()
        }
        AvForm::Hls => {
            let playlist = tokio::fs::read_to_string(&own.path).await;
            duration_of(&playlist.context("the playlist can't be read")?)
        }
    };
    let segments = match own.segments() {
        Some(segments) => bytes_of(&segments).await?,
        None => 0,
    };
    if duration == 0 {
        return Err(Failure::Asset(
            "the recording is empty: nothing of it can be played".to_owned(),
        ));
    }
    Ok(Transcode {
        preset: own.preset,
        address: own.address.clone(),
        extent: own.extent,
        duration,
        bytes: bytes_of(&own.path).await? + segments,
    })
}

async fn bytes_of(path: &Path) -> Result<u64, Failure> {
    let metadata = tokio::fs::metadata(path).await;
    Ok(metadata.with_context(|| format!("{} is missing", path.display()))?.len())
}

/// What its segments come to, in milliseconds.
fn duration_of(playlist: &str) -> u64 {
    let lengths = playlist
        .lines()
        .filter_map(|line| line.strip_prefix("#EXTINF:")?.split(',').next()?.parse::<f64>().ok());
    (lengths.sum::<f64>() * 1000.0).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_playlist_is_as_long_as_its_segments() {
        let playlist = "#EXTM3U\n#EXTINF:6.000000,\nx\n#EXTINF:2.520000,\nx\n#EXT-X-ENDLIST\n";
        assert_eq!(duration_of(playlist), 8520);
        assert_eq!(duration_of("#EXTM3U\n#EXTINF:,\n"), 0);
    }
}
