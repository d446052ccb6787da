//! The next level: each pixel the mean of four.

/// Halves rows as they come; an odd last row or column counts twice.
pub(crate) struct Halver {
    w: usize,
    channels: usize,
    /// Rows that are still to come.
    left: u32,
    /// A row that waits for its neighbour.
    waiting: Option<Vec<u8>>,
    spare: Vec<u8>,
}

impl Halver {
    pub(crate) fn new(w: u32, h: u32, channels: usize) -> Self {
        Self { w: w as usize, channels, left: h, waiting: None, spare: Vec::new() }
    }

    /// Fills `out` with the rows of the next level that have become whole.
    pub(crate) fn halve(&mut self, rows: &[u8], out: &mut Vec<u8>) {
        let row = self.w * self.channels;
        out.clear();
        out.reserve((rows.len() / row).div_ceil(2) * self.w.div_ceil(2) * self.channels);
        let mut rows = rows;
        self.left -= (rows.len() / row) as u32;
        if let Some(above) = self.waiting.take() {
            let (below, rest) = rows.split_at(row);
            self.mean(&above, below, out);
            self.spare = above;
            rows = rest;
        }
        let pairs = rows.chunks_exact(2 * row);
        let last = pairs.remainder();
        for pair in pairs {
            let (above, below) = pair.split_at(row);
            self.mean(above, below, out);
        }
        if last.is_empty() {
            return;
        }
        if self.left == 0 {
            self.mean(last, last, out);
        } else {
            let mut waiting = std::mem::take(&mut self.spare);
            waiting.clear();
            waiting.extend_from_slice(last);
            self.waiting = Some(waiting);
        }
    }

    fn mean(&self, above: &[u8], below: &[u8], out: &mut Vec<u8>) {
        match self.channels {
            1 => mean::<1>(above, below, out),
            _ => mean::<3>(above, below, out),
        }
    }
}

fn mean<const N: usize>(above: &[u8], below: &[u8], out: &mut Vec<u8>) {
    let (pairs_above, odd_above) = pairs::<N>(above);
    let (pairs_below, odd_below) = pairs::<N>(below);
    let start = out.len();
    out.resize(start + pairs_above.len() * N, 0);
    let (means, _) = out[start..].as_chunks_mut::<N>();
    for ((mean, above), below) in means.iter_mut().zip(pairs_above).zip(pairs_below) {
        for c in 0..N {
            let sum = u16::from(above[0][c])
                + u16::from(above[1][c])
                + u16::from(below[0][c])
                + u16::from(below[1][c]);
            mean[c] = ((sum + 2) >> 2) as u8;
        }
    }
    let two =
        odd_above.iter().zip(odd_below).map(|(a, b)| (u16::from(*a) + u16::from(*b) + 1) >> 1);
    out.extend(two.map(|mean| mean as u8));
}

/// Pixels in twos, and the samples of an odd last one.
fn pairs<const N: usize>(row: &[u8]) -> (&[[[u8; N]; 2]], &[u8]) {
    let (pixels, _) = row.as_chunks::<N>();
    let (pairs, odd) = pixels.as_chunks::<2>();
    (pairs, odd.as_flattened())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn halved(w: u32, rows: &[u8], channels: usize, step: usize) -> Vec<u8> {
        let row = w as usize * channels;
        let mut halver = Halver::new(w, (rows.len() / row) as u32, channels);
        let (mut all, mut out) = (Vec::new(), Vec::new());
        for rows in rows.chunks(step * row) {
            halver.halve(rows, &mut out);
            all.extend_from_slice(&out);
        }
        all
    }

    #[test]
    fn four_pixels_become_their_mean_rounded_to_the_nearest() {
        assert_eq!(halved(2, &[0, 1, 1, 1], 1, 2), [1]);
        assert_eq!(halved(2, &[0, 0, 0, 1], 1, 2), [0]);
        assert_eq!(halved(2, &[255, 255, 255, 254], 1, 2), [255]);
        assert_eq!(
            halved(2, &[10, 20, 30, 12, 22, 32, 10, 20, 30, 12, 22, 32], 3, 1),
            [11, 21, 31]
        );
    }

    #[test]
    fn odd_edges_are_the_mean_of_what_is_there() {
        assert_eq!(halved(3, &[0, 0, 8, 4, 4, 9], 1, 2), [2, 9]);
        assert_eq!(halved(3, &[1, 1, 7], 1, 1), [1, 7]);
        assert_eq!(halved(1, &[3, 5, 9], 1, 1), [4, 9]);
    }

    #[test]
    fn the_same_comes_out_however_rows_come_in() {
        let rows: Vec<u8> = (0..7 * 5 * 3).map(|n| (n * 37 % 251) as u8).collect();
        let whole = halved(7, &rows, 3, 5);
        for step in 1..5 {
            assert_eq!(halved(7, &rows, 3, step), whole, "{step} rows at a time");
        }
    }
}
