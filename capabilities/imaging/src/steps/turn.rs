//! Turns a picture clockwise: exactly by right angles, smoothly by others.

use iiif::image::{Extent, Rotation};

use crate::Error;
use crate::decode::Layout;
use crate::picture::Picture;

/// What is seen where a turned picture doesn't reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ground {
    White,
    /// The picture gets a channel of opacity.
    Transparent,
}

/// Turns a picture that has no opacity. Mirroring has to have happened before.
pub(crate) fn turn(picture: Picture, rotation: Rotation, ground: Ground) -> Result<Picture, Error> {
    match rotation.quarter_turns() {
        Some(0) => Ok(picture),
        Some(turns) => quarters(&picture, turns),
        None => by_angle(&picture, rotation, ground),
    }
}

fn quarters(picture: &Picture, turns: u8) -> Result<Picture, Error> {
    let extent = if turns == 2 { picture.extent } else { picture.extent.turned() };
    let mut turned = Picture::new(extent, picture.layout)?;
    match picture.layout {
        Layout::Gray => quarters_of::<1>(picture, &mut turned, turns),
        Layout::GrayAlpha => quarters_of::<2>(picture, &mut turned, turns),
        Layout::Rgb => quarters_of::<3>(picture, &mut turned, turns),
        Layout::Rgba => quarters_of::<4>(picture, &mut turned, turns),
    }
    Ok(turned)
}

/// Pixels are moved block by block, since rows of one are columns of the other.
fn quarters_of<const N: usize>(from: &Picture, to: &mut Picture, turns: u8) {
    const BLOCK: usize = 32;
    let (w, h) = (from.extent.w as usize, from.extent.h as usize);
    let (from, _) = from.pixels.as_chunks::<N>();
    let (to, _) = to.pixels.as_chunks_mut::<N>();
    if turns == 2 {
        to.copy_from_slice(from);
        to.reverse();
        return;
    }
    for top in (0..h).step_by(BLOCK) {
        for left in (0..w).step_by(BLOCK) {
            for y in top..(top + BLOCK).min(h) {
                for x in left..(left + BLOCK).min(w) {
                    let at = if turns == 1 { x * h + (h - 1 - y) } else { (w - 1 - x) * h + y };
                    to[at] = from[y * w + x];
                }
            }
        }
    }
}

fn by_angle(picture: &Picture, rotation: Rotation, ground: Ground) -> Result<Picture, Error> {
    let extent = rotation.bounds(picture.extent);
    let layout = match (picture.layout, ground) {
        (layout, Ground::White) => layout,
        (Layout::Gray | Layout::GrayAlpha, Ground::Transparent) => Layout::GrayAlpha,
        (Layout::Rgb | Layout::Rgba, Ground::Transparent) => Layout::Rgba,
    };
    let mut turned = Picture::new(extent, layout)?;
    let grid = Grid::new(picture.extent, extent, rotation);
    match (picture.layout, ground) {
        (Layout::Gray | Layout::GrayAlpha, Ground::White) => {
            smooth::<1, 1>(picture, &mut turned, &grid);
        }
        (Layout::Gray | Layout::GrayAlpha, Ground::Transparent) => {
            smooth::<1, 2>(picture, &mut turned, &grid);
        }
        (Layout::Rgb | Layout::Rgba, Ground::White) => smooth::<3, 3>(picture, &mut turned, &grid),
        (Layout::Rgb | Layout::Rgba, Ground::Transparent) => {
            smooth::<3, 4>(picture, &mut turned, &grid);
        }
    }
    Ok(turned)
}

/// Where the pixels of the turned picture were before.
struct Grid {
    sin: f64,
    cos: f64,
    /// The middle of both pictures.
    from: (f64, f64),
    to: (f64, f64),
}

impl Grid {
    fn new(from: Extent, to: Extent, rotation: Rotation) -> Self {
        let (sin, cos) = rotation.degrees.to_radians().sin_cos();
        let middle = |extent: Extent| (f64::from(extent.w) / 2.0, f64::from(extent.h) / 2.0);
        Self { sin, cos, from: middle(from), to: middle(to) }
    }

    /// In pixels, the first one's middle being zero.
    fn before(&self, x: usize, y: usize) -> (f64, f64) {
        let (x, y) = (x as f64 + 0.5 - self.to.0, y as f64 + 0.5 - self.to.1);
        let across = x * self.cos + y * self.sin;
        let down = y * self.cos - x * self.sin;
        (across + self.from.0 - 0.5, down + self.from.1 - 0.5)
    }
}

/// Mixes four pixels for one. Beyond the edge there is nothing, which makes edges soft.
///
/// `N` samples come in; one more comes out if opacity is wanted, else white is mixed in.
fn smooth<const N: usize, const M: usize>(from: &Picture, to: &mut Picture, grid: &Grid) {
    let four = Four::<N> {
        w: from.extent.w as isize,
        h: from.extent.h as isize,
        pixels: from.pixels.as_chunks::<N>().0,
    };
    let stride = to.extent.w as usize;
    let (out, _) = to.pixels.as_chunks_mut::<M>();
    for (y, row) in out.chunks_exact_mut(stride).enumerate() {
        for (x, out) in row.iter_mut().enumerate() {
            let (across, down) = grid.before(x, y);
            let (left, top) = (floor(across), floor(down));
            let parts = ((across - left as f64) as f32, (down - top as f64) as f32);
            let (sums, cover) = four.mix(left, top, parts);
            *out = mixed(sums, cover);
        }
    }
}

/// Rounds down what lies not too far below zero, without the detour that old processors need.
fn floor(value: f64) -> isize {
    const FAR: isize = 1 << 32;
    (value + FAR as f64) as isize - FAR
}

struct Four<'a, const N: usize> {
    w: isize,
    h: isize,
    pixels: &'a [[u8; N]],
}

impl<const N: usize> Four<'_, N> {
    /// The weighted sum of a pixel, its right neighbour, and those below; and how much was there.
    fn mix(&self, left: isize, top: isize, (right, below): (f32, f32)) -> ([f32; N], f32) {
        let weights = [
            (1.0 - right) * (1.0 - below),
            right * (1.0 - below),
            (1.0 - right) * below,
            right * below,
        ];
        let mut sums = [0.0; N];
        let mut add = |pixel: &[u8; N], weight: f32| {
            for (sum, sample) in sums.iter_mut().zip(pixel) {
                *sum += weight * f32::from(*sample);
            }
        };
        if left < -1 || top < -1 || left >= self.w || top >= self.h {
            return (sums, 0.0);
        }
        if left >= 0 && top >= 0 && left + 1 < self.w && top + 1 < self.h {
            let at = (top * self.w + left) as usize;
            let (above, below) =
                (&self.pixels[at..at + 2], &self.pixels[at + self.w as usize..][..2]);
            add(&above[0], weights[0]);
            add(&above[1], weights[1]);
            add(&below[0], weights[2]);
            add(&below[1], weights[3]);
            return (sums, 1.0);
        }
        let mut cover = 0.0;
        for (n, weight) in weights.into_iter().enumerate() {
            let (x, y) = (left + (n as isize & 1), top + (n as isize >> 1));
            if (0..self.w).contains(&x) && (0..self.h).contains(&y) {
                cover += weight;
                add(&self.pixels[(y * self.w + x) as usize], weight);
            }
        }
        (sums, cover)
    }
}

fn mixed<const N: usize, const M: usize>(sums: [f32; N], cover: f32) -> [u8; M] {
    let mut out = [0; M];
    for (out, sum) in out.iter_mut().zip(sums) {
        let sample = match M > N {
            true if cover > 0.0 => sum / cover,
            true => 0.0,
            false => sum + 255.0 * (1.0 - cover),
        };
        *out = (sample + 0.5) as u8;
    }
    if M > N {
        out[M - 1] = (cover * 255.0 + 0.5) as u8;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gray(w: u32, h: u32, pixels: &[u8]) -> Picture {
        Picture { extent: Extent::new(w, h), layout: Layout::Gray, pixels: pixels.to_vec() }
    }

    fn turned(picture: &Picture, degrees: f64, ground: Ground) -> Picture {
        turn(picture.clone(), Rotation { mirror: false, degrees }, ground).unwrap()
    }

    #[test]
    fn right_angles_turn_clockwise_and_exactly() {
        let picture = gray(3, 2, &[1, 2, 3, 4, 5, 6]);
        assert_eq!(turned(&picture, 90.0, Ground::White), gray(2, 3, &[4, 1, 5, 2, 6, 3]));
        assert_eq!(turned(&picture, 180.0, Ground::White), gray(3, 2, &[6, 5, 4, 3, 2, 1]));
        assert_eq!(turned(&picture, 270.0, Ground::White), gray(2, 3, &[3, 6, 2, 5, 1, 4]));
    }

    #[test]
    fn other_angles_agree_with_right_angles_in_their_limit() {
        let pixels: Vec<u8> = (0..35 * 20).map(|n| (n % 251) as u8).collect();
        let picture = gray(35, 20, &pixels);
        let exact = turned(&picture, 90.0, Ground::White);
        let grid_like =
            by_angle(&picture, Rotation { mirror: false, degrees: 90.0 }, Ground::White);
        assert_eq!(grid_like.unwrap(), exact);
    }

    #[test]
    fn corners_are_white_or_nothing() {
        let picture = gray(40, 40, &[0; 1600]);
        let white = turned(&picture, 45.0, Ground::White);
        assert_eq!(white.extent, Extent::new(57, 57));
        assert_eq!((white.pixels[0], white.pixels[57 * 28 + 28]), (255, 0));
        let clear = turned(&picture, 45.0, Ground::Transparent);
        assert_eq!(clear.layout, Layout::GrayAlpha);
        assert_eq!(clear.pixels[..2], [0, 0]);
        assert_eq!(clear.pixels[2 * (57 * 28 + 28)..][..2], [0, 255]);
    }
}
