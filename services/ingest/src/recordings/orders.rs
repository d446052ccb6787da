//! What is said to ffmpeg.

use std::{ffi::OsString, path::Path};

use model::{AvForm, AvPreset};

use super::{
    plan::{Planned, sound_rate},
    probe::Probed,
    tools::address_of,
};

/// All transcodes in one go: the origin is decoded once.
pub(super) fn transcodes(
    (path, source): (&Path, &Probed),
    planned: &[Planned],
    threads: usize,
) -> Vec<OsString> {
    let threads = threads.to_string();
    let mut args = words(&["-protocol_whitelist", "file", "-threads", &threads, "-i"]);
    args.push(address_of(path));
    for own in planned {
        // Where it was filmed, and by whose camera, is not for everybody.
        args.extend(words(&["-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn"]));
        args.extend(words(&["-threads", &threads]));
        args.extend(pictures(own));
        args.extend(sound(own, source));
        args.extend(container(own));
        args.push(address_of(&own.path));
    }
    args
}

/// One picture: the most telling of some fifty, from `seconds` on.
pub(super) fn poster(path: &Path, seconds: f64, (w, h): (u32, u32), to: &Path) -> Vec<OsString> {
    let mut args = words(&["-protocol_whitelist", "file", "-threads", "1"]);
    args.extend(words(&["-ss", &format!("{seconds:.3}"), "-i"]));
    args.push(address_of(path));
    let filters = format!("yadif=deint=interlaced,thumbnail=n=50,scale={w}:{h},setsar=1");
    args.extend(words(&["-map", "0:V:0", "-an", "-map_metadata", "-1", "-frames:v", "1"]));
    args.extend(words(&["-vf", &filters, "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-q:v", "3"]));
    args.extend(words(&["-f", "image2", "-update", "1"]));
    args.push(address_of(to));
    args
}

fn pictures(own: &Planned) -> Vec<OsString> {
    let Some((w, h)) = own.extent else { return words(&["-vn"]) };
    let filters = format!("yadif=deint=interlaced,scale={w}:{h}:flags=bicubic,setsar=1");
    // The quality is even, and the rate what a line takes.
    let most = match own.preset {
        AvPreset::Mp4At1080 | AvPreset::HlsAt1080 => 8000,
        AvPreset::Mp4At720 | AvPreset::HlsAt720 | AvPreset::Mp3At128 | AvPreset::Mp3At192 => 4000,
    };
    let (rate, buffer) = (format!("{most}k"), format!("{}k", most * 2));
    let mut args = words(&["-map", "0:V:0", "-vf", &filters, "-fpsmax", "60"]);
    args.extend(words(&["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high"]));
    args.extend(words(&["-pix_fmt", "yuv420p", "-crf", "22", "-maxrate", &rate]));
    args.extend(words(&["-bufsize", &buffer]));
    args
}

fn sound(own: &Planned, source: &Probed) -> Vec<OsString> {
    let Some(channels) = source.sound else { return words(&["-an"]) };
    let (codec, samples) = match own.preset.form() {
        AvForm::Mp3 => ("libmp3lame", "44100"),
        AvForm::Mp4 | AvForm::Hls => ("aac", "48000"),
    };
    let (rate, channels) = (format!("{}k", sound_rate(own.preset)), channels.min(2).to_string());
    words(&["-map", "0:a:0", "-c:a", codec, "-b:a", &rate, "-ar", samples, "-ac", &channels])
}

fn container(own: &Planned) -> Vec<OsString> {
    match (own.preset.form(), own.segments()) {
        // What a player needs to begin comes first.
        (AvForm::Mp4, _) => words(&["-movflags", "+faststart", "-f", "mp4"]),
        (AvForm::Mp3, _) => words(&["-f", "mp3"]),
        (AvForm::Hls, segments) => {
            let mut args =
                words(&["-force_key_frames", "expr:gte(t,n_forced*6)", "-hls_time", "6"]);
            args.extend(words(&["-hls_playlist_type", "vod", "-hls_segment_type", "fmp4"]));
            args.extend(words(&["-hls_flags", "single_file", "-hls_segment_filename"]));
            args.extend(segments.map(OsString::from));
            args.extend(words(&["-f", "hls"]));
            args
        }
    }
}

fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(Into::into).collect()
}
