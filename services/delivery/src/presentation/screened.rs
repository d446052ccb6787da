//! How audio and video are shown.

use catalogue::Transcode;
use iiif::{
    image::{Extent, Format},
    presentation::{Canvas, Content, ContentType, LanguageMap, Painting},
};
use model::{AvForm, Service};
use storage::keys;

use super::teller::Teller;
use crate::access::{Asked, Decision, may_see};

/// A canvas that lasts, painted with what was transcoded: a choice, where there is more than one.
pub(super) fn screened(teller: &Teller<'_>, canvas: Canvas) -> Canvas {
    let card = teller.card;
    let transcodes = &card.recording.transcodes;
    let mut contents: Vec<_> = transcodes.iter().map(|own| content(teller, own)).collect();
    let painting = match contents.len() {
        1 => contents.pop().map(Painting::One),
        _ => Some(Painting::Choice(contents)),
    };
    let has_pictures = transcodes.iter().any(|own| own.extent.is_some());
    let poster = poster(teller);
    Canvas {
        extent: has_pictures.then(|| extent(card.extent)),
        duration: seconds(card.duration),
        thumbnail: poster.iter().cloned().collect(),
        placeholder: poster,
        painting,
        ..canvas
    }
}

/// Documents count in seconds; nothing lasts no time.
pub(super) fn seconds(milliseconds: u64) -> Option<f64> {
    (milliseconds > 0).then(|| milliseconds as f64 / 1000.0)
}

fn content(teller: &Teller<'_>, own: &Transcode) -> Content {
    let form = own.preset.form();
    let class = match form {
        AvForm::Mp4 | AvForm::Hls => ContentType::Video,
        AvForm::Mp3 => ContentType::Sound,
    };
    Content {
        label: Some(LanguageMap::none(own.preset.as_str())),
        format: Some(form.media_type().to_owned()),
        extent: own.extent.map(extent),
        duration: seconds(own.duration),
        ..Content::new(address(teller, &own.address), class)
    }
}

/// What is shown until it is played, if the visitor may see it.
fn poster(teller: &Teller<'_>) -> Option<Content> {
    let size = teller.card.recording.poster?;
    let is_open = may_see(teller.card, teller.visitor, Asked::File) != Decision::Refused;
    is_open.then(|| Content::image(address(teller, keys::POSTER), Format::Jpg, extent(size)))
}

fn address(teller: &Teller<'_>, address: &str) -> String {
    format!("{}/{address}", teller.urls.of(Service::Av, &teller.card.id))
}

fn extent((w, h): (u32, u32)) -> Extent {
    Extent::new(w, h)
}
