//! Black and white, parted where the two differ most.

use crate::picture::Picture;

/// Makes every sample of a gray picture 0 or 255, by Otsu's threshold.
pub(crate) fn bitonal(mut picture: Picture) -> Picture {
    part(&mut picture.pixels);
    picture
}

fn part(pixels: &mut [u8]) {
    let threshold = threshold(&histogram(pixels));
    pixels.iter_mut().for_each(|sample| *sample = if *sample > threshold { 255 } else { 0 });
}

fn histogram(pixels: &[u8]) -> [u64; 256] {
    let mut counts = [0; 256];
    pixels.iter().for_each(|sample| counts[usize::from(*sample)] += 1);
    counts
}

/// The largest sample that counts as black.
///
/// All thresholds between two lone peaks part them equally well: the middle one is taken. A
/// picture of one shade is black or white by that shade.
fn threshold(counts: &[u64; 256]) -> u8 {
    let total: u64 = counts.iter().sum();
    let sum: u64 = (0..).zip(counts).map(|(shade, count)| shade * count).sum();
    let (mut below, mut sum_below) = (0, 0);
    let (mut best, mut first, mut last) = (0.0, 127, 127);
    for (shade, count) in (0..).zip(counts) {
        below += count;
        sum_below += shade * count;
        let above = total - below;
        if below == 0 || above == 0 {
            continue;
        }
        let mean_below = sum_below as f64 / below as f64;
        let mean_above = (sum - sum_below) as f64 / above as f64;
        let between = below as f64 * above as f64 * (mean_above - mean_below).powi(2);
        if between > best {
            (best, first, last) = (between, shade, shade);
        } else if between == best {
            last = shade;
        }
    }
    u64::midpoint(first, last) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_and_paper_are_told_apart() {
        let mut page = [[200; 60].as_slice(), &[210; 30], &[60; 6], &[80; 4]].concat();
        part(&mut page);
        assert!(page[..90].iter().all(|sample| *sample == 255));
        assert!(page[90..].iter().all(|sample| *sample == 0));
    }

    #[test]
    fn the_threshold_lies_between_lone_peaks() {
        let mut counts = [0; 256];
        (counts[0], counts[200]) = (10, 10);
        assert_eq!(threshold(&counts), 99);
    }

    #[test]
    fn one_shade_stays_what_it_looks_like() {
        for (shade, expected) in [(0, 0), (100, 0), (128, 255), (255, 255)] {
            let mut pixels = [shade; 9];
            part(&mut pixels);
            assert_eq!(pixels, [expected; 9], "{shade}");
        }
    }
}
