/// From sRGB to brightness, weighed as JPEG does it.
pub(crate) fn gray(rgb: &[u8], out: &mut Vec<u8>) {
    let brightness = |[r, g, b]: &[u8; 3]| {
        let [r, g, b] = [r, g, b].map(|sample| u32::from(*sample));
        ((299 * r + 587 * g + 114 * b + 500) / 1000) as u8
    };
    let (pixels, _) = rgb.as_chunks();
    out.clear();
    out.extend(pixels.iter().map(brightness));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn green_is_brightest() {
        let mut out = Vec::new();
        gray(&[255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255, 7, 7, 7], &mut out);
        assert_eq!(out, [255, 76, 150, 29, 7]);
    }
}
