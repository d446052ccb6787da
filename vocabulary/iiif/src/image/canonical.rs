//! The one spelling of each drawing, in either version.

use super::scale::{Bounds, Scaling, Sides};
use super::{Drawing, Limits, SizeForm, Version};

pub(super) fn path(version: Version, drawing: &Drawing, limits: &Limits) -> String {
    let region = match drawing.is_full_region() {
        true => "full".to_owned(),
        false => drawing.region.to_string(),
    };
    let size = match version {
        Version::V2 => size_2(drawing),
        Version::V3 => size_3(drawing, limits),
    };
    let rotation = drawing.rotation.canonical(version);
    format!("{region}/{size}/{rotation}/{}.{}", drawing.quality, drawing.format)
}

/// `full` is the natural size alone: under limits, the largest size is spelled out.
fn size_2(drawing: &Drawing) -> String {
    let (w, h) = (drawing.size.w, drawing.size.h);
    if drawing.is_natural_size() {
        "full".to_owned()
    } else if scaling(drawing).by_width(w.into()) == drawing.size.into() {
        format!("{w},")
    } else {
        format!("{w},{h}")
    }
}

fn size_3(drawing: &Drawing, limits: &Limits) -> String {
    let (size, region) = (drawing.size, drawing.region.extent());
    let is_most =
        |bounds: Bounds| scaling(drawing).sides(SizeForm::Max, bounds) == Sides::from(size);
    let up = if size.w > region.w || size.h > region.h { "^" } else { "" };
    if up.is_empty() && is_most(limits.bounds().and(region)) {
        "max".to_owned()
    } else if !up.is_empty() && is_most(limits.bounds()) {
        "^max".to_owned()
    } else {
        format!("{up}{},{}", size.w, size.h)
    }
}

fn scaling(drawing: &Drawing) -> Scaling {
    Scaling { region: drawing.region, source: drawing.source }
}
