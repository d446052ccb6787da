use crate::decode::Layout;

/// Puts pixels on white, and drops their opacity.
pub(crate) fn flatten(rows: &[u8], layout: Layout, out: &mut Vec<u8>) {
    out.clear();
    match layout {
        Layout::Gray | Layout::Rgb => out.extend_from_slice(rows),
        Layout::GrayAlpha => on_white::<2>(rows, out),
        Layout::Rgba => on_white::<4>(rows, out),
    }
}

/// The layout that is left.
pub(crate) fn flat(layout: Layout) -> Layout {
    match layout {
        Layout::Gray | Layout::GrayAlpha => Layout::Gray,
        Layout::Rgb | Layout::Rgba => Layout::Rgb,
    }
}

fn on_white<const N: usize>(rows: &[u8], out: &mut Vec<u8>) {
    let (pixels, _) = rows.as_chunks::<N>();
    out.reserve(pixels.len() * (N - 1));
    for pixel in pixels {
        let alpha = u32::from(pixel[N - 1]);
        let mix = |sample: &u8| (u32::from(*sample) * alpha + 255 * (255 - alpha) + 127) / 255;
        out.extend(pixel[..N - 1].iter().map(|sample| mix(sample) as u8));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_transparent_becomes_white() {
        let mut out = Vec::new();
        flatten(&[9, 8, 7, 255, 9, 8, 7, 0, 0, 0, 0, 128], Layout::Rgba, &mut out);
        assert_eq!(out, [9, 8, 7, 255, 255, 255, 127, 127, 127]);
        flatten(&[9, 255, 9, 0], Layout::GrayAlpha, &mut out);
        assert_eq!(out, [9, 255]);
    }
}
