use iiif::image::Drawing;

/// Mirrors the rows of a drawing left to right, if it wants that.
pub(crate) struct Mirror {
    is_wanted: bool,
    w: u32,
    channels: usize,
    mirrored: Vec<u8>,
}

impl Mirror {
    pub(crate) fn new(drawing: &Drawing, channels: usize) -> Self {
        let is_wanted = drawing.rotation.mirror;
        Self { is_wanted, w: drawing.size.w, channels, mirrored: Vec::new() }
    }

    pub(crate) fn rows<'a>(&'a mut self, rows: &'a [u8]) -> &'a [u8] {
        if !self.is_wanted {
            return rows;
        }
        self.mirrored.clear();
        self.mirrored.extend_from_slice(rows);
        mirror(&mut self.mirrored, self.w, self.channels);
        &self.mirrored
    }
}

fn mirror(rows: &mut [u8], w: u32, channels: usize) {
    match channels {
        1 => rows.chunks_exact_mut(w as usize).for_each(<[u8]>::reverse),
        2 => mirror_pixels::<2>(rows, w),
        3 => mirror_pixels::<3>(rows, w),
        _ => mirror_pixels::<4>(rows, w),
    }
}

fn mirror_pixels<const N: usize>(rows: &mut [u8], w: u32) {
    let (pixels, _) = rows.as_chunks_mut::<N>();
    pixels.chunks_exact_mut(w as usize).for_each(<[[u8; N]]>::reverse);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_is_read_backwards_pixel_by_pixel() {
        let mut rows = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        mirror(&mut rows, 2, 3);
        assert_eq!(rows, [4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9]);
        mirror(&mut rows, 12, 1);
        assert_eq!(rows, [9, 8, 7, 12, 11, 10, 3, 2, 1, 6, 5, 4]);
    }
}
