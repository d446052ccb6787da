//! Real recordings, made by ffmpeg's own generators, and transcoded behind walls.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Command,
};

use model::AvPreset;
use tempfile::TempDir;

use super::transcode::{Transcoded, Transcoding, transcode};
use crate::{config::IngestConfig, failure::Failure, origins::Fetched};

const PICTURES: &str = "testsrc2=s=640x360:r=25";
const SOUND: &str = "sine=frequency=440:sample_rate=44100";

/// A recording of so many seconds.
fn clip(folder: &Path, name: &str, inputs: &[&str], seconds: u32, options: &[&str]) -> PathBuf {
    let path = folder.join(name);
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-y"]);
    for input in inputs {
        ffmpeg.args(["-f", "lavfi", "-t", &seconds.to_string(), "-i", input]);
    }
    let made = ffmpeg.args(options).arg(&path).status().expect("ffmpeg is installed");
    assert!(made.success(), "{name}");
    path
}

async fn made(path: &Path, presets: &[AvPreset], job: &TempDir) -> Result<Transcoded, Failure> {
    let file = File::open(path).unwrap();
    let bytes = file.metadata().unwrap().len();
    let source = Fetched { file, path: path.to_owned(), bytes };
    let wanted = Transcoding { presets, is_video: true };
    let mut told = Vec::new();
    let config = IngestConfig { workers: 1, ..IngestConfig::default() };
    let made =
        transcode(&config, wanted, (&source, job.path()), |percent| told.push(percent)).await;
    assert!(told.is_sorted() && told.iter().all(|percent| *percent < 100), "{told:?}");
    made
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

async fn refusal(path: &Path, presets: &[AvPreset]) -> String {
    match made(path, presets, &folder()).await {
        Err(Failure::Asset(reason)) => reason,
        Err(other) => panic!("{}: {other}", path.display()),
        Ok(_) => panic!("{}: made", path.display()),
    }
}

#[tokio::test]
async fn a_video_becomes_what_its_policy_wants() {
    let (origins, job) = (folder(), folder());
    let path = clip(origins.path(), "clip.mkv", &[PICTURES, SOUND], 3, &["-c:v", "mpeg4"]);
    let presets = [AvPreset::Mp4At720, AvPreset::HlsAt720, AvPreset::Mp3At128];
    let made = made(&path, &presets, &job).await.unwrap();
    let recording = &made.recording;
    assert_eq!((made.extent, recording.poster), ((640, 360), Some((640, 360))));
    assert!((2900..3200).contains(&made.duration), "{}", made.duration);
    let made_of: Vec<_> = recording.transcodes.iter().map(|own| (own.preset, own.extent)).collect();
    let large = Some((640, 360));
    assert_eq!(made_of, presets.iter().copied().zip([large, large, None]).collect::<Vec<_>>());
    for (own, folder) in recording.transcodes.iter().zip(&made.folders) {
        assert!((2900..3300).contains(&own.duration), "{own:?}");
        let files = std::fs::read_dir(folder).unwrap();
        let bytes: u64 = files.map(|file| file.unwrap().metadata().unwrap().len()).sum();
        assert_eq!(own.bytes, bytes, "{own:?}");
    }
    let mp4 = std::fs::read(made.folders[0].join("default.mp4")).unwrap();
    let place = |name: &[u8]| mp4.windows(4).position(|window| window == name);
    assert!(place(b"moov") < place(b"mdat"), "a player can begin before it has all");
    let playlist = std::fs::read_to_string(made.folders[1].join("default.m3u8")).unwrap();
    assert!(
        playlist.contains("#EXT-X-ENDLIST") && playlist.contains("\ndefault.m4s\n"),
        "{playlist}"
    );
    let poster = std::fs::read(made.poster.unwrap()).unwrap();
    assert!(poster.starts_with(&[0xff, 0xd8, 0xff]), "a JPEG");
}

#[tokio::test]
async fn audio_becomes_mp3_and_its_cover_is_no_video() {
    let (origins, job) = (folder(), folder());
    let cover = clip(origins.path(), "cover.png", &["color=red:s=64x64"], 1, &["-frames:v", "1"]);
    let cover = cover.to_str().unwrap();
    let options =
        ["-i", cover, "-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v", "attached_pic"];
    let path = clip(origins.path(), "song.m4a", &[SOUND], 2, &options);
    let made = made(&path, &[AvPreset::Mp3At192, AvPreset::Mp3At128], &job).await.unwrap();
    assert_eq!((made.extent, made.recording.poster), ((0, 0), None));
    assert!((1900..2200).contains(&made.duration), "{}", made.duration);
    let [better, worse] = &made.recording.transcodes[..] else { panic!("{:?}", made.recording) };
    assert!(better.bytes > worse.bytes, "{better:?} {worse:?}");
}

#[tokio::test]
async fn a_film_taken_upright_stays_upright() {
    let (origins, job) = (folder(), folder());
    let plain = clip(origins.path(), "plain.mp4", &[PICTURES], 1, &["-c:v", "libx264"]);
    let path = origins.path().join("turned.mp4");
    let mut turn = Command::new("ffmpeg");
    turn.args(["-v", "error", "-i"]).arg(&plain).args([
        "-c",
        "copy",
        "-metadata:s:v:0",
        "rotate=90",
    ]);
    assert!(turn.arg(&path).status().unwrap().success());
    let made = made(&path, &[AvPreset::Mp4At720], &job).await.unwrap();
    assert_eq!(made.extent, (360, 640));
}

#[tokio::test]
async fn what_can_not_be_transcoded_is_refused_with_its_reason() {
    let origins = folder();
    let write = |name: &str, bytes: &[u8]| {
        let path = origins.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let whole = clip(
        origins.path(),
        "whole.mp4",
        &[PICTURES, SOUND],
        20,
        &["-c:v", "libx264", "-preset", "ultrafast", "-movflags", "+faststart"],
    );
    let whole = std::fs::read(whole).unwrap();
    let half = write("half.mp4", &whole[..whole.len() / 2]);
    let silent = clip(origins.path(), "silent.mp4", &[PICTURES], 1, &["-c:v", "libx264"]);
    let still = clip(origins.path(), "still.png", &["color=red:s=64x64"], 1, &["-frames:v", "1"]);
    let secret = write("secret.mp4", &whole);
    let playlist = format!("#EXTM3U\n#EXTINF:1,\nfile://{}\n#EXT-X-ENDLIST\n", secret.display());
    for (path, preset, reason) in [
        (write("noise.mp4", b"no recording at all"), AvPreset::Mp4At720, "no recording"),
        (half, AvPreset::Mp4At720, "of its 20 seconds can be played"),
        (silent, AvPreset::Mp3At128, "no sound"),
        (still, AvPreset::Mp4At720, "still picture"),
        (write("list.mp4", playlist.as_bytes()), AvPreset::Mp4At720, "no recording"),
    ] {
        let refused = refusal(&path, &[preset]).await;
        assert!(refused.contains(reason), "{}: {refused}", path.display());
    }
}

#[tokio::test]
async fn without_ffmpeg_there_is_a_sentence_about_it() {
    let nowhere = PathBuf::from("/nowhere/ffmpeg");
    let config = IngestConfig { ffmpeg: nowhere, ..IngestConfig::default() };
    let source = folder();
    let path = source.path().join("x");
    std::fs::write(&path, "x").unwrap();
    let source = Fetched { file: File::open(&path).unwrap(), path, bytes: 1 };
    let wanted = Transcoding { presets: &[AvPreset::Mp3At128], is_video: false };
    let job = folder();
    let made = transcode(&config, wanted, (&source, job.path()), |_| {}).await;
    assert!(matches!(made, Err(Failure::Asset(reason)) if reason.contains("ffmpeg")));
}
