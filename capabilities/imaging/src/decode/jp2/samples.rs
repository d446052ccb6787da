//! From components to channels: palettes looked up, coarse components stretched, chroma turned to colour.

use super::boxes::{Boxes, Channel, Palette};
use super::codec::Plane;
use super::siz::{Component, Siz};

/// How one channel of the picture is made.
#[derive(Clone, Debug)]
pub(super) struct Source {
    component: usize,
    grid: Component,
    /// A level for each number the component can have.
    levels: Levels,
}

#[derive(Clone, Debug)]
enum Levels {
    Straight { most: u32 },
    Table(Vec<u16>),
}

/// The largest level: of 8 bits, or of 16.
pub(super) fn white(wide: bool) -> u32 {
    if wide { 65535 } else { 255 }
}

impl Source {
    pub(super) fn new(
        channel: Channel,
        siz: &Siz,
        palette: Option<&Palette>,
        wide: bool,
    ) -> Option<Self> {
        let grid = *siz.components.get(channel.component)?;
        let levels = match channel.column {
            Some(column) => Levels::Table(column_of(palette?, column, wide)?),
            None => Levels::Straight { most: (1 << grid.bits.min(16)) - 1 },
        };
        Some(Self { component: channel.component, grid, levels })
    }

    /// The bits that this channel can tell apart.
    pub(super) fn bits(channel: Channel, siz: &Siz, palette: Option<&Palette>) -> u32 {
        let component = siz.components.get(channel.component).map_or(8, |component| component.bits);
        match channel.column {
            Some(column) => palette.and_then(|p| p.bits.get(column)).copied().unwrap_or(8),
            None => component,
        }
    }

    /// Writes a row, `y` on the grid and from `x0` on, to every `step`th place.
    pub(super) fn row(
        &self,
        planes: &[Plane],
        x0: u32,
        y: u32,
        wide: bool,
        out: &mut [u16],
        step: usize,
    ) {
        let Component { dx, dy, .. } = self.grid;
        let plane = &planes[self.component];
        if plane.w == 0 || plane.h == 0 {
            return;
        }
        let row = ((y / dy).saturating_sub(plane.y0) as usize).min(plane.h - 1);
        let row = &plane.samples[row * plane.w..(row + 1) * plane.w];
        let white = white(wide);
        let level = |sample: u16| match &self.levels {
            Levels::Straight { most } if *most == white => sample,
            Levels::Straight { most } => ((u32::from(sample) * white + most / 2) / most) as u16,
            Levels::Table(table) => table.get(usize::from(sample)).copied().unwrap_or_default(),
        };
        if dx == 1 {
            out.iter_mut().step_by(step).zip(row).for_each(|(place, s)| *place = level(*s));
            return;
        }
        for (x, place) in (x0..).zip(out.iter_mut().step_by(step)) {
            let column = ((x / dx).saturating_sub(plane.x0) as usize).min(plane.w - 1);
            *place = level(row[column]);
        }
    }
}

fn column_of(palette: &Palette, column: usize, wide: bool) -> Option<Vec<u16>> {
    let (most, white) = ((1 << palette.bits.get(column)?) - 1, white(wide));
    let values = palette.values.iter().skip(column).step_by(palette.bits.len());
    Some(values.map(|value| ((value * white + most / 2) / most).min(white) as u16).collect())
}

/// Which channels are the colours in their order, and which is the opacity.
pub(super) struct Roles {
    pub(super) colors: Vec<Channel>,
    pub(super) alpha: Option<Channel>,
    pub(super) premultiplied: bool,
}

impl Roles {
    pub(super) fn of(boxes: &Boxes, siz: &Siz) -> Self {
        let plain = |component| Channel { component, column: None };
        let channels = if boxes.palette.is_some() && !boxes.channels.is_empty() {
            boxes.channels.clone()
        } else {
            (0..siz.components.len()).map(plain).collect()
        };
        let defined = |kind: fn(u16) -> bool| {
            boxes.definitions.iter().filter(move |definition| kind(definition.kind))
        };
        if boxes.definitions.is_empty() {
            // Two or four channels without a word are taken for colours and their opacity.
            let alpha = matches!(channels.len(), 2 | 4).then(|| channels[channels.len() - 1]);
            let colors = channels[..channels.len() - usize::from(alpha.is_some())].to_vec();
            return Self { colors, alpha, premultiplied: false };
        }
        let mut colors: Vec<_> = defined(|kind| kind == 0).collect();
        colors.sort_by_key(|definition| definition.association);
        let colors: Vec<_> =
            colors.iter().filter_map(|d| channels.get(d.channel).copied()).collect();
        let alpha = defined(|kind| kind == 1 || kind == 2).next();
        Self {
            colors: if colors.is_empty() { channels.clone() } else { colors },
            alpha: alpha.and_then(|d| channels.get(d.channel).copied()),
            premultiplied: alpha.is_some_and(|d| d.kind == 2),
        }
    }
}

/// sYCC to sRGB, where `n` samples make a pixel.
pub(super) fn from_ycc(row: &mut [u16], n: usize, wide: bool) {
    let white = white(wide) as f32;
    let middle = ((white + 1.0) / 2.0).floor();
    for pixel in row.chunks_exact_mut(n) {
        let [y, cb, cr] = [pixel[0], pixel[1], pixel[2]].map(f32::from);
        let (cb, cr) = (cb - middle, cr - middle);
        let rgb = [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb];
        for (place, color) in pixel.iter_mut().zip(rgb) {
            *place = (color.clamp(0.0, white) + 0.5) as u16;
        }
    }
}

/// Divides the opacity, the last of `n` samples, out of the colours.
pub(super) fn unassociate(row: &mut [u16], n: usize, wide: bool) {
    let white = white(wide);
    for pixel in row.chunks_exact_mut(n) {
        let alpha = u32::from(pixel[n - 1]);
        if alpha > 0 && alpha < white {
            for color in &mut pixel[..n - 1] {
                let full = (u64::from(*color) * u64::from(white) + u64::from(alpha) / 2)
                    / u64::from(alpha);
                *color = full.min(u64::from(white)) as u16;
            }
        }
    }
}
