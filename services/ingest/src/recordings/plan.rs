//! What is made of a recording, and at which address each of it is delivered.

use std::path::{Path, PathBuf};

use model::{AvForm, AvPreset};

use super::probe::Probed;

/// One transcode that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Planned {
    pub(super) preset: AvPreset,
    /// What follows the asset's name in its public address.
    pub(super) address: String,
    pub(super) extent: Option<(u32, u32)>,
    /// The file that ffmpeg is to write; what belongs to it lies beside it.
    pub(super) path: PathBuf,
}

impl Planned {
    /// The file beside it, if it is a playlist.
    pub(super) fn segments(&self) -> Option<PathBuf> {
        self.preset.form().segments().map(|name| self.path.with_file_name(name))
    }
}

/// What the policy wants, as far as it makes a difference: nothing is enlarged, and nothing made twice.
///
/// The best of each kind is called `max`, as the DLCS has it, which knows no other.
pub(super) fn plan(
    presets: &[AvPreset],
    (source, is_video): (&Probed, bool),
    folder: &Path,
) -> Result<Vec<Planned>, String> {
    let mut made: Vec<(AvPreset, Option<(u32, u32)>)> = Vec::new();
    for preset in presets {
        let extent = extent(*preset, source)?;
        let is_there = |(other, same): &(AvPreset, Option<(u32, u32)>)| {
            other == preset
                || (other.form() == preset.form() && extent.is_some() && *same == extent)
        };
        if !made.iter().any(is_there) {
            made.push((*preset, extent));
        }
    }
    let best = |form: AvForm| made.iter().filter(|own| own.0.form() == form).map(quality).max();
    let planned = made.iter().enumerate().map(|(number, own)| {
        let (preset, extent) = *own;
        let is_best = best(preset.form()) == Some(quality(own));
        let address = address(preset, extent.filter(|_| !is_best), (is_best, is_video));
        let name = address.rsplit('/').next().unwrap_or_default();
        let path = folder.join(format!("transcode-{number}")).join(name);
        Planned { preset, address, extent, path }
    });
    Ok(planned.collect())
}

/// How large a video becomes; sound has no extent.
fn extent(preset: AvPreset, source: &Probed) -> Result<Option<(u32, u32)>, String> {
    match (bounds(preset), source.picture) {
        (Some(bounds), Some(picture)) => Ok(Some(fitted(picture, bounds))),
        (Some(_), None) => {
            Err(format!("{preset} can't be made: the origin has no moving pictures"))
        }
        (None, _) if source.sound.is_none() => {
            Err(format!("{preset} can't be made: the origin has no sound"))
        }
        (None, _) => Ok(None),
    }
}

/// The longer and the shorter edge of a video.
fn bounds(preset: AvPreset) -> Option<(u32, u32)> {
    match preset {
        AvPreset::Mp4At720 | AvPreset::HlsAt720 => Some((1280, 720)),
        AvPreset::Mp4At1080 | AvPreset::HlsAt1080 => Some((1920, 1080)),
        AvPreset::Mp3At128 | AvPreset::Mp3At192 => None,
    }
}

/// In thousands of bits a second.
pub(super) const fn sound_rate(preset: AvPreset) -> u32 {
    match preset {
        AvPreset::Mp3At128 => 128,
        AvPreset::Mp3At192 => 192,
        AvPreset::Mp4At720 | AvPreset::Mp4At1080 | AvPreset::HlsAt720 | AvPreset::HlsAt1080 => 160,
    }
}

fn quality((preset, extent): &(AvPreset, Option<(u32, u32)>)) -> (u64, u32) {
    let area = extent.map_or(0, |(w, h)| u64::from(w) * u64::from(h));
    (area, sound_rate(*preset))
}

/// Whole, never enlarged, with even edges, as the codec wants them.
fn fitted((w, h): (u32, u32), (long, short): (u32, u32)) -> (u32, u32) {
    let (most_w, most_h) = if w >= h { (long, short) } else { (short, long) };
    let by = |most: u32, edge: u32| f64::from(most) / f64::from(edge);
    let scale = by(most_w, w).min(by(most_h, h)).min(1.0);
    let even = |edge: u32| ((f64::from(edge) * scale / 2.0).round() as u32 * 2).max(2);
    (even(w), even(h))
}

/// The words of the DLCS: `full/max/default.mp3` for an asset that is audio, and for one that is video the time, the region,
/// the size, the quality of the sound and the rotation.
fn address(
    preset: AvPreset,
    smaller: Option<(u32, u32)>,
    (is_best, is_video): (bool, bool),
) -> String {
    let extension = preset.form().extension();
    let size = smaller.map_or("max".to_owned(), |(w, h)| format!("{w},{h}"));
    let rate = match (is_best, preset.form()) {
        (false, AvForm::Mp3) => sound_rate(preset).to_string(),
        (true, AvForm::Mp3) | (_, AvForm::Mp4 | AvForm::Hls) => "max".to_owned(),
    };
    match (is_video, preset.form()) {
        (true, _) => format!("full/full/{size}/{rate}/0/default.{extension}"),
        (false, AvForm::Mp3) => format!("full/{rate}/default.{extension}"),
        (false, AvForm::Mp4 | AvForm::Hls) => format!("full/{size}/default.{extension}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(picture: Option<(u32, u32)>) -> Probed {
        Probed { picture, sound: Some(2), duration: None, is_exact: true }
    }

    fn addresses(presets: &[AvPreset], source: &Probed, is_video: bool) -> Vec<String> {
        let planned = plan(presets, (source, is_video), Path::new("/job")).unwrap();
        planned.into_iter().map(|planned| planned.address).collect()
    }

    #[test]
    fn the_addresses_are_those_of_the_dlcs_and_the_best_is_max() {
        use AvPreset::*;
        let (film, record) = (source(Some((1920, 1080))), source(None));
        for (presets, source, is_video, expected) in [
            (&[Mp4At720][..], &film, true, &["full/full/max/max/0/default.mp4"][..]),
            (
                &[Mp4At720, Mp4At1080],
                &film,
                true,
                &["full/full/1280,720/max/0/default.mp4", "full/full/max/max/0/default.mp4"],
            ),
            (
                &[Mp4At720, HlsAt720, Mp3At128],
                &film,
                true,
                &[
                    "full/full/max/max/0/default.mp4",
                    "full/full/max/max/0/default.m3u8",
                    "full/full/max/max/0/default.mp3",
                ],
            ),
            (&[Mp3At128], &record, false, &["full/max/default.mp3"]),
            (
                &[Mp3At192, Mp3At128],
                &record,
                false,
                &["full/max/default.mp3", "full/128/default.mp3"],
            ),
        ] {
            assert_eq!(addresses(presets, source, is_video), expected, "{presets:?}");
        }
    }

    #[test]
    fn nothing_is_enlarged_or_made_twice() {
        let small = source(Some((640, 480)));
        let presets = [AvPreset::Mp4At720, AvPreset::Mp4At1080, AvPreset::Mp4At720];
        let planned = plan(&presets, (&small, true), Path::new("/job")).unwrap();
        assert_eq!(planned.len(), 1);
        assert_eq!(planned[0].extent, Some((640, 480)));
    }

    #[test]
    fn a_video_is_fitted_with_even_edges() {
        for (source, expected) in [
            ((1920, 1080), (1280, 720)),
            ((1080, 1920), (720, 1280)),
            ((4096, 1716), (1280, 536)),
            ((641, 361), (642, 362)),
            ((1, 1), (2, 2)),
            ((60_000, 2), (1280, 2)),
        ] {
            assert_eq!(fitted(source, (1280, 720)), expected, "{source:?}");
        }
    }

    #[test]
    fn what_the_origin_has_not_can_not_be_made() {
        let mute = Probed { sound: None, ..source(Some((640, 480))) };
        let job = Path::new("/job");
        let no_sound = plan(&[AvPreset::Mp3At128], (&mute, true), job).unwrap_err();
        assert!(no_sound.contains("no sound"), "{no_sound}");
        let no_picture = plan(&[AvPreset::Mp4At720], (&source(None), true), job).unwrap_err();
        assert!(no_picture.contains("no moving pictures"), "{no_picture}");
        assert!(plan(&[AvPreset::Mp4At720], (&mute, true), job).is_ok(), "a silent film");
    }
}
