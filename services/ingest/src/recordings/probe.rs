//! What ffprobe says of a recording, as far as it matters.

use serde::Deserialize;

use crate::failure::Failure;

/// What is in a recording.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Probed {
    /// Width and height as they are shown: upright, with square pixels.
    pub(super) picture: Option<(u32, u32)>,
    /// How many channels its sound has.
    pub(super) sound: Option<u32>,
    /// In milliseconds, if it says.
    pub(super) duration: Option<u64>,
    /// Whether its duration is what is in it, and not an estimate.
    pub(super) is_exact: bool,
}

impl Probed {
    pub(super) fn parse(report: &[u8]) -> Result<Self, Failure> {
        let unreadable =
            |_| Failure::Asset("the origin is no recording that ffmpeg can read".to_owned());
        let report: Report = serde_json::from_slice(report).map_err(unreadable)?;
        report.format.check().map_err(|fault| Failure::Asset(fault.to_owned()))?;
        let of_type = |kind: &'static str| {
            let streams = report.streams.iter();
            streams.filter(move |stream| stream.codec_type == kind && stream.is_moving())
        };
        let picture = of_type("video").next().and_then(Stream::shown);
        let sound = of_type("audio").next().map(|stream| stream.channels.max(1));
        if picture.is_none() && sound.is_none() {
            return Err(Failure::Asset("the origin has neither pictures nor sound".to_owned()));
        }
        let longest = report.streams.iter().filter_map(|stream| seconds(&stream.duration));
        let duration = seconds(&report.format.duration).or(longest.reduce(f64::max));
        Ok(Self {
            picture,
            sound,
            duration: duration.map(|seconds| (seconds * 1000.0).round() as u64),
            is_exact: report.format.names().any(|name| name == "mov" || name == "matroska"),
        })
    }
}

#[derive(Deserialize)]
struct Report {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Format,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Format {
    format_name: String,
    duration: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Stream {
    codec_type: String,
    width: u32,
    height: u32,
    sample_aspect_ratio: String,
    channels: u32,
    duration: String,
    disposition: Disposition,
    side_data_list: Vec<SideData>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Disposition {
    /// The cover of a record.
    attached_pic: u8,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SideData {
    rotation: Option<f64>,
}

/// Formats that name other files, or hold no recording.
const PLAYLISTS: [&str; 5] = ["hls", "concat", "dash", "sdp", "imf"];
const TEXTS: [&str; 4] = ["tty", "srt", "webvtt", "ass"];

impl Format {
    fn names(&self) -> impl Iterator<Item = &str> {
        self.format_name.split(',')
    }

    fn check(&self) -> Result<(), &'static str> {
        if self.names().any(|name| PLAYLISTS.contains(&name)) {
            return Err("the origin is a playlist, and no recording");
        }
        if self.names().any(|name| TEXTS.contains(&name)) {
            return Err("the origin is a text, and no recording");
        }
        let is_picture = |name: &str| name == "image2" || name.ends_with("_pipe");
        match self.names().any(is_picture) {
            true => Err("the origin is a still picture, and no recording"),
            false => Ok(()),
        }
    }
}

impl Stream {
    fn is_moving(&self) -> bool {
        self.disposition.attached_pic == 0
    }

    fn shown(&self) -> Option<(u32, u32)> {
        let (w, h) = (self.width, self.height);
        let stretched = match self.sample_aspect_ratio.split_once(':') {
            Some((wide, high)) => stretch(w, wide.parse().ok()?, high.parse().ok()?),
            None => w,
        };
        let turns = self.side_data_list.iter().find_map(|side| side.rotation).unwrap_or_default();
        let lies = (turns / 90.0).round() as i64 % 2 != 0;
        let shown = if lies { (h, stretched) } else { (stretched, h) };
        (w > 0 && h > 0).then_some(shown)
    }
}

/// `0:1` means that nobody knows.
fn stretch(w: u32, wide: u32, high: u32) -> u32 {
    match (wide, high) {
        (0, _) | (_, 0) => w,
        (wide, high) => {
            let stretched = f64::from(w) * f64::from(wide) / f64::from(high);
            stretched.round().clamp(1.0, 65_535.0) as u32
        }
    }
}

/// `N/A`, and whatever else is no duration, is none.
fn seconds(text: &str) -> Option<f64> {
    text.parse().ok().filter(|seconds: &f64| seconds.is_finite() && *seconds > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(report: &str) -> Result<Probed, String> {
        Probed::parse(report.as_bytes()).map_err(|failure| failure.to_string())
    }

    #[test]
    fn a_video_is_measured_as_it_is_shown() {
        let measured = |stream: &str| {
            let video =
                format!(r#"{{"codec_type": "video", "width": 720, "height": 576, {stream}}}"#);
            let report =
                format!(r#"{{"streams": [{video}], "format": {{"format_name": "mov,mp4"}}}}"#);
            parsed(&report).unwrap().picture.unwrap()
        };
        for (stream, shown) in [
            (r#""sample_aspect_ratio": "1:1""#, (720, 576)),
            (r#""sample_aspect_ratio": "64:45""#, (1024, 576)),
            (r#""sample_aspect_ratio": "0:1""#, (720, 576)),
            (r#""side_data_list": [{"rotation": -90}]"#, (576, 720)),
            (r#""side_data_list": [{"side_data_type": "x"}, {"rotation": 180}]"#, (720, 576)),
            (
                r#""sample_aspect_ratio": "64:45", "side_data_list": [{"rotation": 90}]"#,
                (576, 1024),
            ),
        ] {
            assert_eq!(measured(stream), shown, "{stream}");
        }
    }

    #[test]
    fn the_cover_of_a_record_is_no_video() {
        let report = r#"{
            "streams": [
                {"codec_type": "video", "width": 500, "height": 500, "disposition": {"attached_pic": 1}},
                {"codec_type": "audio", "channels": 2, "duration": "12.5"}],
            "format": {"format_name": "mp3", "duration": "N/A"}}"#;
        let probed = parsed(report).unwrap();
        assert_eq!((probed.picture, probed.sound), (None, Some(2)));
        assert_eq!((probed.duration, probed.is_exact), (Some(12_500), false));
    }

    #[test]
    fn what_is_no_recording_is_refused() {
        let format =
            |name: &str| format!(r#"{{"streams": [], "format": {{"format_name": "{name}"}}}}"#);
        for (report, reason) in [
            (format("hls"), "playlist"),
            (format("concat"), "playlist"),
            (format("jpeg_pipe"), "still picture"),
            (format("image2"), "still picture"),
            (format("tty"), "text"),
            (format("mov,mp4,m4a"), "neither pictures nor sound"),
            ("{}".to_owned(), "neither pictures nor sound"),
            ("".to_owned(), "no recording"),
        ] {
            let refused = parsed(&report).unwrap_err();
            assert!(refused.contains(reason), "{report}: {refused}");
        }
    }
}
